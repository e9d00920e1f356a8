import { labelledLandscapes, type LandscapeOptions } from "../../data";
import { downsample } from "../../layers";
import type { LabelledImages, RecipeData } from "../recipe";

/** Landscapes of 32 or 64 pixels a side: the small ones are the large ones, averaged, so that both are pairs. */
export const landscapeData = (size: 32 | 64): RecipeData => ({
  train: landscapesOf(size, { count: 12_000, seed: 1 }),
  heldOut: landscapesOf(size, { count: 256, seed: 2 }),
});

function landscapesOf(
  size: 32 | 64,
  options: Required<Pick<LandscapeOptions, "count" | "seed">>,
): LabelledImages {
  const { images, labels } = labelledLandscapes({ ...options, size: 64 });
  if (size === 64) return { images, labels };
  const small = downsample(images);
  images.dispose();
  return { images: small, labels };
}
