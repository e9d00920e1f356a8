import { basename, resolve } from "node:path";
import { tf } from "../../backend/tf";
import { loadImageFolder } from "../../data";
import { cosineSchedule } from "../../schedule";
import { diffusionRecipe, type DiffusionRecipe } from "../diffusion-recipe";
import type { LabelledImages, RecipeData } from "../recipe";

export interface PicturesOptions {
  /** Of PNG and JPEG files. */
  readonly folder: string;
  /** Pixels along a side to which the pictures are cut and shrunk; a multiple of 8. */
  readonly size?: number;
  /** 3 for colour, 1 for grey. */
  readonly channels?: 1 | 3;
  /** Whether pictures are also shown mirrored, left for right: not for letters and digits. */
  readonly flip?: boolean;
  readonly steps?: number;
}

/** A recipe for somebody's own pictures. Every tenth is kept back to judge by. */
export function picturesRecipe(options: PicturesOptions): DiffusionRecipe {
  const { folder, size = 32, channels = 3, flip = true, steps = 10_000 } = options;
  return diffusionRecipe({
    name: `pictures-${basename(resolve(folder))}`,
    about: `pictures like those in ${folder}`,
    data: async () => {
      const { images, skipped } = await loadImageFolder(folder, { size, channels });
      for (const { file, reason } of skipped) console.warn(`left out: ${file}: ${reason}`);
      return split(images);
    },
    augment: { flip },
    network: {
      size,
      channels,
      width: 32,
      multipliers: [1, 2, 4],
      attention: [size / 4],
      heads: 4,
      dropout: 0.1,
    },
    schedule: cosineSchedule(1000),
    predicts: "v",
    stages: [{ steps, peak: 1e-3, warmup: Math.min(200, steps - 1) }],
    batch: 32,
  });
}

/** Every tenth image is kept back; of fewer than ten, all are for both. */
function split(images: tf.Tensor4D): RecipeData {
  const [count] = images.shape;
  const rows = Array.from({ length: count }, (_, i) => i);
  const part = (wanted: (i: number) => boolean): LabelledImages => ({
    images: tf.gather(images, rows.filter(wanted)),
    labels: new Int32Array(rows.filter(wanted).length),
  });
  const all = (): boolean => true;
  const data =
    count < 10
      ? { train: part(all), heldOut: part(all) }
      : { train: part((i) => i % 10 !== 9), heldOut: part((i) => i % 10 === 9) };
  images.dispose();
  return data;
}
