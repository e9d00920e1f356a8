import { tf } from "../backend/tf";
import { checkShape } from "../errors";

/** A loss with its gradient by each parameter. */
export interface ValueAndGradients {
  /** The loss, a scalar. */
  readonly value: tf.Scalar;
  /** ∂loss/∂θ of each parameter, of its shape. */
  readonly gradients: readonly tf.Tensor[];
}

/** A loss and its gradients by reverse-mode differentiation.
 * @param loss gives a scalar of float32
 * @param parameters in the order of the gradients
 * @throws RangeError if the loss is no scalar
 * @throws Error naming the parameters that the loss does not depend on */
export function valueAndGradients(
  loss: () => tf.Tensor,
  parameters: readonly tf.Variable[],
): ValueAndGradients {
  const checked = (): tf.Scalar => {
    const value = loss();
    checkShape("The loss", value.shape, []);
    return value as tf.Scalar;
  };
  return tf.tidy(() => {
    const { value, grads } = tf.variableGrads(checked, [...parameters]);
    const missing = parameters.filter(({ name }) => !(grads[name] as tf.Tensor | undefined));
    if (missing.length > 0) {
      const names = missing.slice(0, 5).map(({ name, shape }) => `${name} [${shape.join(", ")}]`);
      throw new Error(
        `The loss does not depend on ${missing.length} of ${parameters.length} parameters: ${names.join(", ")}. ` +
          "Leave them out, or use them in the loss.",
      );
    }
    return { value, gradients: parameters.map(({ name }) => grads[name]) };
  });
}
