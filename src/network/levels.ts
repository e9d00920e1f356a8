import { checkInteger } from "../errors";

/** What networks that halve their images from level to level have in common. */
export interface Levels {
  readonly size: number;
  readonly width: number;
  readonly multipliers: readonly number[];
  readonly groups: number;
}

/** @throws RangeError unless the size can be halved for each level but the first, and the groups divide the channels of each, naming
 * what does not fit */
export function checkLevels({ size, width, multipliers, groups }: Levels): void {
  if (width % 2 !== 0)
    throw new RangeError(`width is ${width}; use an even number, for sines and cosines of t.`);
  if (multipliers.length === 0) throw new RangeError("multipliers is empty; use one for each level.");
  const halvings = multipliers.length - 1;
  if (size % 2 ** halvings !== 0) {
    throw new RangeError(
      `size is ${size}, which cannot be halved ${halvings} times; use a multiple of ${2 ** halvings}, or fewer multipliers.`,
    );
  }
  multipliers.forEach((multiplier, level) => {
    checkInteger(`multipliers[${level}]`, multiplier, 1);
    const count = width * multiplier;
    if (count % groups === 0) return;
    throw new RangeError(
      `groups is ${groups}, which does not divide the ${count} channels of level ${level + 1}.`,
    );
  });
  if (width % groups !== 0)
    throw new RangeError(`groups is ${groups}, which does not divide the width, ${width}.`);
}
