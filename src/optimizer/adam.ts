import { tf } from "../backend/tf";
import { updateInPlace } from "../compile/update";
import { checkNumber, checkShape } from "../errors";
import type { LearningRate } from "./learning-rate";

export interface AdamOptions {
  readonly learningRate?: LearningRate;
  /** Decay of the first moment, the mean of the gradients. */
  readonly beta1?: number;
  /** Decay of the second moment, the mean of their squares. */
  readonly beta2?: number;
  readonly epsilon?: number;
  /** λ of AdamW: at each step the parameters shrink by learningRate·λ, apart from the gradients. */
  readonly weightDecay?: number;
}

/** What changes parameters by their gradients. */
export interface Optimizer {
  /** One step.
   * @param gradients in the order of the parameters, of their shapes */
  apply(gradients: readonly tf.Tensor[]): void;
  /** Everything that a checkpoint must hold besides the parameters, by name. */
  readonly state: Readonly<Record<string, tf.Variable>>;
  /** Steps that have been made, a scalar of float32. */
  readonly steps: tf.Variable;
  dispose(): void;
}

/** Adam (Kingma and Ba 2015, algorithm 1), with `weightDecay` AdamW (Loshchilov and Hutter 2019, algorithm 2).
 *
 * m ← β₁m + (1-β₁)g,  v ← β₂v + (1-β₂)g²,  θ ← θ - η (m/(1-β₁ᵗ)) / (√(v/(1-β₂ᵗ)) + ε)
 * @param parameters variables of float32
 * @throws RangeError for a learning rate below 0, a β outside [0, 1), an ε of 0 or less, a decay below 0 */
export function adam(parameters: readonly tf.Variable[], options: AdamOptions = {}): Optimizer {
  const { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 } = options;
  if (typeof learningRate === "number") checkNumber("learningRate", learningRate, 0);
  checkNumber("beta1", beta1, 0, 1 - Number.EPSILON);
  checkNumber("beta2", beta2, 0, 1 - Number.EPSILON);
  checkNumber("epsilon", epsilon, Number.MIN_VALUE);
  checkNumber("weightDecay", weightDecay, 0);
  const zeros = (parameter: tf.Variable): tf.Variable =>
    tf.tidy(() => tf.variable(tf.zeros(parameter.shape), false));
  const first = parameters.map(zeros);
  const second = parameters.map(zeros);
  const steps = tf.tidy(() => tf.variable(tf.scalar(0), false));
  const rateAt = (step: tf.Scalar): tf.Scalar =>
    typeof learningRate === "number" ? tf.scalar(learningRate) : learningRate(step);

  const apply = (gradients: readonly tf.Tensor[]): void => {
    checkGradients(gradients, parameters);
    tf.tidy(() => {
      const rate = rateAt(steps);
      const t: tf.Scalar = tf.add(steps, 1);
      const power1 = tf.pow(beta1, t);
      const power2 = tf.pow(beta2, t);
      // With the correction of v drawn out of the root: η √(1-β₂ᵗ)/(1-β₁ᵗ) m / (√v + ε √(1-β₂ᵗ)).
      const root = tf.sqrt(tf.sub(1, power2));
      const corrected = {
        rate: tf.div(tf.mul(rate, root), tf.sub(1, power1)),
        epsilon: tf.mul(epsilon, root),
      };
      const kept = weightDecay > 0 ? tf.sub(1, tf.mul(rate, weightDecay)) : undefined;
      parameters.forEach((parameter, i) => {
        if (kept) parameter.assign(tf.mul(parameter, kept));
        const scalars = [power1, power2, rate, tf.scalar(beta1), tf.scalar(beta2), corrected.epsilon];
        const slots = [parameter, first[i], second[i]];
        if (updateInPlace("ResourceApplyAdam", adamAttributes, slots, [...scalars, gradients[i]])) return;
        tf.tidy(() => {
          first[i].assign(mix(first[i], gradients[i], 1 - beta1));
          second[i].assign(mix(second[i], tf.square(gradients[i]), 1 - beta2));
          const step = tf.div(
            tf.mul(first[i], corrected.rate),
            tf.add(tf.sqrt(second[i]), corrected.epsilon),
          );
          parameter.assign(tf.sub(parameter, step));
        });
      });
      steps.assign(t);
    });
  };

  return {
    apply,
    steps,
    state: {
      steps,
      ...Object.fromEntries(first.map((variable, i) => [`first/${i}`, variable])),
      ...Object.fromEntries(second.map((variable, i) => [`second/${i}`, variable])),
    },
    dispose() {
      for (const variable of [steps, ...first, ...second]) variable.dispose();
    },
  };
}

const adamAttributes = { T: "float32", use_locking: false, use_nesterov: false } as const;

/** old + (new - old)·part, as TensorFlow's own Adam computes it. */
const mix = (old: tf.Tensor, next: tf.Tensor, part: number): tf.Tensor =>
  tf.add(old, tf.mul(tf.sub(next, old), part));

function checkGradients(gradients: readonly tf.Tensor[], parameters: readonly tf.Variable[]): void {
  if (gradients.length !== parameters.length) {
    throw new RangeError(
      `There are ${gradients.length} gradients; use ${parameters.length}, one for each parameter.`,
    );
  }
  gradients.forEach((gradient, i) => {
    checkShape(`gradients[${i}]`, gradient.shape, parameters[i].shape);
  });
}
