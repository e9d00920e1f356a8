export {
  bondSums,
  molecularFormula,
  valence,
  type Atom,
  type Bond,
  type BondOrder,
  type Element,
  type Molecule,
} from "./molecule";
export { moleculeSymbols, type Fault } from "./read-molecule";
export { checkMolecule, type MoleculeCheck } from "./check-molecule";
export { molecules, type MoleculeOptions } from "./molecules";
export { drawMolecule } from "./draw-molecule";
