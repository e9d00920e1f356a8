import type { Tensor, Variable } from "@tensorflow/tfjs-core";
import { bindingAttributes, type Attributes } from "../backend/raw-op";
import { activeRecorder } from "./recorder";

/** Within a compiled step, runs an operation that changes variables where they lie, such as `ResourceApplyAdam`: the
 * variables are its first inputs.
 * @returns false, having done nothing, outside of one: eager variables have no place that TensorFlow knows */
export function updateInPlace(
  name: string,
  attributes: Attributes,
  variables: readonly Variable[],
  inputs: readonly Tensor[],
): boolean {
  const recorder = activeRecorder();
  if (!recorder) return false;
  recorder.update(name, bindingAttributes(attributes), variables, inputs);
  return true;
}
