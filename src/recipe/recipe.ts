import type { Precision } from "../backend/bfloat16";
import type { tf } from "../backend/tf";
import type { Details } from "../checkpoint";

/** What is trained, on what and how: a value that a file of a dozen lines holds, so that anybody can make its weights again. */
export interface Recipe {
  readonly name: string;
  /** What comes of it, in a line. */
  readonly about: string;
  /** Training steps in all. */
  readonly steps: number;
  readonly seed: number;
  /** Everything that the weights depend on: a checkpoint of other settings is not gone on from. */
  readonly settings: Details;
  /** Makes the network and all that training needs, at step 0.
   * @param precision of the compiled step; see {@link CompileOptions} */
  start(precision: Precision): Promise<RecipeRun>;
}

/** A recipe in the making. */
export interface RecipeRun {
  /** Makes training step i, counted from 1; its loss. */
  readonly step: (i: number) => tf.Tensor;
  /** All that a step changes, by name. */
  readonly variables: Readonly<Record<string, tf.Variable>>;
  /** What is worth keeping in the end, by name: the averages of the parameters. */
  readonly weights: Readonly<Record<string, tf.Variable>>;
  /** How good it is so far. It draws nothing from the stream of training. */
  readonly evaluate: () => Promise<Evaluation>;
  readonly dispose: () => void;
}

/** How good a network is. */
export interface Evaluation {
  readonly numbers: Readonly<Record<string, number>>;
  /** Such as samples; a figure or an image grid. */
  readonly picture?: unknown;
}

/** Images with the class of each. */
export interface LabelledImages {
  /** float32 [count, size, size, channels] in [-1, 1]. */
  readonly images: tf.Tensor4D;
  /** Not looked at by a network without classes. */
  readonly labels: Int32Array;
  /** Of each image, for a network that is told captions. */
  readonly captions?: readonly string[];
}

/** What a network learns from, and what is kept back to judge it by. The recipe disposes of it. */
export interface RecipeData {
  readonly train: LabelledImages;
  readonly heldOut: LabelledImages;
}
