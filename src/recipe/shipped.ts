import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { tf } from "../backend/tf";
import { loadCheckpoint, restore, type Details } from "../checkpoint";
import { byName, type Network } from "../network";
import { root } from "../root";
import { differences } from "./differences";
import type { Recipe } from "./recipe";

/** The weights of a recipe that come with the course. */
export const shippedWeights = (name: string): string =>
  join(root, "src", "recipe", "weights", `${name}.safetensors`);

/** What tells a file of weights from others: those that the same recipe has come to on another machine may be other ones. Null if there is
 * none. */
export const weightsHash = (file: string): string | null =>
  existsSync(file) ? createHash("sha256").update(readFileSync(file)).digest("hex").slice(0, 16) : null;

/** A network, with what a file of weights holds besides its parameters. */
export interface Fillable extends Pick<Network, "names" | "parameters" | "dispose"> {
  /** What is not learned by gradients, by name. */
  readonly measured?: Readonly<Record<string, tf.Variable>>;
}

/** The recipe's network with the file's weights.
 * @throws Error for a file that is missing or damaged, or the weights of other settings */
export function filled<N extends Fillable>(
  { name, settings, network: make }: Recipe & { readonly network: () => N },
  file: string,
): N {
  const { tensors, details } = loadCheckpoint(file);
  try {
    const wanted: Details = { recipe: name, ...settings };
    // Besides settings, a file tells how the training went.
    const found = Object.fromEntries(Object.entries(details).filter(([each]) => each in wanted));
    const different = differences(found, wanted);
    if (different.length > 0) {
      throw new Error(
        `${file} has weights of other settings than the recipe "${name}": ${different.join(", ")}.`,
      );
    }
    return restored(make(), tensors);
  } finally {
    tf.dispose(tensors);
  }
}

/** The network of a recipe that others build on, with the weights that come with the course.
 * @param use what these weights are for, to be read after "weights of …,"
 * @throws Error that says how to make the weights if there are none; or for weights of other settings */
export function shippedNetwork<N extends Fillable>(
  recipe: Recipe & { readonly network: () => N },
  use: string,
): N {
  const { name } = recipe;
  const file = shippedWeights(name);
  if (existsSync(file)) return filled(recipe, file);
  throw new Error(
    `There are no weights of "${name}", ${use}: ${file} is missing. \`npm run train -- ${name} --ship\` makes them.`,
  );
}

function restored<N extends Fillable>(network: N, tensors: Readonly<Record<string, tf.Tensor>>): N {
  try {
    restore({ ...byName(network, network.parameters), ...network.measured }, tensors);
    return network;
  } catch (error) {
    network.dispose();
    throw error;
  }
}
