import type { Condition } from "../network";

/** What a network can be told, each by its size; 0 for what it can't. */
export interface Conditions {
  readonly classes: number;
  /** Numbers of the vector. */
  readonly vector: number;
  /** Channels of the image. */
  readonly image: number;
  /** Tokens of a caption. */
  readonly tokens: number;
}

/** @throws RangeError for a condition that the network can't be told, naming the setting that would let it */
export function checkTold(condition: Condition, conditions: Conditions): void {
  for (const { given, size, setting } of kinds) {
    if (condition[given] && conditions[size] === 0) {
      throw new RangeError(
        `condition.${given} is given, but the network takes none; make it with \`${setting}\`.`,
      );
    }
  }
}

const kinds = [
  { given: "labels", size: "classes", setting: "classes" },
  { given: "vector", size: "vector", setting: "vector" },
  { given: "image", size: "image", setting: "image" },
  { given: "tokens", size: "tokens", setting: "text" },
] as const;
