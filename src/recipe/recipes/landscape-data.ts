import { tf } from "../../backend/tf";
import { labelledLandscapes, type LandscapeOptions } from "../../data";
import { downsample } from "../../layers";
import type { LabelledImages, RecipeData } from "../recipe";

/** Landscapes of 32 or 64 pixels a side: the small ones are the large ones, averaged, so that both are pairs. */
export const landscapeData = (size: 32 | 64): RecipeData => ({
  train: landscapesOf(size, { count: 12_000, seed: 1 }),
  heldOut: landscapesOf(size, { count: 256, seed: 2 }),
});

/** A thousand at a time: the large ones of all would be large. */
function landscapesOf(
  size: 32 | 64,
  { count, seed }: Required<Pick<LandscapeOptions, "count">> & { readonly seed: number },
): LabelledImages {
  const { images, labels } = labelledLandscapes({ count, size: 64, seed });
  if (size === 64) return { images, labels };
  const parts = Array.from({ length: Math.ceil(count / 1000) }, (_, i) =>
    tf.tidy(() => downsample(images.slice(1000 * i, Math.min(1000, count - 1000 * i)))),
  );
  const small = tf.concat(parts);
  tf.dispose([images, parts]);
  return { images: small, labels };
}
