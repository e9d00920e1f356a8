import { tf } from "../backend/tf";
import { checkInteger, checkNumber, checkShape } from "../errors";
import { silu } from "../layers";
import type { Seed } from "../random";
import { nextSeed } from "../random/seed";
import { checkLevels } from "./levels";
import { convolution, linear, normalisation } from "./modules";
import { parameterList } from "./parameters";
import { timeEmbedding } from "./time-embedding";
import { residualBlock, type Block, type Run } from "./unet-blocks";

export interface ClassifierOptions {
  /** Pixels along a side of the images; each level but the first halves it. */
  readonly size: number;
  /** Of the images: 1 for grey, 3 for colour. */
  readonly channels?: number;
  readonly classes: number;
  /** T of the schedule, for one that also classifies z_t. */
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
  /** Of the first parameters. */
  readonly seed?: Seed;
}

export interface ClassifyOptions {
  /** The time of each image, int32 [batch], 0 for a clean one; all clean if omitted. */
  readonly t?: tf.Tensor;
  /** Others in the place of the parameters, such as their moving averages. */
  readonly parameters?: readonly tf.Tensor[];
  /** Whether dropout is on. */
  readonly training?: boolean;
}

/** What a classifier says of images. */
export interface Classified {
  /** log P(c | z_t) but for a constant of each image, float32 [batch, classes]. */
  readonly logits: tf.Tensor2D;
  /** What the logits are a linear function of, float32 [batch, features]: images that look alike are near each other. */
  readonly features: tf.Tensor2D;
}

/** A network P(c | z_t) for images. */
export interface Classifier {
  readonly parameters: readonly tf.Variable[];
  /** Their names, in the same order: what a checkpoint knows them by. */
  readonly names: readonly string[];
  readonly classes: number;
  /** @param z float32 [batch, size, size, channels] */
  readonly classify: (z: tf.Tensor, options?: ClassifyOptions) => Classified;
  /** Frees the parameters. */
  dispose(): void;
}

/** A classifier of images: the way down of a U-Net, and a mean over the pixels of what is left (Dhariwal & Nichol 2021, section 4:
 * "the architecture of our classifiers is simply the downsampling trunk of the UNet"). With `steps` it is told the time, and can learn
 * to classify z_t as well as x.
 * @throws RangeError for settings that are impossible or do not fit together, naming them */
export function classifier(options: ClassifierOptions): Classifier {
  const { size, channels, classes, steps, width, multipliers, features, groups, dropout, seed } =
    checked(options);
  const parameters = parameterList(seed);
  const timeWidth = 4 * width;
  const inner = linear(parameters, "time/inner", width, timeWidth);
  const outer = linear(parameters, "time/outer", timeWidth, timeWidth);
  const trunk: Block[] = [];
  let at = width;
  const first = convolution(parameters, "first", channels, width);
  multipliers.forEach((multiplier, level) => {
    const outputs = width * multiplier;
    const settings = { inputs: at, outputs, timeWidth, groups, time: "add" as const, dropout };
    trunk.push(residualBlock(parameters, `level${level + 1}/block`, settings));
    at = outputs;
    if (level === multipliers.length - 1) return;
    const halve = convolution(parameters, `level${level + 1}/halve`, at, at, { stride: 2 });
    trunk.push((x, { values }) => halve(x, values));
  });
  const norm = normalisation(parameters, "pool/norm", at, groups, { silu: true });
  const compress = linear(parameters, "features", at, features);
  const decide = linear(parameters, "logits", features, classes);
  const { variables, names } = parameters;

  const classify: Classifier["classify"] = (
    z,
    { t, parameters: values = variables, training = false } = {},
  ) => {
    checkShape("z", z.shape, [null, size, size, channels]);
    if (t) checkShape("t", t.shape, [z.shape[0]]);
    const [logits, found] = tf.tidy(() => {
      const time = timeEmbedding(t ?? tf.zeros([z.shape[0]], "int32"), steps, width);
      const embedded = silu(outer(silu(inner(time, values)), values));
      const run: Run = { values, training, embedded };
      let h = first(z, values);
      for (const block of trunk) h = block(h, run);
      const pooled = tf.mean(norm(h, values).reshape([z.shape[0], -1, at]), 1);
      const described = compress(pooled, values);
      return [decide(silu(described), values), described];
    });
    return { logits: logits as tf.Tensor2D, features: found as tf.Tensor2D };
  };
  return {
    parameters: variables,
    names,
    classes,
    classify,
    dispose() {
      tf.dispose([...variables]);
    },
  };
}

function checked(options: ClassifierOptions) {
  const settings = {
    channels: 1,
    steps: 1000,
    width: 32,
    multipliers: [1, 2, 2] as readonly number[],
    features: 64,
    groups: 8,
    dropout: 0,
    seed: options.seed ?? nextSeed(),
    ...options,
  };
  const { classes, dropout } = settings;
  for (const name of ["size", "channels", "steps", "width", "features", "groups"] as const) {
    checkInteger(name, settings[name], 1);
  }
  checkInteger("classes", classes, 2);
  checkNumber("dropout", dropout, 0, 0.99);
  checkLevels(settings);
  return settings;
}
