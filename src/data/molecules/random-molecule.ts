import type { UniformStream } from "../uniform-stream";
import { elements, valence, type BondOrder, type Element } from "./molecule";

/** A molecule while it grows: a tree, and a bond that makes a ring of it. */
export interface Growing {
  readonly elements: Element[];
  /** The bonds of the tree: from an atom to one that has grown from it. */
  readonly bonds: { readonly from: number; readonly to: number; readonly order: BondOrder }[];
  /** Bonds that each atom has left. */
  readonly free: number[];
  /** Two atoms that a single bond joins to a ring. */
  ring?: readonly [number, number];
}

/** A random molecule of so many atoms, or fewer where no bond is left: a tree that grows atom by atom, mostly at its youngest one, half of
 * them with a single bond that closes a ring of 3 to 6 atoms. Bonds between two atoms that are not carbon are rare, as in nature: nothing
 * but the data says so. */
export function randomMolecule(random: UniformStream, atoms: number): Growing {
  const first = chosen(random, elements, [6, 1, 1, 0.3]);
  const grown: Growing = { elements: [first], bonds: [], free: [valence[first]] };
  while (grown.elements.length < atoms && grow(grown, random));
  if (random.next() < 0.5) closeRing(grown, random);
  return grown;
}

/** Binds one more atom; false if there is nowhere to. */
function grow({ elements: grown, bonds, free }: Growing, random: UniformStream): boolean {
  const places = grown.map((_, i) => i).filter((i) => free[i] > 0);
  if (places.length === 0) return false;
  const from = random.next() < 0.7 ? places[places.length - 1] : random.oneOf(places);
  const element = chosen(random, elements, grown[from] === "C" ? [6, 1.5, 1.5, 0.8] : [6, 0.1, 0.1, 0.05]);
  const most = Math.min(free[from], valence[element]);
  const order = chosen<BondOrder>(random, [1, 2, 3], [8, most > 1 ? 1.6 : 0, most > 2 ? 0.5 : 0]);
  free[from] -= order;
  free.push(valence[element] - order);
  bonds.push({ from, to: grown.push(element) - 1, order });
  return true;
}

/** Binds two atoms that have a bond left and would make a ring of 3 to 6 atoms; larger rings are likelier. */
function closeRing(grown: Growing, random: UniformStream): void {
  const { free } = grown;
  const pairs: (readonly [number, number])[] = [];
  const weights: number[] = [];
  free.forEach((_, to) => {
    for (let from = 0; from < to; from++) {
      const size = between(from, to, grown.bonds) + 1;
      const carbon = grown.elements[from] === "C" || grown.elements[to] === "C";
      if (!carbon || free[from] === 0 || free[to] === 0 || size < 3 || size > 6) continue;
      pairs.push([from, to]);
      weights.push(size ** 2);
    }
  });
  if (pairs.length > 0) grown.ring = chosen(random, pairs, weights);
}

/** Bonds between two atoms along the tree. An atom's number is above that of the one that it has grown from, so that the larger goes back. */
function between(from: number, to: number, bonds: Growing["bonds"]): number {
  let [a, b, length] = [from, to, 0];
  for (; a !== b; length++) {
    if (a > b) a = bonds[a - 1].from;
    else b = bonds[b - 1].from;
  }
  return length;
}

/** One of the values, with probabilities like the weights. */
function chosen<Value>(random: UniformStream, values: readonly Value[], weights: readonly number[]): Value {
  let left = random.next() * weights.reduce((sum, weight) => sum + weight);
  const found = values.find((_, i) => (left -= weights[i]) < 0);
  // Rounding must not choose a value of weight 0.
  return found ?? values[weights.findIndex((weight) => weight > 0)];
}
