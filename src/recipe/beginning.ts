import type { Details } from "../checkpoint";
import { byName, type Network } from "../network";
import { checkShape } from "../errors";
import type { Recipe } from "./recipe";
import { shippedNetwork, shippedWeights, weightsHash, type Fillable } from "./shipped";

/** A recipe that has been learned, to begin another one with. */
export type Learned = Recipe & { readonly network: () => Fillable };

/** Gives a network the shipped weights of another recipe, whose parameters it has by the same names, beside others of its own that keep
 * what they begin with.
 * @throws Error if there are no weights, RangeError for a parameter that the network does not have in this shape */
export function beginWith(network: Pick<Network, "names" | "parameters">, recipe: Learned): void {
  const learned = shippedNetwork(recipe, "which training begins with");
  try {
    const own = byName(network, network.parameters);
    learned.names.forEach((name, i) => {
      if (!Object.hasOwn(own, name)) {
        throw new RangeError(
          `"${recipe.name}" has a parameter "${name}", which the network to be trained has not.`,
        );
      }
      checkShape(`${name} of "${recipe.name}"`, learned.parameters[i].shape, own[name].shape);
      own[name].assign(learned.parameters[i]);
    });
  } finally {
    learned.dispose();
  }
}

/** What tells a beginning from others. */
export const beginningDetails = ({ name }: Recipe): Details => ({
  recipe: name,
  weights: weightsHash(shippedWeights(name)),
});
