/** Images as smaller ones of more channels, and back: the two ways of an autoencoder. */
import type { tf } from "../backend/tf";
import { upsample } from "../layers";
import { convolution, normalisation, type Module } from "./modules";
import type { Parameters } from "./parameters";
import type { partList } from "./parts";
import { residualBlock } from "./unet-blocks";

export interface CoderSettings {
  /** Pixels along a side of the images. */
  readonly size: number;
  /** Of the images. */
  readonly channels: number;
  /** Channels at full size. */
  readonly width: number;
  /** The channels of each level as multiples of the width; from level to level the images are halved. */
  readonly multipliers: readonly number[];
  /** Residual blocks in a level. */
  readonly blocks: number;
  /** Of group normalisation. */
  readonly groups: number;
}

/** Where a network's parts are put together. */
export interface Coder extends Pick<ReturnType<typeof partList>, "part"> {
  readonly parameters: Parameters;
  readonly settings: CoderSettings;
}

/** Pixels along a side of the smallest images. */
export const smallestSize = ({ size, multipliers }: Pick<CoderSettings, "size" | "multipliers">): number =>
  size / 2 ** (multipliers.length - 1);

/** The way down: residual blocks on images that are halved from level to level.
 * @returns of x float32 [batch, size, size, channels], float32 [batch, smallest size, smallest size, outputs] */
export function imageEncoder(coder: Coder, outputs: number): Module {
  const { size, channels, width, multipliers } = coder.settings;
  const layers: Module[] = [conv(coder, "encoder/first", channels, width, size)];
  let [at, resolution] = [width, size];
  multipliers.forEach((multiplier, i) => {
    const level = `encoder/level${i + 1}`;
    layers.push(...blocksOf(coder, level, at, width * multiplier, resolution));
    at = width * multiplier;
    if (i === multipliers.length - 1) return;
    resolution /= 2;
    layers.push(conv(coder, `${level}/halve`, at, at, resolution, 2));
  });
  layers.push(last(coder, "encoder/last", at, outputs, resolution));
  return inTurn(layers);
}

/** The way up: the same blocks, on images that are enlarged from level to level.
 * @returns of z float32 [batch, smallest size, smallest size, inputs], float32 [batch, size, size, channels] */
export function imageDecoder(coder: Coder, inputs: number): Module {
  const { channels, width, multipliers } = coder.settings;
  let resolution = smallestSize(coder.settings);
  let at = width * multipliers[multipliers.length - 1];
  const layers: Module[] = [conv(coder, "decoder/first", inputs, at, resolution)];
  [...multipliers.entries()].reverse().forEach(([i, multiplier]) => {
    const [level, outputs] = [`decoder/level${i + 1}`, width * multiplier];
    layers.push(...blocksOf(coder, level, at, outputs, resolution));
    at = outputs;
    if (i === 0) return;
    resolution *= 2;
    // Fewer channels before the blocks, not after them: these are what is dear.
    const next = width * multipliers[i - 1];
    const double = conv(coder, `${level}/double`, at, next, resolution);
    layers.push((x, values) => double(upsample(x), values));
    at = next;
  });
  layers.push(last(coder, "decoder/last", at, channels, resolution));
  return inTurn(layers);
}

function blocksOf(coder: Coder, level: string, inputs: number, outputs: number, size: number): Module[] {
  const { blocks, groups } = coder.settings;
  return Array.from({ length: blocks }, (_, i) => {
    const name = `${level}/block${i + 1}`;
    const options = { inputs: i === 0 ? inputs : outputs, outputs, groups, dropout: 0 };
    const block = coder.part(name, [size, size, outputs], () =>
      residualBlock(coder.parameters, name, options),
    );
    return (x, values) => block(x, { values, training: false });
  });
}

const conv = (
  coder: Coder,
  name: string,
  inputs: number,
  outputs: number,
  size: number,
  stride = 1,
): Module =>
  coder.part(name, [size, size, outputs], () =>
    convolution(coder.parameters, name, inputs, outputs, { stride }),
  );

function last(
  { parameters, part, settings }: Coder,
  name: string,
  at: number,
  outputs: number,
  size: number,
): Module {
  return part(name, [size, size, outputs], () => {
    const norm = normalisation(parameters, `${name}/norm`, at, settings.groups, { silu: true });
    const filter = convolution(parameters, name, at, outputs);
    return (x, values) => filter(norm(x, values), values);
  });
}

const inTurn =
  (layers: readonly Module[]): Module =>
  (x, values) =>
    layers.reduce<tf.Tensor>((h, layer) => layer(h, values), x);
