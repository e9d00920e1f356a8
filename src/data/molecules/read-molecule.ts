import { elements, type Atom, type Bond, type BondOrder, type Element, type Molecule } from "./molecule";

/** What is wrong with a text, and the place of the symbol that it is about, from 0. */
export interface Fault {
  readonly reason: string;
  readonly at: number;
}

/** The signs of bonds. A single bond is not written. */
export const bondSigns: Readonly<Record<string, BondOrder>> = { "=": 2, "#": 3 };

/** What marks the two ends of a bond that closes a ring. */
const ringMarks: readonly string[] = ["1"];

/** All symbols of the language. */
export const moleculeSymbols: readonly string[] = [
  ...elements,
  ...Object.keys(bondSigns),
  "(",
  ")",
  ...ringMarks,
];

/** Reads the text symbol by symbol, as the bonds between its atoms; valences are not looked at.
 * @returns the molecule, or the first fault */
export function readMolecule(text: string): Molecule | Fault {
  const state: Reading = { text, atoms: [], bonds: [], last: undefined, branches: [], rings: new Map() };
  for (let at = 0; at < text.length; at++) {
    const fault = readSymbol(state, text[at], at);
    if (fault !== undefined) return { reason: fault, at };
  }
  return unfinished(state) ?? { atoms: state.atoms, bonds: state.bonds };
}

interface Reading {
  readonly text: string;
  readonly atoms: Atom[];
  readonly bonds: Bond[];
  /** The atom that the next one is bound to; none before the first. */
  last: number | undefined;
  /** The order of that bond, if a sign has said it, and where the sign stands. */
  sign?: { readonly order: BondOrder; readonly at: number } | undefined;
  /** Branches that are open: the atom that each leaves from, and where. */
  readonly branches: { readonly atom: number; readonly at: number }[];
  /** Rings that are open, by their mark. */
  readonly rings: Map<string, { readonly atom: number; readonly at: number }>;
}

/** @returns what is wrong, if anything */
function readSymbol(state: Reading, symbol: string, at: number): string | undefined {
  if ((elements as readonly string[]).includes(symbol)) {
    readAtom(state, symbol as Element, at);
    return undefined;
  }
  if (!moleculeSymbols.includes(symbol)) {
    return `"${symbol}" is none of the symbols ${moleculeSymbols.join(" ")}`;
  }
  if (state.sign) return `${signed(state)} is followed by "${symbol}"; an atom must follow a bond`;
  if (symbol in bondSigns) return readSign(state, symbol, at);
  if (symbol === "(") return openBranch(state, at);
  if (symbol === ")") return closeBranch(state);
  return readRing(state, symbol, at);
}

function readAtom(state: Reading, element: Element, at: number): void {
  const to = state.atoms.push({ element, at }) - 1;
  if (state.last !== undefined) state.bonds.push({ from: state.last, to, order: state.sign?.order ?? 1 });
  state.last = to;
  state.sign = undefined;
}

function readSign(state: Reading, symbol: string, at: number): string | undefined {
  if (state.last === undefined) return `"${symbol}" comes before the first atom`;
  state.sign = { order: bondSigns[symbol], at };
  return undefined;
}

function openBranch(state: Reading, at: number): string | undefined {
  if (state.last === undefined) return `"(" comes before the first atom: there is nothing to branch from`;
  if (state.text[at - 1] === "(") return `"((": a branch begins with an atom, or with a bond to one`;
  state.branches.push({ atom: state.last, at });
  return undefined;
}

function closeBranch(state: Reading): string | undefined {
  const branch = state.branches.pop();
  if (!branch) return `")" closes a branch that has not been opened`;
  if (state.atoms[state.atoms.length - 1].at < branch.at) return `")" closes a branch without atoms`;
  state.last = branch.atom;
  return undefined;
}

/** A mark stands right behind its atom, or behind another mark of it. */
function readRing(state: Reading, mark: string, at: number): string | undefined {
  const before = state.text[at - 1] as string | undefined;
  if (state.last === undefined) return `ring mark ${mark} comes before the first atom`;
  if (before === "(" || before === ")")
    return `ring mark ${mark} follows "${before}"; it belongs right behind an atom`;
  const opened = state.rings.get(mark);
  if (!opened) {
    state.rings.set(mark, { atom: state.last, at });
    return undefined;
  }
  const [from, to] = [opened.atom, state.last];
  if (from === to) return `ring mark ${mark} would bind an atom to itself`;
  if (state.bonds.some((bond) => bond.from === from && bond.to === to)) {
    return `ring mark ${mark} would bind two atoms that are bound already`;
  }
  state.bonds.push({ from, to, order: 1 });
  state.rings.delete(mark);
  return undefined;
}

/** What is open at the end; of several, the first in the text. */
function unfinished({ text, atoms, sign, branches, rings }: Reading): Fault | undefined {
  if (atoms.length === 0) return { reason: "there is no atom", at: 0 };
  const open: Fault[] = [
    ...branches.map(({ at }) => ({ reason: `"(" is never closed`, at })),
    ...[...rings].map(([mark, { at }]) => ({ reason: `ring mark ${mark} has no partner`, at })),
    ...(sign ? [{ reason: `"${text[sign.at]}" is the end; an atom must follow a bond`, at: sign.at }] : []),
  ];
  return open.sort((a, b) => a.at - b.at)[0];
}

const signed = ({ text, sign }: Reading): string => `"${text[sign?.at ?? 0]}"`;
