import { tf } from "../backend/tf";
import { checkInteger, checkNumber, checkShape } from "../errors";
import { silu } from "../layers";
import { checkLevels } from "./levels";
import { convolution, linear, normalisation } from "./modules";
import type { Parameters } from "./parameters";
import { timeEmbedding } from "./time-embedding";
import { residualBlock, type Block, type Run } from "./unet-blocks";

export interface TrunkOptions {
  /** Pixels along a side of the images; each level but the first halves it. */
  readonly size: number;
  /** Of the images: 1 for grey, 3 for colour. */
  readonly channels?: number;
  /** T of the schedule, for one that is also shown z_t. */
  readonly steps?: number;
  /** Channels at full size. */
  readonly width?: number;
  /** The channels of each level as multiples of the width. */
  readonly multipliers?: readonly number[];
  /** How many numbers the features are. */
  readonly features?: number;
  /** Of group normalisation. */
  readonly groups?: number;
  /** The share of numbers that training drops in each block. */
  readonly dropout?: number;
}

/** What comes with each run of a trunk. */
export interface TrunkRun {
  /** The time of each image, int32 [batch], 0 for a clean one; all clean if omitted. */
  readonly t?: tf.Tensor | undefined;
  readonly values: readonly tf.Tensor[];
  /** Whether dropout is on. */
  readonly training: boolean;
  /** Called with what the block of each level gives, the largest images first. */
  readonly watch?: ((level: tf.Tensor) => void) | undefined;
}

/** Images as features: the way down of a U-Net, and a mean over the pixels of what is left (Dhariwal & Nichol 2021, section 4: "the
 * architecture of our classifiers is simply the downsampling trunk of the UNet").
 * @param prefix how its parameters' names begin
 * @returns of z float32 [batch, size, size, channels], float32 [batch, features] */
export function imageTrunk(
  parameters: Parameters,
  options: Required<TrunkOptions>,
  prefix: string = "",
): (z: tf.Tensor, run: TrunkRun) => tf.Tensor {
  const { size, channels, steps, width, multipliers, features, groups, dropout } = options;
  const timeWidth = 4 * width;
  const inner = linear(parameters, `${prefix}time/inner`, width, timeWidth);
  const outer = linear(parameters, `${prefix}time/outer`, timeWidth, timeWidth);
  const blocks: Block[] = [];
  let at = width;
  const first = convolution(parameters, `${prefix}first`, channels, width);
  multipliers.forEach((multiplier, i) => {
    const outputs = width * multiplier;
    const level = `${prefix}level${i + 1}`;
    const settings = { inputs: at, outputs, timeWidth, groups, time: "add" as const, dropout };
    const residual = residualBlock(parameters, `${level}/block`, settings);
    blocks.push((x, run) => {
      const result = residual(x, run);
      run.watch?.(level, result);
      return result;
    });
    at = outputs;
    if (i === multipliers.length - 1) return;
    const halve = convolution(parameters, `${level}/halve`, at, at, { stride: 2 });
    blocks.push((x, { values }) => halve(x, values));
  });
  const norm = normalisation(parameters, `${prefix}pool/norm`, at, groups, { silu: true });
  const compress = linear(parameters, `${prefix}features`, at, features);

  return (z, { t, values, training, watch }) => {
    checkShape("z", z.shape, [null, size, size, channels]);
    if (t) checkShape("t", t.shape, [z.shape[0]]);
    const time = timeEmbedding(t ?? tf.zeros([z.shape[0]], "int32"), steps, width);
    const embedded = silu(outer(silu(inner(time, values)), values));
    const run: Run = { values, training, embedded, watch: (_, level) => watch?.(level) };
    let h = first(z, values);
    for (const block of blocks) h = block(h, run);
    const pooled = tf.mean(norm(h, values).reshape([z.shape[0], -1, at]), 1);
    return compress(pooled, values);
  };
}

/** The options with what is omitted.
 * @throws RangeError for settings that are impossible or do not fit together, naming them */
export function checkedTrunk(options: TrunkOptions): Required<TrunkOptions> {
  const settings = { ...trunkDefaults, ...options };
  for (const name of ["size", "channels", "steps", "width", "features", "groups"] as const) {
    checkInteger(name, settings[name], 1);
  }
  checkNumber("dropout", settings.dropout, 0, 0.99);
  checkLevels(settings);
  return settings;
}

const trunkDefaults = {
  channels: 1,
  steps: 1000,
  width: 32,
  multipliers: [1, 2, 2] as readonly number[],
  features: 64,
  groups: 8,
  dropout: 0,
};
