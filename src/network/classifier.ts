import { tf } from "../backend/tf";
import { checkInteger } from "../errors";
import { silu } from "../layers";
import type { Seed } from "../random";
import { nextSeed } from "../random/seed";
import { checkedTrunk, imageTrunk, type TrunkOptions } from "./image-trunk";
import { linear } from "./modules";
import { parameterList } from "./parameters";

export interface ClassifierOptions extends TrunkOptions {
  readonly classes: number;
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
  /** What it sees at each scale: of level i = 0, 1, …, float32 [batch, size/2^i, size/2^i, channels]. Distances between them are nearer to what
   * people see than those between pixels are.
   * @param z float32 [batch, size, size, channels] */
  readonly levels: (z: tf.Tensor, options?: ClassifyOptions) => tf.Tensor4D[];
  /** Frees the parameters. */
  dispose(): void;
}

/** A classifier of images: the way down of a U-Net, a mean over the pixels of what is left (Dhariwal & Nichol 2021, section 4), and a
 * linear layer for the classes. With `steps` it is told the time, and can learn to classify z_t as well as x.
 * @throws RangeError for settings that are impossible or do not fit together, naming them */
export function classifier({ classes, seed = nextSeed(), ...options }: ClassifierOptions): Classifier {
  checkInteger("classes", classes, 2);
  const settings = checkedTrunk(options);
  const parameters = parameterList(seed);
  const trunk = imageTrunk(parameters, settings);
  const decide = linear(parameters, "logits", settings.features, classes);
  const { variables, names } = parameters;

  const classify: Classifier["classify"] = (
    z,
    { t, parameters: values = variables, training = false } = {},
  ) => {
    const [logits, features] = tf.tidy(() => {
      const described = trunk(z, { t, values, training });
      return [decide(silu(described), values), described];
    });
    return { logits: logits as tf.Tensor2D, features: features as tf.Tensor2D };
  };
  const levels: Classifier["levels"] = (z, { t, parameters: values = variables, training = false } = {}) =>
    tf.tidy(() => {
      const seen: tf.Tensor4D[] = [];
      trunk(z, { t, values, training, watch: (level) => seen.push(level as tf.Tensor4D) });
      return seen;
    });
  return {
    parameters: variables,
    names,
    classes,
    classify,
    levels,
    dispose() {
      tf.dispose([...variables]);
    },
  };
}
