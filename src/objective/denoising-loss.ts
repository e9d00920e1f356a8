import { tf } from "../backend/tf";
import { checkNumber, checkShape } from "../errors";
import { meanSquaredError } from "../layers";
import { conversionWeights, predictionTarget, type Prediction, type Predictor } from "../prediction";
import { diffuse, randomTimes, type Time } from "../process";
import { atTime } from "../process/time";
import { randomNormal } from "../random";
import type { Schedule } from "../schedule";
import type { Weighting } from "./weighting";

export interface DenoisingLossOptions {
  /** What the network predicts. */
  readonly predicts?: Prediction;
  /** What ‖ε - ε̂‖² counts at t, whatever is predicted. If omitted, the network's own squared error counts the same at every
   * t: for a network that predicts the noise this is the simple loss. */
  readonly weighting?: Weighting;
  /** The times, int32 [batch]; drawn from 1 … T if omitted. */
  readonly t?: tf.Tensor1D;
  /** ε, of the shape of x; drawn if omitted. It may depend on x, as that of a {@link Coupling} does. */
  readonly noise?: tf.Tensor;
}

/** The loss of Algorithm 18.1 for a batch: the mean of ‖ε_θ(√α_t x + √(1-α_t) ε, t) - ε‖² over points and their numbers (lecture,
 * "Training – Practical view"; Ho et al. 2020, equation 14), or its counterpart for x, v and the flow, weighted if
 * asked. That of the flow is the loss of conditional flow matching (Lipman et al. 2023, equation 23).
 * @param x data, float32 [batch, ...]
 * @returns a scalar
 * @throws RangeError or TypeError for shapes or types that do not fit; RangeError for a weight that is no finite number of 0 or more */
export function denoisingLoss(
  predict: Predictor,
  x: tf.Tensor,
  schedule: Schedule,
  options: DenoisingLossOptions = {},
): tf.Scalar {
  const { predicts = "noise", weighting } = options;
  return tf.tidy(() => {
    const { t = randomTimes(x.shape[0], schedule), noise = randomNormal(x.shape as [number]) } = options;
    const z = diffuse(x, t, schedule, { noise });
    const target = predictionTarget(predicts, x, noise, t, schedule);
    const prediction = predict(z, t);
    checkShape("The network's result", prediction.shape, x.shape);
    if (!weighting) return meanSquaredError(prediction, target);
    const root = rootWeights(weighting, predicts, t, schedule, x);
    return meanSquaredError(tf.mul(prediction, root), tf.mul(target, root));
  });
}

/** √weight, shaped to multiply the samples: a weighted square is the square of what is multiplied by the root. */
function rootWeights(
  weighting: Weighting,
  predicts: Prediction,
  t: Time,
  schedule: Schedule,
  samples: tf.Tensor,
): tf.Tensor {
  return atTime(t, schedule, samples, (s) => {
    // An error of the prediction is so many times as large in the noise.
    const { prediction: factor } = conversionWeights(predicts, "noise", s, schedule);
    const weight = weighting(s, schedule) * factor ** 2;
    checkNumber(`The weight at t = ${s}`, weight, 0);
    return Math.sqrt(weight);
  });
}
