import type { GradSaveFunc } from "@tensorflow/tfjs-core";
import { tf } from "../backend/tf";

/** What a layer computes, and what its gradient needs of that. */
export interface Forward<T extends tf.Tensor = tf.Tensor> {
  readonly value: T;
  readonly saved: tf.Tensor[];
}

/** A layer with a gradient of its own: `tf.customGrad`, and all that it makes besides the results is freed at once.
 * @param inputs what can be differentiated by; anything else that the gradient needs belongs to `saved`, since the
 * layer's caller may free it before
 * @param backward the gradients to `inputs`, in their order, from the gradient dy to the value
 * @throws Error, when differentiated, if an outer gradient would need the derivative of `backward`: raw operations are
 * not recorded, so that it would come out wrong */
export function withGradient<T extends tf.Tensor>(
  name: string,
  inputs: readonly tf.Tensor[],
  forward: () => Forward<T>,
  backward: (dy: T, saved: tf.Tensor[]) => tf.Tensor[],
): T {
  const layer = tf.customGrad<T>((...given) => {
    const save = given[inputs.length] as GradSaveFunc;
    const { value, saved } = forward();
    save(saved);
    const gradFunc = (dy: T, kept: tf.Tensor[]): tf.Tensor[] => {
      if (isRecording()) throw new Error(`The gradient of ${name} cannot be differentiated again.`);
      return tf.tidy(() => backward(dy, kept));
    };
    return { value, gradFunc };
  });
  return layer(...inputs);
}

/** Whether what is computed now is recorded for a gradient. */
function isRecording(): boolean {
  const { gradientDepth, kernelDepth } = tf.engine().state;
  return gradientDepth > 0 && kernelDepth === 0;
}
