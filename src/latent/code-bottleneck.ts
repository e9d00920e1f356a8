import { tf } from "../backend/tf";
import { checkInteger, checkNumber } from "../errors";
import { embedding, meanSquaredError, stopGradient, straightThrough } from "../layers";
import type { Place } from "../network/parameters";
import { randomUniform } from "../random";
import type { Bottleneck, MadeBottleneck } from "./bottleneck";
import { codeShares, nearestCodes, perplexity } from "./nearest-codes";

export interface CodeBottleneckOptions {
  /** Channels of a latent, and numbers of a code. */
  readonly channels: number;
  /** How many codes there are. */
  readonly codes: number;
  /** β: how strongly latents are drawn to their codes, beside how strongly codes are drawn to latents. */
  readonly commitment?: number;
  /** What both count beside the reconstruction error. */
  readonly weight?: number;
}

/** Vector quantisation (van den Oord et al. 2017, "Neural discrete representation learning"): in the place of each pixel of a latent, h, the
 * decoder is given the nearest of a list of codes, e. The gradient passes from e to h as if they were one. With sg for what no gradient goes
 * through, latents cost (their equation 3)
 *
 *   ‖sg[h] - e‖² + β ‖h - sg[e]‖²,
 *
 * so that codes move to the latents that chose them, and latents stay near their codes. A code that is hardly ever chosen gets no gradient
 * and would never be: it begins anew as a latent of the batch (Dhariwal et al. 2020, "Jukebox", section 3.1: random restarts).
 *
 * The latent is h, and the choice a part of the decoder (Rombach et al. 2022, section 3.1: "VQ-reg."), so that diffusion has numbers
 * to work on; `nearestCodes` tells the codes.
 * @throws RangeError for numbers that are out of range, naming them */
export function codeBottleneck(options: CodeBottleneckOptions): Bottleneck {
  const { channels, codes, commitment = 0.25, weight = 1 } = options;
  checkInteger("channels", channels, 1);
  checkInteger("codes", codes, 2);
  checkNumber("commitment", commitment, 0);
  checkNumber("weight", weight, 0);
  const make: Bottleneck["make"] = (parameters) => {
    const place = parameters.variables.length;
    const table = parameters.normal(codeTable, [codes, channels], 1);
    const shares = tf.tidy(() => tf.variable(tf.fill([codes], 1 / codes), false));
    return {
      ...chosen(table),
      learn: (encoded, values) => {
        const nearest = embedding(nearestCodes(encoded, table(values)), table(values));
        const drawn = meanSquaredError(nearest, stopGradient(encoded));
        const committed = meanSquaredError(encoded, stopGradient(nearest));
        return {
          settled: straightThrough(encoded, nearest),
          penalty: drawn.add<tf.Scalar>(committed.mul(commitment)).mul(weight),
        };
      },
      describe: (encoded, values) => ({
        "code perplexity": perplexity(codeShares(nearestCodes(encoded, table(values)), codes)),
      }),
      counted: { "codes/shares": shares },
      lookAfter: (encoded, variables) => {
        revive(variables[place], shares, encoded);
      },
    };
  };
  return {
    channels,
    encoded: channels,
    details: { kind: "codes", channels, codes, commitment, weight },
    make,
  };
}

/** The name of the codes among the parameters. */
export const codeTable = "codes/table";

const chosen = (table: Place): Pick<MadeBottleneck, "latent" | "settle"> => ({
  latent: (encoded) => encoded,
  settle: (latent, values) => embedding(nearestCodes(latent, table(values)), table(values)),
});

/** Counts which codes are chosen, and puts those that hardly are where latents are.
 * @param shares how often each code was chosen, a moving average
 * @param encoded float32 [batch, height, width, channels] */
export function revive(codes: tf.Variable, shares: tf.Variable, encoded: tf.Tensor): void {
  const [count, channels] = codes.shape as [number, number];
  tf.tidy(() => {
    const latents = encoded.reshape([-1, channels]);
    const now = codeShares(nearestCodes(latents, codes), count);
    const mean = tf.add(shares.mul(kept), now.mul(1 - kept));
    const dead = tf.less(mean, leastUse / count);
    const places = tf.floor(randomUniform([count]).mul(latents.shape[0])).cast("int32");
    codes.assign(tf.where(dead.expandDims(1), tf.gather(latents, places), codes));
    shares.assign(tf.where(dead, tf.fill([count], 1 / count), mean));
  });
}

/** What stays of the moving average at a step, and the share below which a code is dead, in units of an equal share: one that is never chosen
 * begins anew after about 110 steps. */
const [kept, leastUse] = [0.98, 0.1];
