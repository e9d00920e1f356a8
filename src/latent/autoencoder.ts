import { tf } from "../backend/tf";
import { checkInteger, checkShape } from "../errors";
import { imageDecoder, imageEncoder, smallestSize, type CoderSettings } from "../network/image-coder";
import { checkLevels } from "../network/levels";
import { parameterList } from "../network/parameters";
import { partList, partTotals, type Part } from "../network/parts";
import type { Seed } from "../random";
import { nextSeed } from "../random/seed";
import type { Bottleneck } from "./bottleneck";

export interface AutoencoderOptions extends Partial<Omit<CoderSettings, "size">> {
  /** Pixels along a side of the images; a power of 2 divides it, with an exponent of one less than there are multipliers. */
  readonly size: number;
  /** What keeps latents simple: `normalBottleneck` or `codeBottleneck`. */
  readonly bottleneck: Bottleneck;
  /** Of the first parameters. */
  readonly seed?: Seed;
}

export interface CodeOptions {
  /** Others in the place of the parameters, such as their moving averages. */
  readonly parameters?: readonly tf.Tensor[];
}

/** Images as latents, which are smaller, and back. */
export interface Autoencoder {
  readonly parameters: readonly tf.Variable[];
  /** Their names, in the same order: what a checkpoint knows them by. */
  readonly names: readonly string[];
  /** What is counted or measured, and not learned by gradients, by name: a checkpoint has to hold it, too. */
  readonly measured: Readonly<Record<string, tf.Variable>>;
  /** Mean and standard deviation of each channel of latents, float32 [channels]: 0 and 1 until they are measured. Both are among `measured`. */
  readonly scale: { readonly mean: tf.Variable; readonly deviation: tf.Variable };
  /** Of an image: [size, size, channels]. */
  readonly imageShape: readonly [number, number, number];
  /** Of a latent: [size / f, size / f, channels], with f = 2 to the power of the levels but one. */
  readonly shape: readonly [number, number, number];
  /** Its parts in the order in which they run. */
  readonly parts: readonly Part[];
  /** The numbers that are learned. */
  readonly parameterCount: number;
  /** Floating point operations of a round trip, for one image: those of convolutions. */
  readonly flops: number;
  /** The latents of images, as they come: see `latentSpace` for those of unit variance.
   * @param x float32 [batch, size, size, channels] in [-1, 1] */
  readonly encode: (x: tf.Tensor, options?: CodeOptions) => tf.Tensor4D;
  /** The images of latents.
   * @param latents float32 [batch, size / f, size / f, channels] */
  readonly decode: (latents: tf.Tensor, options?: CodeOptions) => tf.Tensor4D;
  /** A round trip in training: what becomes of x, what its latents cost, and what the encoder gave, for {@link lookAfter}. */
  readonly learn: (x: tf.Tensor, options?: CodeOptions) => RoundTrip;
  /** What is to be told of how the latents of x are used, by name, as scalars. */
  readonly describe: (x: tf.Tensor, options?: CodeOptions) => Readonly<Record<string, tf.Scalar>>;
  /** Looks after what gradients do not reach, such as codes that nobody chooses; to be called after each step of training. */
  readonly lookAfter: (encoded: tf.Tensor) => void;
  /** Frees the parameters and what is measured. */
  dispose(): void;
}

export interface RoundTrip {
  /** Of the shape of x. */
  readonly images: tf.Tensor4D;
  /** A scalar. */
  readonly penalty: tf.Scalar;
  /** float32 [batch, size / f, size / f, …]. */
  readonly encoded: tf.Tensor;
}

/** A convolutional autoencoder: the residual blocks of a U-Net without its connections from the way down to the way up, so that all that is
 * left of an image passes through a bottleneck of size / f pixels a side (Rombach et al. 2022, section 3.1 and appendix G).
 * @throws RangeError for settings that are impossible or do not fit together, naming them */
export function autoencoder({ bottleneck, seed = nextSeed(), ...options }: AutoencoderOptions): Autoencoder {
  const settings = checkedCoder(options);
  const parameters = parameterList(seed);
  const { parts, part } = partList(parameters);
  const coder = { parameters, part, settings };
  const encode = imageEncoder(coder, bottleneck.encoded);
  const side = smallestSize(settings);
  const shape = [side, side, bottleneck.channels] as const;
  const between = part("bottleneck", shape, () => bottleneck.make(parameters));
  const decode = imageDecoder(coder, bottleneck.channels);
  const { variables, names } = parameters;
  const { size, channels } = settings;
  const scale = firstScale(bottleneck.channels);
  const measured = { ...between.counted, "latents/mean": scale.mean, "latents/deviation": scale.deviation };
  const encoded = (x: tf.Tensor, values: readonly tf.Tensor[]): tf.Tensor => {
    checkShape("x", x.shape, [null, size, size, channels]);
    return encode(x, values);
  };
  return {
    parameters: variables,
    names,
    measured,
    scale,
    imageShape: [size, size, channels],
    shape,
    ...partTotals(parts),
    encode: (x, { parameters: values = variables } = {}) =>
      tf.tidy(() => between.latent(encoded(x, values), values) as tf.Tensor4D),
    decode: (latents, { parameters: values = variables } = {}) => {
      checkShape("latents", latents.shape, [null, ...shape]);
      return tf.tidy(() => decode(between.settle(latents, values), values) as tf.Tensor4D);
    },
    learn: (x, { parameters: values = variables } = {}) => {
      const given = encoded(x, values);
      const { settled, penalty } = between.learn(given, values);
      return { images: decode(settled, values) as tf.Tensor4D, penalty, encoded: given };
    },
    describe: (x, { parameters: values = variables } = {}) =>
      tf.tidy(() => between.describe(encoded(x, values), values)),
    lookAfter: (given) => {
      between.lookAfter(given, variables);
    },
    dispose() {
      tf.dispose([...variables, ...Object.values(measured)]);
    },
  };
}

function checkedCoder(options: Omit<AutoencoderOptions, "bottleneck" | "seed">): CoderSettings {
  const settings = { channels: 3, width: 16, multipliers: [1, 2, 4], blocks: 1, groups: 8, ...options };
  for (const name of ["size", "channels", "width", "blocks", "groups"] as const) {
    checkInteger(name, settings[name], 1);
  }
  checkLevels(settings);
  return settings;
}

const firstScale = (channels: number): Autoencoder["scale"] =>
  tf.tidy(() => ({
    mean: tf.variable(tf.zeros([channels]), false),
    deviation: tf.variable(tf.ones([channels]), false),
  }));
