import { tf } from "../backend/tf";
import { retrieval } from "../metrics";
import type { Condition, EmbeddingPrior } from "../network";
import { denoisingLoss } from "../objective";
import { randomTimes } from "../process";
import { randomNormal } from "../random";
import { dpmSolver } from "../sampling";
import { samplingTimes } from "../schedule";
import type { DiffusionModel } from "./diffusion-model";
import type { EmbeddedImages } from "./embedded-images";
import { conditionsAt } from "./known-conditions";
import type { Evaluation } from "./recipe";

/** How good a prior is on captions that were kept back: its loss; the cosine of a sample and the embedding of the caption's image, beside
 * that of the caption's own embedding, which is what a decoder would be told without a prior; and how often each is nearer to its image than
 * to 99 others. */
export async function evaluatePrior(
  model: DiffusionModel<EmbeddingPrior>,
  { x, condition }: EmbeddedImages,
): Promise<Evaluation> {
  const { schedule } = model;
  const count = Math.min(most, x.shape[0]);
  const told: Condition = tf.tidy(() => ({
    ...conditionsAt(condition, tf.range(0, count, 1, "int32")),
  }));
  const images = x.slice<tf.Tensor2D>(0, count);
  const z = randomNormal<tf.Rank.R2>([count, x.shape[1]], 3);
  const times = samplingTimes(schedule, 20);
  const samples = (await dpmSolver(model.denoiser(told), z, schedule, { times })) as tf.Tensor2D;
  try {
    const loss = tf.tidy(() => {
      const t = randomTimes(count, schedule, { stratified: true, seed: 1 });
      const noise = randomNormal(images.shape, 2);
      return denoisingLoss(model.predictor(told), images, schedule, {
        predicts: "x",
        t,
        noise,
      }).dataSync()[0];
    });
    const captions = told.vector as tf.Tensor2D;
    return {
      numbers: {
        "held-out loss": loss,
        "cosine of sample and image": meanCosine(samples, images),
        "cosine of caption and image": meanCosine(captions, images),
        "samples find images": (await retrieval(images, samples)).images.top1,
        "captions find images": (await retrieval(images, captions)).images.top1,
      },
    };
  } finally {
    tf.dispose([{ ...told }, images, z, samples]);
  }
}

/** Of embeddings that were kept back, these suffice. */
const most = 256;

function meanCosine(a: tf.Tensor2D, b: tf.Tensor2D): number {
  return tf.tidy(() => {
    const [u, v] = [a, b].map((rows) => rows.div(tf.norm(rows, 2, 1, true)));
    return u.mul(v).sum(1).mean().dataSync()[0];
  });
}
