import { tf } from "../backend/tf";
import { checkNumber } from "../errors";
import { meanSquaredError } from "../layers";
import type { SequenceDenoiser } from "../network";
import { diffuse, randomTimes } from "../process";
import { randomNormal } from "../random";
import type { Schedule } from "../schedule";
import { crossEntropy } from "./cross-entropy";

export interface SequenceLossOptions {
  /** What the squared error of x̂ counts; 1 if omitted. */
  readonly denoising?: number;
  /** What the cross-entropy of the tokens counts; 1 if omitted. */
  readonly rounding?: number;
  /** The times, int32 [batch]; drawn from 1 … T if omitted. */
  readonly t?: tf.Tensor1D;
  /** ε, float32 [batch, length, channels]; drawn if omitted. */
  readonly noise?: tf.Tensor;
  /** Others in the place of the network's parameters. */
  readonly parameters?: readonly tf.Tensor[];
}

/** The loss by which a network for sequences and the vectors of its tokens are learned together, for tokens w with the vectors x = e_w:
 *
 *   L = mean of (x - x̂(z_t, t))² + mean of -log P_θ(w | z_t),  z_t = √α_t x + √(1-α_t) ε.
 *
 * The first part alone would like all vectors to be the same: then x̂ is always right. The second, which that would leave in the dark,
 * drives them apart, and makes the network say a token rather than something between two (Li et al. 2022, "Diffusion-LM", equation 2,
 * where it is there at t = 0 alone; Dieleman et al. 2022 have it at all t). Padding counts like any token: where a text ends is to be
 * generated, too.
 * @param tokens int32 [batch, length]
 * @returns a scalar; differentiable by the network's parameters, those of the vectors included
 * @throws RangeError or TypeError for shapes or types that do not fit; RangeError for weights below 0 */
export function sequenceLoss(
  network: Pick<SequenceDenoiser, "embed" | "logits" | "meanOf" | "parameters">,
  tokens: tf.Tensor,
  schedule: Schedule,
  options: SequenceLossOptions = {},
): tf.Scalar {
  const { denoising = 1, rounding = 1, parameters = network.parameters } = options;
  checkNumber("denoising", denoising, 0);
  checkNumber("rounding", rounding, 0);
  return tf.tidy(() => {
    const x = network.embed(tokens, { parameters });
    const { t = randomTimes(x.shape[0], schedule), noise = randomNormal(x.shape) } = options;
    const z = diffuse(x, t, schedule, { noise: noise as tf.Tensor3D });
    const logits = network.logits(z, t, { parameters });
    const vocabulary = logits.shape[2];
    const error = meanSquaredError(network.meanOf(logits, { parameters }), x);
    const surprise = crossEntropy(tf.reshape(logits, [-1, vocabulary]), tf.reshape(tokens, [-1]));
    return tf.add<tf.Scalar>(tf.mul(denoising, error), tf.mul(rounding, surprise));
  });
}
