import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { tf } from "../backend/tf";
import { loadCheckpoint, saveCheckpoint, type Details, type Json } from "../checkpoint";
import { enlarged } from "../conditioning";
import { checkInteger, checkShape } from "../errors";
import { foldIn } from "../random";
import { differences } from "../recipe/differences";
import { generate, type DiffusionModel, type GenerateOptions } from "../recipe";

/** Settings of one stage of a cascade. */
export interface CascadeStage extends Pick<GenerateOptions, "sampler" | "times" | "guidance" | "batch"> {
  /** The first makes small images; each of the others enlarges, and has learned by `lowResolution`. */
  readonly model: DiffusionModel;
  /** s, how much noise the smaller images get before they are enlarged; 0 if omitted. */
  readonly noise?: number;
}

export interface CascadeOptions extends Pick<GenerateOptions, "count" | "labels" | "captions" | "screen"> {
  readonly seed: number;
  /** Where each stage's images are kept as soon as it is done; a run of the same options goes on after them. Nothing is kept if
   * omitted. */
  readonly folder?: string;
}

/** Cascaded generation (lecture, "Cascaded Conditional Generation"; Ho et al. 2022, "Cascaded diffusion models for high fidelity image
 * generation"): a model makes small images, and others enlarge them, each told the images of the one before. All are told the same
 * class or caption, if they take one. Each stage shows its progress.
 * @returns the images of every stage, the small ones first
 * @throws RangeError for stages that do not fit together; Error if the folder has images of other options; InterruptedError */
export async function generateCascade(
  stages: readonly CascadeStage[],
  options: CascadeOptions,
): Promise<tf.Tensor4D[]> {
  checkInteger("the number of stages", stages.length, 1);
  const factors = stages.map(({ model }, i) => (i === 0 ? 1 : factorOf(stages[i - 1].model, model, i)));
  const made: tf.Tensor4D[] = [];
  try {
    for (const [i, stage] of stages.entries()) {
      const keep = keepOf(stage, options, i);
      const kept = keep && keptImages(keep.file, keep.details);
      const images = kept ?? (await imagesOf(stage, options, { i, small: made.at(-1), factor: factors[i] }));
      made.push(images);
      if (!kept && keep) saveCheckpoint(keep.file, { tensors: { images }, details: keep.details });
    }
    return made;
  } catch (error) {
    tf.dispose(made);
    throw error;
  }
}

/** How many times as large as its predecessor's a stage's images are. */
function factorOf(before: DiffusionModel, model: DiffusionModel, i: number): number {
  const [[small, , channels], [large]] = [before.imageShape, model.imageShape];
  if (large % small !== 0 || large === small) {
    throw new RangeError(
      `stages[${i}] makes images of ${large} pixels a side from ${small}; use a multiple.`,
    );
  }
  checkShape(`The conditional image of stages[${i}]`, [model.network.conditions.image], [channels]);
  return large / small;
}

async function imagesOf(
  { model, noise = 0, ...settings }: CascadeStage,
  { count, labels, captions, screen, seed }: CascadeOptions,
  {
    i,
    small,
    factor,
  }: { readonly i: number; readonly small: tf.Tensor4D | undefined; readonly factor: number },
): Promise<tf.Tensor4D> {
  const { classes, tokens } = model.network.conditions;
  // The noise of the small images, too, depends on the seed.
  const condition =
    small && enlarged(small, noise, { factor, schedule: model.schedule, seed: foldIn(seed, 2 * i) });
  try {
    return await generate(model, {
      ...settings,
      ...(screen && { screen }),
      ...(condition && { condition }),
      count: count ?? labels?.length ?? captions?.length ?? 0,
      labels: classes > 0 ? labels : undefined,
      captions: tokens > 0 ? captions : undefined,
      seed: foldIn(seed, 2 * i + 1),
    });
  } finally {
    if (condition) tf.dispose({ ...condition });
  }
}

/** Where a stage's images are kept, and what for; nothing without a folder. */
function keepOf(
  stage: CascadeStage,
  options: CascadeOptions,
  i: number,
): { readonly file: string; readonly details: Details } | undefined {
  const { folder } = options;
  if (folder === undefined) return undefined;
  return { file: join(folder, `stage-${i + 1}.safetensors`), details: detailsOf(stage, options, i) };
}

/** What a stage's images depend on, as far as it can be told. */
function detailsOf(
  { model, noise = 0, guidance, times, sampler, batch }: CascadeStage,
  { count, labels, captions, seed }: CascadeOptions,
  i: number,
): Details {
  const gamma = guidance?.gamma;
  return {
    stage: i + 1,
    size: model.network.shape[0],
    weights: fingerprint(model.network.parameters),
    sampler: sampler?.name ?? null,
    batch: batch ?? null,
    noise,
    seed,
    count: count ?? null,
    labels: labels ? Array.from(labels) : null,
    captions: captions ? [...captions] : null,
    gamma: typeof gamma === "number" ? gamma : gamma ? "a function" : null,
    times: times ? [...times] : null,
  } satisfies Record<string, Json>;
}

/** The same for the same numbers, to the bit. */
function fingerprint(parameters: readonly tf.Tensor[]): string {
  const hash = createHash("sha256");
  for (const parameter of parameters) {
    const { buffer, byteOffset, byteLength } = parameter.dataSync();
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest("hex").slice(0, 16);
}

function keptImages(file: string, details: Details): tf.Tensor4D | undefined {
  if (!existsSync(file)) return undefined;
  const { tensors, details: found } = loadCheckpoint(file);
  const different = differences(found, details);
  if (different.length === 0) return tensors.images as tf.Tensor4D;
  tf.dispose(tensors);
  throw new Error(`${file} has images of other options: ${different.join(", ")}. Use another folder.`);
}
