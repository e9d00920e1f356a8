import type { Growing } from "./random-molecule";
import { bondSigns } from "./read-molecule";

/** A molecule as a text, along its longest chain from one end to the other; of the branches at an atom, the shorter ones come first, in
 * parentheses. So there are few parentheses, and the two marks of a ring are near each other. */
export function writeMolecule({ elements, bonds, ring }: Growing): string {
  const neighbours = elements.map((): { readonly atom: number; readonly sign: string }[] => []);
  for (const { from, to, order } of bonds) {
    neighbours[from].push({ atom: to, sign: signs[order] });
    neighbours[to].push({ atom: from, sign: signs[order] });
  }
  const write = (atom: number, before: number): string => {
    const branches = neighbours[atom]
      .filter((next) => next.atom !== before)
      .map((next) => ({ depth: depth(next.atom, atom), text: `${next.sign}${write(next.atom, atom)}` }))
      .sort((a, b) => a.depth - b.depth || a.text.length - b.text.length)
      .map(({ text }) => text);
    const last = branches.pop() ?? "";
    const mark = ring?.includes(atom) ? "1" : "";
    return `${elements[atom]}${mark}${branches.map((branch) => `(${branch})`).join("")}${last}`;
  };
  /** Atoms of the longest chain that begins here and leads away from `before`. */
  const depth = (atom: number, before: number): number =>
    1 + Math.max(0, ...neighbours[atom].filter((n) => n.atom !== before).map((n) => depth(n.atom, atom)));
  const depths = elements.map((_, atom) => depth(atom, -1));
  return write(depths.indexOf(Math.max(...depths)), -1);
}

const signs: Readonly<Record<number, string>> = {
  1: "",
  ...Object.fromEntries(Object.entries(bondSigns).map(([sign, order]) => [order, sign])),
};
