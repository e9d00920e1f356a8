import { tf } from "../backend/tf";
import { rawOp } from "../backend/raw-op";
import { activeRecorder } from "./recorder";

const [kernel, backend] = ["GatherV2", "tensorflow"] as const;

let installed = false;

/** tfjs-node's `tf.gather` reads all indices on the host to check their range. While a step is traced there is nothing to
 * read: then TensorFlow checks, on the processor by an error, on a GPU by zeros. */
export function letGatherBeTraced(): void {
  if (installed) return;
  installed = true;
  const original = tf.getKernel(kernel, backend);
  tf.unregisterKernel(kernel, backend);
  tf.registerKernel({
    ...original,
    kernelFunc: (args) => {
      if (!activeRecorder()) return original.kernelFunc(args);
      const { x, indices } = args.inputs as { readonly x: tf.Tensor; readonly indices: tf.Tensor };
      const { axis, batchDims } = args.attrs as { readonly axis: number; readonly batchDims: number };
      const attributes = {
        batch_dims: { int: batchDims },
        Tparams: x.dtype,
        Tindices: indices.dtype,
        Taxis: "int32",
      } as const;
      return rawOp(kernel, attributes, [x, indices, tf.scalar(axis, "int32")]);
    },
  });
}
