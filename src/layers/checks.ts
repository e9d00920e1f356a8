import type { tf } from "../backend/tf";
import { checkInteger, checkType } from "../errors";

/** @throws TypeError unless the tensor's numbers are float32 */
export function checkFloat(name: string, tensor: tf.Tensor): void {
  checkType(name, tensor, "float32");
}

/** @throws RangeError if the tensor has fewer axes; `wanted` says what would do */
export function checkLeastRank(name: string, tensor: tf.Tensor, rank: number, wanted: string): void {
  if (tensor.shape.length >= rank) return;
  throw new RangeError(`${name} has the shape [${tensor.shape.join(", ")}]; use ${wanted}.`);
}

/** @throws RangeError unless the channels can be parted into that many equal parts */
export function checkParts(name: string, parts: number, tensorName: string, channels: number): void {
  checkInteger(name, parts, 1);
  if (channels % parts === 0) return;
  throw new RangeError(`${name} is ${parts}; use a divisor of ${channels}, the channels of ${tensorName}.`);
}

/** The size of the last axis, as a rule the channels. */
export function lastSize(tensor: tf.Tensor): number {
  return tensor.shape[tensor.shape.length - 1];
}
