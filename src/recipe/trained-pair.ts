import type { Details } from "../checkpoint";
import type { Tokenizer } from "../text";
import type { CaptionedPair } from "./embed-pairs";
import { once } from "./once";
import type { PairRecipe } from "./pair-recipe";
import { shippedNetwork, shippedWeights, weightsHash } from "./shipped";

/** A pair in whose space other networks work: their weights are worth nothing with another one. */
export interface TrainedPair {
  /** What a checkpoint of these others knows it by. */
  readonly details: Details;
  readonly tokenizer: () => Tokenizer;
  /** @throws Error if it is not trained yet */
  readonly network: () => CaptionedPair["network"];
}

/** The pair that comes with the course, loaded when it is first asked for. Its details tell its weights from those of another training, since
 * the same settings do not give the same space on every machine.
 * @returns network: throws an Error that says how to make the weights if there are none */
export function shippedPair(recipe: PairRecipe): TrainedPair {
  const { name, tokenizer } = recipe;
  return {
    get details() {
      return { pair: name, weights: weightsHash(shippedWeights(name)) };
    },
    tokenizer,
    network: once(() => shippedNetwork(recipe, "whose space this is about")),
  };
}
