import { tf } from "../backend/tf";
import { checkInteger, checkNumber, checkShape } from "../errors";
import { embedding, silu, upsample } from "../layers";
import type { Seed } from "../random";
import { nextSeed } from "../random/seed";
import { checkLevels } from "./levels";
import { convolution, linear, normalisation } from "./modules";
import { fourierFeatures } from "./fourier-features";
import type { Condition, Network } from "./network";
import { parameterList } from "./parameters";
import { partList, type Part } from "./parts";
import { timeEmbedding } from "./time-embedding";
import { attentionBlock, residualBlock, type Block, type Run, type TimeEntry } from "./unet-blocks";

export interface UNetOptions {
  /** Pixels along a side of the images; a power of 2 divides it, with an exponent of one less than there are multipliers. */
  readonly size: number;
  /** Of the images: 1 for grey, 3 for colour. */
  readonly channels?: number;
  /** T of the schedule for which it is. */
  readonly steps: number;
  /** Channels at full size. */
  readonly width?: number;
  /** The channels of each level as multiples of the width; from level to level the images are halved. */
  readonly multipliers?: readonly number[];
  /** Residual blocks in a level on the way down; one more on the way up. */
  readonly blocks?: number;
  /** The sizes, in pixels, at which pixels attend to each other; the smallest always does in the middle. */
  readonly attention?: readonly number[];
  readonly heads?: number;
  /** Of group normalisation. */
  readonly groups?: number;
  readonly time?: TimeEntry;
  /** n of the waves sin(2ⁿπz) and cos(2ⁿπz) that the network sees beside z, such as [6, 7] for the fine differences that
   * likelihoods are about (Kingma et al. 2021, appendix C). */
  readonly fourier?: readonly number[];
  /** The share of numbers that training drops in each block. */
  readonly dropout?: number;
  /** How many classes samples can be conditioned on. */
  readonly classes?: number;
  /** How many numbers samples can be conditioned on. */
  readonly vector?: number;
  /** Of the first parameters. */
  readonly seed?: Seed;
}

/** A network for images, with what it is made of. */
export interface UNet extends Network {
  /** Of an image: [size, size, channels]. */
  readonly shape: readonly [number, number, number];
  /** How many classes it can be told; 0 if none. */
  readonly classes: number;
  /** Its parts in the order in which they run. */
  readonly parts: readonly Part[];
  /** The numbers that are learned. */
  readonly parameterCount: number;
  /** Floating point operations of a forward pass, for one image: those of convolutions, matrix products and attention. */
  readonly flops: number;
}

/** A U-Net (Ronneberger et al. 2015) for diffusion (lecture, "Diffusion model for images"; Ho et al. 2020, appendix B; Dhariwal & Nichol
 * 2021): residual blocks that know the time, on images that are halved from level to level and enlarged again, with
 * connections from each block on the way down to its counterpart on the way up, and self-attention where images are small.
 * The last filter starts at 0, so that the network begins by predicting 0.
 * @returns predict: z float32 [batch, size, size, channels]
 * @throws RangeError for settings that are impossible or do not fit together, naming them */
export function unet(options: UNetOptions): UNet {
  const settings = checked(options);
  const { size, channels, steps, width, multipliers, blocks, heads, groups, time, dropout, fourier, seed } =
    settings;
  const parameters = parameterList(seed);
  const timeWidth = 4 * width;
  const { parts, part } = partList(parameters);

  /** A part whose result can be watched. */
  const image = (name: string, shape: readonly number[], make: () => Block, own?: number): Block => {
    const body = part(name, shape, make, own);
    return (x, run) => {
      const result = body(x, run);
      run.watch?.(name, result);
      return result;
    };
  };

  const embed = part("time", [timeWidth], () => timeAndCondition(settings, parameters, timeWidth));
  const block = (
    name: string,
    inputs: number,
    outputs: number,
    resolution: number,
    attends: boolean,
  ): Block => {
    const shape = [resolution, resolution, outputs];
    const residual = image(name, shape, () =>
      residualBlock(parameters, name, { inputs, outputs, timeWidth, groups, time, dropout }),
    );
    if (!attends) return residual;
    const attend = image(
      `${name}/attention`,
      shape,
      () => attentionBlock(parameters, `${name}/attention`, { channels: outputs, heads, groups }),
      4 * resolution ** 4 * outputs,
    );
    return (x, run) => attend(residual(x, run), run);
  };
  const conv = (name: string, inputs: number, outputs: number, resolution: number, stride = 1): Block =>
    image(name, [resolution, resolution, outputs], () => {
      const layer = convolution(parameters, name, inputs, outputs, { stride });
      return (x, { values }) => layer(x, values);
    });

  const first = conv("first", channels * (1 + 2 * fourier.length), width, size);
  let [at, resolution] = [width, size];
  const kept = [width];
  const down: Block[] = [];
  multipliers.forEach((multiplier, level) => {
    for (let i = 1; i <= blocks; i++) {
      const attends = settings.attention.includes(resolution);
      down.push(block(`down${level + 1}/block${i}`, at, width * multiplier, resolution, attends));
      at = width * multiplier;
      kept.push(at);
    }
    if (level === multipliers.length - 1) return;
    resolution /= 2;
    down.push(conv(`down${level + 1}/halve`, at, at, resolution, 2));
    kept.push(at);
  });
  const middle = [
    block("middle/block1", at, at, resolution, true),
    block("middle/block2", at, at, resolution, false),
  ];
  const up: { readonly body: Block; readonly joins: boolean }[] = [];
  [...multipliers.entries()].reverse().forEach(([level, multiplier]) => {
    for (let i = 1; i <= blocks + 1; i++) {
      const attends = settings.attention.includes(resolution);
      const inputs = at + kept.pop()!;
      const body = block(`up${level + 1}/block${i}`, inputs, width * multiplier, resolution, attends);
      at = width * multiplier;
      up.push({ body, joins: true });
    }
    if (level === 0) return;
    resolution *= 2;
    const after = conv(`up${level + 1}/double`, at, at, resolution);
    up.push({ body: (x, run) => after(upsample(x), run), joins: false });
  });
  const last = image("last", [size, size, channels], (): Block => {
    const norm = normalisation(parameters, "last/norm", at, groups, { silu: true });
    const filter = convolution(parameters, "last", at, channels, { gain: 0 });
    return (x, { values }) => filter(norm(x, values), values);
  });
  const { variables, names } = parameters;

  const predict: Network["predict"] = (
    z,
    t,
    { parameters: values = variables, condition = {}, training = false, watch } = {},
  ) => {
    checkShape("z", z.shape, [null, size, size, channels]);
    return tf.tidy(() => {
      const run: Run = {
        values,
        training,
        watch,
        embedded: embed(timeEmbedding(t, steps, width), condition, values),
      };
      const stack = [first(fourierFeatures(z, fourier), run)];
      let h = stack[0];
      for (const layer of down) stack.push((h = layer(h, run)));
      for (const layer of middle) h = layer(h, run);
      for (const { body, joins } of up) h = body(joins ? tf.concat([h, stack.pop()!], 3) : h, run);
      return last(h, run);
    });
  };
  return {
    parameters: variables,
    names,
    predict,
    shape: [size, size, channels],
    classes: settings.classes,
    parts,
    parameterCount: parts.reduce((sum, each) => sum + each.parameters, 0),
    flops: parts.reduce((sum, each) => sum + each.flops, 0),
    dispose() {
      tf.dispose([...variables]);
    },
  };
}

type Settings = ReturnType<typeof checked>;
type Embed = (time: tf.Tensor, condition: Condition, values: readonly tf.Tensor[]) => tf.Tensor;

/** silu(the embedding of the time, plus those of class and vector): what each block is told. */
function timeAndCondition(
  { width, classes, vector }: Settings,
  parameters: ReturnType<typeof parameterList>,
  timeWidth: number,
): Embed {
  const [inner, outer] = [
    linear(parameters, "time/inner", width, timeWidth),
    linear(parameters, "time/outer", timeWidth, timeWidth),
  ];
  // One row more than there are classes: for samples of which none is given.
  const table = classes > 0 ? parameters.normal("classes/table", [classes + 1, timeWidth], 1) : undefined;
  const numbers = vector > 0 ? linear(parameters, "vector", vector, timeWidth) : undefined;
  return (time, condition, values) => {
    checkCondition(condition, time.shape[0], classes, vector);
    let sum = outer(silu(inner(time, values)), values);
    if (table) {
      const none = tf.fill([time.shape[0]], classes, "int32");
      sum = sum.add(embedding(condition.labels ?? none, table(values)));
    }
    if (numbers && condition.vector) sum = sum.add(numbers(condition.vector, values));
    return silu(sum);
  };
}

function checkCondition({ labels, vector }: Condition, batch: number, classes: number, size: number): void {
  if (labels && classes === 0) {
    throw new RangeError(
      "condition.labels is given, but the network has no classes; make it with `classes`.",
    );
  }
  if (vector && size === 0) {
    throw new RangeError("condition.vector is given, but the network takes none; make it with `vector`.");
  }
  if (labels) checkShape("condition.labels", labels.shape, [batch]);
  if (vector) checkShape("condition.vector", vector.shape, [batch, size]);
}

function checked(options: UNetOptions) {
  const settings = {
    channels: 1,
    width: 32,
    multipliers: [1, 2, 2] as readonly number[],
    blocks: 1,
    attention: [] as readonly number[],
    heads: 1,
    groups: 8,
    time: "add" as TimeEntry,
    fourier: [] as readonly number[],
    dropout: 0,
    classes: 0,
    vector: 0,
    seed: options.seed ?? nextSeed(),
    ...options,
  };
  const { size, width, multipliers, attention, heads, time, dropout, fourier, classes, vector } = settings;
  for (const name of ["size", "channels", "steps", "width", "blocks", "heads", "groups"] as const) {
    checkInteger(name, settings[name], 1);
  }
  checkInteger("classes", classes, 0);
  checkInteger("vector", vector, 0);
  checkNumber("dropout", dropout, 0, 0.99);
  fourier.forEach((n, i) => {
    checkInteger(`fourier[${i}]`, n, 0, 16);
  });
  if (!timeEntries.includes(time)) throw new RangeError(`time is "${time}"; use "add" or "adaptive".`);
  checkLevels(settings);
  const halvings = multipliers.length - 1;
  const sizes = multipliers.map((_, level) => size / 2 ** level);
  attention.forEach((at, i) => {
    if (!sizes.includes(at)) {
      throw new RangeError(`attention[${i}] is ${at}; the images have the sizes ${sizes.join(", ")}.`);
    }
  });
  multipliers.forEach((multiplier, level) => {
    const count = width * multiplier;
    const attends = level === halvings || attention.includes(sizes[level]);
    if (attends && count % heads !== 0) {
      throw new RangeError(
        `heads is ${heads}, which does not divide the ${count} channels of level ${level + 1}.`,
      );
    }
  });
  return settings;
}

const timeEntries: readonly string[] = ["add", "adaptive"] satisfies TimeEntry[];
