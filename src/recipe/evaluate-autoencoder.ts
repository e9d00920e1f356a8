import { tf } from "../backend/tf";
import { compile } from "../compile";
import { inBatches, measureScale, type Autoencoder } from "../latent";
import { detailKept, peakSignalToNoise } from "../metrics";
import { imageGrid } from "../plot";
import type { Evaluation, RecipeData } from "./recipe";

/** How well images that were kept back come through the bottleneck, and what their latents carry. On the way, the scale of the latents is
 * measured on training data: the last evaluation's is kept with the weights.
 * @param parameters those to judge, such as averages */
export async function evaluateAutoencoder(
  network: Autoencoder,
  { train, heldOut }: Pick<RecipeData, "train" | "heldOut">,
  parameters: readonly tf.Tensor[],
): Promise<Evaluation> {
  const encode = compile((x: tf.Tensor) => network.encode(x, { parameters }));
  const roundTrip = compile((x: tf.Tensor) =>
    tf.clipByValue(network.decode(network.encode(x, { parameters }), { parameters }), -1, 1),
  );
  const [some, images] = [first(train.images, measuredImages), first(heldOut.images, judgedImages)];
  const made: tf.Tensor[] = [some, images];
  try {
    const latents = await inBatches((x) => encode(x), some);
    made.push(latents);
    measureScale(network, latents);
    const copies = await inBatches((x) => roundTrip(x), images);
    made.push(copies);
    const told = tf.tidy(() => network.describe(first(images, describedImages), { parameters }));
    made.push(...Object.values(told));
    return {
      numbers: {
        "held-out PSNR": peakSignalToNoise(copies, images),
        "detail kept": detailKept(copies, images),
        ...Object.fromEntries(Object.entries(told).map(([name, value]) => [name, value.dataSync()[0]])),
      },
      picture: roundTrips(images, copies),
    };
  } finally {
    encode.dispose();
    roundTrip.dispose();
    tf.dispose(made);
  }
}

/** How many images the scale is measured on, how many are judged, and of how many the latents are described, at most. */
const [measuredImages, judgedImages, describedImages] = [2000, 256, 64];

const first = (images: tf.Tensor4D, count: number): tf.Tensor4D =>
  images.slice(0, Math.min(count, images.shape[0]));

/** Ten images, and below each what has become of it. */
function roundTrips(images: tf.Tensor4D, copies: tf.Tensor4D): ReturnType<typeof imageGrid> {
  const columns = Math.min(10, images.shape[0]);
  const shown = tf.tidy(() => tf.concat([first(images, columns), first(copies, columns)]));
  const picture = imageGrid(shown, {
    title: "Images that were kept back, and their round trips",
    columns,
    rowTitles: ["image", "round trip"],
  });
  shown.dispose();
  return picture;
}
