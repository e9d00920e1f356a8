import { hasRawOps, rawOp } from "../backend/raw-op";
import { tf } from "../backend/tf";
import { checkShape, checkType } from "../errors";
import { checkFloat, lastSize } from "./checks";
import { withGradient } from "./with-gradient";

/** Looks up rows of a table; the gradient to a row is the sum over all places that looked it up. The indices are not
 * read on the host, so that one below 0 or from `count` on is what the backend makes of it: an error on the processor
 * and on WebAssembly, zeros on a GPU.
 * @param indices int32 of any shape [...]
 * @param table float32 [count, size]
 * @returns [..., size]
 * @throws RangeError or TypeError for a shape or type that does not fit */
export function embedding(indices: tf.Tensor, table: tf.Tensor): tf.Tensor {
  checkType("indices", indices, "int32");
  checkFloat("table", table);
  checkShape("table", table.shape, [null, null]);
  const [count] = table.shape;
  return withGradient(
    "embedding",
    [table],
    () => ({ value: rowsAt(indices, table), saved: [indices] }),
    (dy, [indices]) => [sumRowsAt(indices, dy, count)],
  );
}

/** Not `tf.gather`, which reads the indices on the host natively. */
function rowsAt(indices: tf.Tensor, table: tf.Tensor): tf.Tensor {
  if (!hasRawOps()) return tf.gather(table, indices);
  const attributes = {
    batch_dims: { int: 0 },
    Tparams: "float32",
    Tindices: "int32",
    Taxis: "int32",
  } as const;
  return rawOp("GatherV2", attributes, [table, indices, tf.scalar(0, "int32")]);
}

/** A table of `count` rows with the sums of those rows that have the same index. */
function sumRowsAt(indices: tf.Tensor, rows: tf.Tensor, count: number): tf.Tensor {
  if (hasRawOps()) {
    const attributes = { T: "float32", Tindices: "int32", Tnumsegments: "int32" } as const;
    return rawOp("UnsortedSegmentSum", attributes, [rows, indices, tf.scalar(count, "int32")]);
  }
  const size = lastSize(rows);
  return tf.scatterND(tf.reshape(indices, [-1, 1]), tf.reshape(rows, [-1, size]), [count, size]);
}
