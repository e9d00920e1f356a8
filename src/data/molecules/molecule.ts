/** The elements of the molecules here, as SMILES writes them: carbon, nitrogen, oxygen, fluorine. */
export const elements = ["C", "N", "O", "F"] as const;

export type Element = (typeof elements)[number];

/** How many bonds an atom has, counted by their order. It is the whole chemistry of this toy. */
export const valence: Readonly<Record<Element, number>> = { C: 4, N: 3, O: 2, F: 1 };

export const elementNames: Readonly<Record<Element, string>> = {
  C: "carbon",
  N: "nitrogen",
  O: "oxygen",
  F: "fluorine",
};

export interface Atom {
  readonly element: Element;
  /** Where it stands in the text, from 0. */
  readonly at: number;
}

export type BondOrder = 1 | 2 | 3;

export interface Bond {
  /** Numbers of two atoms; `from` stands before `to` in the text. */
  readonly from: number;
  readonly to: number;
  readonly order: BondOrder;
}

/** A molecule as a graph. Hydrogen is left out: what is missing of an atom's bonds leads to hydrogen atoms. */
export interface Molecule {
  readonly atoms: readonly Atom[];
  readonly bonds: readonly Bond[];
}

/** The sum of the orders of each atom's bonds. */
export function bondSums({ atoms, bonds }: Molecule): number[] {
  const sums = atoms.map(() => 0);
  for (const { from, to, order } of bonds) {
    sums[from] += order;
    sums[to] += order;
  }
  return sums;
}

/** What a molecule is made of, hydrogen included: "C2H6O". Carbon comes first, then hydrogen, then the others by the alphabet (Hill
 * 1900); without carbon, all by the alphabet.
 * @param molecule one in which no atom has too many bonds, as `checkMolecule` gives it */
export function molecularFormula(molecule: Molecule): string {
  const counts: Record<string, number> = { C: 0, F: 0, H: 0, N: 0, O: 0 };
  bondSums(molecule).forEach((sum, i) => {
    const { element } = molecule.atoms[i];
    counts[element]++;
    counts.H += valence[element] - sum;
  });
  const order = counts.C > 0 ? ["C", "H", "F", "N", "O"] : ["F", "H", "N", "O"];
  const part = (name: string): string => `${name}${counts[name] > 1 ? counts[name] : ""}`;
  return order
    .filter((name) => counts[name] > 0)
    .map(part)
    .join("");
}
