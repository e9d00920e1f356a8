import { tf } from "../backend/tf";
import { slerp } from "../editing";
import { checkShape, checkType } from "../errors";
import { randomNormal } from "../random";
import { nextSeed, seedWords } from "../random/seed";
import type { DecodeOptions } from "./decode";
import { bipartiteLatent, editTimes, type BipartiteLatent } from "./latents";
import type { Unclip } from "./models";
import { checkShares, decodePaths, evenShares } from "./path";
import { unitVectors } from "./sphere";

export interface InterpolationOptions extends Pick<
  DecodeOptions,
  "gamma" | "times" | "batch" | "seed" | "screen"
> {
  /** Where on the way from the first image to the second: 0, 1/4, 1/2, 3/4 and 1 if omitted. */
  readonly shares?: readonly number[];
  /** What images begin with: `"both"` (if omitted) goes from the noise of the first image to that of the second, so that the ends are the
   * images themselves; `"one"` draws noise, the same all along a path, so that nothing changes but what the embeddings hold. */
  readonly noise?: "both" | "one";
}

/** Images between two (Ramesh et al. 2022, section 3.2): of the embeddings between theirs, along an arc of the sphere.
 * @param from float32 [count, size, size, channels] in [-1, 1]
 * @param to those at the other ends, of the same shape
 * @returns float32 [count · shares, size, size, channels]: the way of the first pair, then that of the second, …
 * @throws RangeError or TypeError for images or options that do not fit; InterruptedError */
export async function interpolations(
  models: Pick<Unclip, "pair" | "decoder">,
  from: tf.Tensor4D,
  to: tf.Tensor4D,
  options: InterpolationOptions = {},
): Promise<tf.Tensor4D> {
  const { shares = evenShares, noise = "both", times = editTimes(models.decoder), ...settings } = options;
  const { seed = nextSeed(), screen } = settings;
  checkShares(shares);
  checkType("from", from, "float32");
  checkType("to", to, "float32");
  checkShape("from", from.shape, [null, ...models.decoder.network.shape]);
  checkShape("to", to.shape, from.shape);
  const words = seedWords(seed);
  const ends: BipartiteLatent[] = [];
  try {
    for (const images of [from, to]) {
      ends.push(
        noise === "both"
          ? await bipartiteLatent(models, images, { times, ...(screen && { screen }) })
          : {
              embeddings: models.pair.network.embedImages(images),
              noise: randomNormal<tf.Rank.R4>(from.shape, words),
            },
      );
    }
    const [a, b] = ends;
    return await decodePaths(
      models.decoder,
      shares,
      (share) => ({
        embeddings: unitVectors(slerp(a.embeddings, b.embeddings, share)),
        noise: slerp(a.noise, b.noise, share),
      }),
      { ...settings, times, label: "interpolation" },
    );
  } finally {
    tf.dispose(ends.map((end) => ({ ...end })));
  }
}
