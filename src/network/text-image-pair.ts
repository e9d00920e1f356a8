import { tf } from "../backend/tf";
import { checkShape, checkType } from "../errors";
import type { Seed } from "../random";
import { nextSeed } from "../random/seed";
import { checkedTrunk, imageTrunk, type TrunkOptions } from "./image-trunk";
import { linear } from "./modules";
import { parameterList } from "./parameters";
import { textDefaults, textEncoder, type EncodedText, type TextEncoderOptions } from "./text-encoder";

export interface TextImagePairOptions extends Omit<TrunkOptions, "steps"> {
  readonly text: Omit<TextEncoderOptions, "name">;
  /** Of the first parameters. */
  readonly seed?: Seed;
}

export interface EmbedOptions {
  /** Others in the place of the parameters, such as their moving averages. */
  readonly parameters?: readonly tf.Tensor[];
  /** Whether dropout is on. */
  readonly training?: boolean;
}

/** Two networks that put images and captions into one space, where those that belong together are near each other. */
export interface TextImagePair {
  readonly parameters: readonly tf.Variable[];
  /** Their names, in the same order: what a checkpoint knows them by. */
  readonly names: readonly string[];
  /** Numbers of an embedding. */
  readonly features: number;
  /** Tokens of a caption. */
  readonly length: number;
  /** Unit vectors, float32 [batch, features].
   * @param x clean images, float32 [batch, size, size, channels] */
  readonly embedImages: (x: tf.Tensor, options?: EmbedOptions) => tf.Tensor2D;
  /** Unit vectors, float32 [batch, features]: their products with those of images are cosines.
   * @param tokens int32 [batch, length], as a `Tokenizer` gives them */
  readonly embedCaptions: (tokens: tf.Tensor, options?: EmbedOptions) => tf.Tensor2D;
  /** τ, which the cosines are divided by for the loss: a scalar. log(1/τ) is a parameter, and 0.07 the first τ. */
  readonly temperature: (options?: Pick<EmbedOptions, "parameters">) => tf.Scalar;
  /** Brings τ back to 0.01 or more; to be called after each step of training. */
  readonly limitTemperature: () => void;
  /** Frees the parameters. */
  dispose(): void;
}

/** A text encoder and an image encoder for contrastive learning (CLIP; Radford et al. 2021, figure 3 and section 2.4; lecture, "DALL-E 2":
 * joint text-image representations). The image side is the trunk of the classifier; the text side a transformer of which the last token's
 * vector is taken: tokens attend backwards alone, so that no other has seen the whole caption. Each side's vector is mapped to the common
 * space by a linear layer and divided by its length.
 * @throws RangeError for settings that are impossible or do not fit together, naming them */
export function textImagePair({ text, seed = nextSeed(), ...options }: TextImagePairOptions): TextImagePair {
  const settings = checkedTrunk(options);
  const { features } = settings;
  const { width: textWidth = textDefaults.width, length } = text;
  const parameters = parameterList(seed);
  const trunk = imageTrunk(parameters, settings, "image/");
  const encode = textEncoder(parameters, { ...text, name: "text" });
  const compress = linear(parameters, "text/features", textWidth, features);
  const sharpness = parameters.filled(sharpnessName, [], Math.log(1 / firstTemperature));
  const { variables, names } = parameters;
  return {
    parameters: variables,
    names,
    features,
    length,
    embedImages: (x, { parameters: values = variables, training = false } = {}) => {
      checkType("x", x, "float32");
      checkShape("x", x.shape, [null, settings.size, settings.size, settings.channels]);
      return tf.tidy(() => unit(trunk(x, { values, training })));
    },
    embedCaptions: (tokens, { parameters: values = variables } = {}) => {
      checkType("tokens", tokens, "int32");
      checkShape("tokens", tokens.shape, [null, length]);
      return tf.tidy(() => unit(compress(lastToken(encode(tokens, values)), values)));
    },
    temperature: ({ parameters: values = variables } = {}) =>
      tf.tidy(() => tf.exp(tf.neg(sharpness(values))) as tf.Scalar),
    limitTemperature() {
      const parameter = variables[names.indexOf(sharpnessName)];
      tf.tidy(() => {
        parameter.assign(tf.minimum(parameter, Math.log(1 / leastTemperature)));
      });
    },
    dispose() {
      tf.dispose([...variables]);
    },
  };
}

const sharpnessName = "log-inverse-temperature";

/** As CLIP has it (Radford et al. 2021, section 2.5). Below the least, single pairs would decide the loss, and training become unstable. */
const [firstTemperature, leastTemperature] = [0.07, 0.01];

/** Each text's vector of its last token, float32 [batch, width]; of an empty caption, the start's. */
function lastToken({ tokens, mask }: EncodedText): tf.Tensor {
  const place = tf.sum(mask, 1).sub(1).cast("int32");
  const chosen = tf.oneHot(place, mask.shape[1]!, 1, 0, "float32");
  return tf.sum(tf.mul(tokens, chosen.expandDims(2)), 1);
}

/** x / |x|, row by row. */
const unit = (x: tf.Tensor): tf.Tensor2D => tf.mul(x, tf.rsqrt(tf.sum(tf.square(x), 1, true).add(tiny)));

/** So that a row of zeros stays one. */
const tiny = 1e-12;
