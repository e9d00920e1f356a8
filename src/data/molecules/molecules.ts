import { checkInteger } from "../../errors";
import type { Seed } from "../../random";
import { nextSeed } from "../../random/seed";
import { uniformStream } from "../uniform-stream";
import { randomMolecule } from "./random-molecule";
import { writeMolecule } from "./write-molecule";

export interface MoleculeOptions {
  readonly count: number;
  /** The most symbols of a text; 16 if omitted. */
  readonly length?: number;
  /** The next of the stream for draws without a seed, if omitted. */
  readonly seed?: Seed;
}

/** Random molecules as texts, no text twice, of 3 to 10 atoms each: a data set of things that are right or wrong, with nothing in
 * between (see {@link checkMolecule}). The same seed gives the same texts; more of them begin with the same ones.
 * @throws RangeError for a count below 1 or a length below 5, of which there are too few texts */
export function molecules({ count, length = 16, seed = nextSeed() }: MoleculeOptions): string[] {
  checkInteger("count", count, 1);
  checkInteger("length", length, 5);
  const random = uniformStream(seed);
  const sizes = Array.from({ length: 8 }, (_, i) => 3 + i);
  const texts = new Set<string>();
  for (let tries = 0; texts.size < count; tries++) {
    if (tries > 20 * count + 1000) {
      throw new RangeError(
        `count is ${count}, but after ${tries} tries only ${texts.size} texts of ${length} symbols or fewer differ; use fewer or longer ones.`,
      );
    }
    const text = writeMolecule(randomMolecule(random, random.oneOf(sizes)));
    if (text.length <= length) texts.add(text);
  }
  return [...texts];
}
