import { tf } from "../backend/tf";
import { detailsText, type Details } from "./details";
import type { StoredType } from "./host-tensor";
import { isCheckpoint, readTensorFile, type FileContent } from "./read-file";
import { keys, writeCheckpointFile, type Source } from "./write-file";

/** What a checkpoint holds. */
export interface Checkpoint {
  /** By name, in the order of the file. */
  readonly tensors: Record<string, tf.Tensor>;
  readonly details: Details;
}

/** What is saved: tensors or variables of float32 and int32, and {} if there are no details. */
export interface CheckpointContent {
  readonly tensors: Readonly<Record<string, tf.Tensor>>;
  readonly details?: Details;
}

export interface SaveOptions {
  /** `float16`: tensors of float32 take half the place, rounded to 11 bits: for networks that are only used, not trained on. */
  readonly precision?: "float32" | "float16";
}

/** Saves tensors and details as one safetensors file, which other programs can read, too. The file is replaced as a whole: if
 * saving fails, or the process is killed, an older one stays as it was. The folder is made if it is missing.
 *
 * float32 and int32 come back bit for bit (of NaN, that it is one).
 * @throws TypeError for a tensor of another type, or details that JSON cannot hold
 * @throws RangeError for a name that the format cannot hold, a number too large for float16
 * @throws Error of the file system */
export function saveCheckpoint(path: string, content: CheckpointContent, options: SaveOptions = {}): void {
  const { tensors, details = {} } = content;
  const { precision = "float32" } = options;
  if (!precisions.includes(precision)) {
    throw new RangeError(`precision is ${precision}; use ${precisions.join(" or ")}.`);
  }
  const sources = Object.entries(tensors).map(([name, tensor]) => sourceOf(name, tensor, precision));
  writeCheckpointFile(path, sources, detailsText(details));
}

const precisions: readonly string[] = ["float32", "float16"];

function sourceOf(name: string, tensor: tf.Tensor, precision: "float32" | "float16"): Source {
  const shown = `tensors[${JSON.stringify(name)}]`;
  if (tensor.isDisposed) throw new Error(`${shown} has been disposed of.`);
  const { dtype, shape } = tensor;
  if (dtype !== "float32" && dtype !== "int32") {
    throw new TypeError(`${shown} is of ${dtype}; use float32 or int32, as by .cast("int32").`);
  }
  const type: StoredType = dtype === "int32" ? "I32" : precision === "float16" ? "F16" : "F32";
  const read = (): Float32Array | Int32Array => {
    const values = tensor.dataSync<"float32" | "int32">();
    if (type === "F16") checkFloat16(shown, values);
    return values;
  };
  return { name, type, shape, read };
}

/** From here on, numbers are rounded to an infinite float16. */
const tooLarge = 65520;

function checkFloat16(shown: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]);
    if (size >= tooLarge && size < Infinity) {
      throw new RangeError(
        `${shown} holds ${values[i]}, and float16 ends at 65504; use the precision float32.`,
      );
    }
  }
}

/** Loads what {@link saveCheckpoint} has saved: all of it, or nothing.
 * @throws Error for a file that is missing, cut off, damaged, or not written by {@link saveCheckpoint} */
export function loadCheckpoint(path: string): Checkpoint {
  const content = readTensorFile(path);
  const { metadata } = content;
  if (!isCheckpoint(metadata)) {
    throw new Error(
      `${path} is a safetensors file, but not by saveCheckpoint: it has no details and no hash. loadTensors(path) loads its tensors.`,
    );
  }
  return { details: JSON.parse(metadata[keys.details]) as Details, tensors: toTensors(content) };
}

/** Loads the tensors of any safetensors file with numbers of F32, I32, F16 and BF16, the last two as float32. One of
 * {@link saveCheckpoint} is compared with its hash.
 * @throws Error for a file that is missing, cut off or damaged, or that holds another type */
export function loadTensors(path: string): Record<string, tf.Tensor> {
  return toTensors(readTensorFile(path));
}

function toTensors({ tensors }: FileContent): Record<string, tf.Tensor> {
  return tf.tidy(() =>
    Object.fromEntries(
      tensors.map(({ name, shape, values }) => [
        name,
        tf.tensor(values, [...shape], values instanceof Int32Array ? "int32" : "float32"),
      ]),
    ),
  );
}
