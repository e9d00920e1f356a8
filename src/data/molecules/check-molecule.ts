import { bondSums, elementNames, valence, type Molecule } from "./molecule";
import { readMolecule, type Fault } from "./read-molecule";

/** What {@link checkMolecule} says of a text. */
export type MoleculeCheck =
  { readonly valid: true; readonly molecule: Molecule } | ({ readonly valid: false } & Fault);

/** Whether a text is a molecule, and if not, what is wrong with it and where. The language is a small part of SMILES (Weininger 1988):
 *
 * - atoms `C`, `N`, `O` and `F` with 4, 3, 2 and 1 bonds; neighbours in the text are bound, and bonds that an atom does not use lead to
 *   hydrogen, which is not written: `CCO` is ethanol, C2H6O;
 * - `=` and `#` for double and triple bonds: `C#N`, `O=C=O`;
 * - parentheses for branches: `CC(C)C`;
 * - a ring is cut open at a single bond, and both its ends marked `1`: `C1CCCCC1`. Behind a closed ring, another one may follow.
 *
 * It is a toy: molecules are valid here if every atom has the bonds that it can have. Charges, aromatic rings and whether such a
 * molecule could last (many could not) are left out, and so is that one molecule can be written in several ways.
 * @returns its graph; or the first fault in how it is written, and if there is none, the first atom with too many bonds */
export function checkMolecule(text: string): MoleculeCheck {
  const read = readMolecule(text);
  if ("reason" in read) return { valid: false, ...read };
  const sums = bondSums(read);
  const crowded = read.atoms.findIndex(({ element }, i) => sums[i] > valence[element]);
  if (crowded < 0) return { valid: true, molecule: read };
  const { element, at } = read.atoms[crowded];
  const has = `${elementNames[element]} has ${sums[crowded]} bonds`;
  return { valid: false, reason: `${has}; it can have ${valence[element]}`, at };
}
