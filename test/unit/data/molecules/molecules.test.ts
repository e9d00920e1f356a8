import { bondSums, checkMolecule, molecularFormula, molecules, moleculeSymbols, valence } from "diffusion";

const checked = (text: string): string => {
  const check = checkMolecule(text);
  return check.valid ? molecularFormula(check.molecule) : `${check.at}: ${check.reason}`;
};

test.each([
  ["C", "CH4"],
  ["O", "H2O"],
  ["N", "H3N"],
  ["FF", "F2"],
  ["CCO", "C2H6O"],
  ["C=C", "C2H4"],
  ["N#N", "N2"],
  ["C#N", "CHN"],
  ["O=C=O", "CO2"],
  ["CC(C)(C)C", "C5H12"],
  ["C(C)", "C2H6"],
  ["C1CCCCC1", "C6H12"],
  ["C1=CC=CC=C1", "C6H6"],
  ["FC(F)(F)F", "CF4"],
  ["CC(=O)OC(C)C(=O)N", "C5H9NO3"],
  // Rings that follow each other, one in a branch, and one across a branch.
  ["C1CC1C1CC1", "C6H10"],
  ["CC(C1CC1)O", "C5H10O"],
  ["C1(CC)CC1", "C5H10"],
])("%s is %s", (text, formula) => {
  expect(checked(text)).toBe(formula);
});

test.each([
  ["", "0: there is no atom"],
  ["CXC", '1: "X" is none of the symbols C N O F = # ( ) 1'],
  ["=C", '0: "=" comes before the first atom'],
  ["1CC1", "0: ring mark 1 comes before the first atom"],
  ["(C)C", '0: "(" comes before the first atom: there is nothing to branch from'],
  ["CC)C", '2: ")" closes a branch that has not been opened'],
  ["C(CC", '1: "(" is never closed'],
  ["C()C", '2: ")" closes a branch without atoms'],
  ["CC(C)()C", '6: ")" closes a branch without atoms'],
  ["C((C)C)", '2: "((": a branch begins with an atom, or with a bond to one'],
  ["C=", '1: "=" is the end; an atom must follow a bond'],
  ["C=#C", '2: "=" is followed by "#"; an atom must follow a bond'],
  ["C(=)C", '3: "=" is followed by ")"; an atom must follow a bond'],
  ["C=1CC1", '2: "=" is followed by "1"; an atom must follow a bond'],
  ["C1CC", "1: ring mark 1 has no partner"],
  ["C(C1CC", '1: "(" is never closed'],
  ["C11", "2: ring mark 1 would bind an atom to itself"],
  ["C1C1", "3: ring mark 1 would bind two atoms that are bound already"],
  ["C1(CC)1", '6: ring mark 1 follows ")"; it belongs right behind an atom'],
  ["C(1CC1)", '2: ring mark 1 follows "("; it belongs right behind an atom'],
  // Too many bonds: at the atom, once all can be counted.
  ["CFC", "1: fluorine has 2 bonds; it can have 1"],
  ["CC(C)(C)(C)C", "1: carbon has 5 bonds; it can have 4"],
  ["CC#CC=O=C", "6: oxygen has 4 bonds; it can have 2"],
  ["C1CN1C(=N)=NC", "5: carbon has 5 bonds; it can have 4"],
  ["C#CC1OO1(C)", "6: oxygen has 3 bonds; it can have 2"],
])("%j is not: %s", (text, fault) => {
  expect(checked(text)).toBe(fault);
});

test("reads the bonds, those of rings and branches among them", () => {
  const check = checkMolecule("CC1(F)C=CC1=O");
  const bonds = [
    [0, 1, 1],
    [1, 2, 1],
    [1, 3, 1],
    [3, 4, 2],
    [4, 5, 1],
    [1, 5, 1],
    [5, 6, 2],
  ].map(([from, to, order]) => ({ from, to, order }));
  const atoms = Array.from("CCFCCCO", (element, i) => ({ element, at: [0, 1, 4, 6, 8, 9, 12][i] }));
  expect(check).toEqual({ valid: true, molecule: { atoms, bonds } });
});

describe("random molecules", () => {
  const texts = molecules({ count: 2000, seed: 3 });

  test("are all right, none twice, and as long as they may be", () => {
    expect(texts.filter((text) => !checkMolecule(text).valid)).toEqual([]);
    expect(new Set(texts).size).toBe(2000);
    const lengths = texts.map((text) => text.length);
    expect(Math.max(...lengths)).toBe(16);
    expect(new Set(texts.join(""))).toEqual(new Set(moleculeSymbols));
  });

  test("come from the seed; more of them begin with the same ones", () => {
    expect(molecules({ count: 50, seed: 3 })).toEqual(texts.slice(0, 50));
    expect(molecules({ count: 50, seed: 4 })).not.toEqual(texts.slice(0, 50));
  });

  test("seldom bind two atoms that are not carbon", () => {
    const bonds = texts.flatMap((text) => {
      const check = checkMolecule(text);
      if (!check.valid) return [];
      const { molecule } = check;
      return molecule.bonds.map(({ from, to }) => [from, to].map((i) => molecule.atoms[i].element));
    });
    const foreign = bonds.filter((pair) => !pair.includes("C")).length / bonds.length;
    expect(foreign).toBeGreaterThan(0);
    expect(foreign).toBeLessThan(0.03);
  });

  test("one symbol changed: right if and only if an independent reading says so", () => {
    const symbols = [...moleculeSymbols, ""];
    let caught = 0;
    texts.slice(0, 400).forEach((text, i) => {
      const at = (7 * i) % text.length;
      const changed = text.slice(0, at) + symbols[(3 * i) % symbols.length] + text.slice(at + 1);
      const { valid } = checkMolecule(changed);
      expect({ changed, valid }).toEqual({ changed, valid: rightByRewriting(changed) });
      if (!valid) caught++;
    });
    expect(caught).toBeGreaterThan(150);
    expect(caught).toBeLessThan(350);
  });

  test("say what cannot be had", () => {
    expect(() => molecules({ count: 0 })).toThrow("count is 0; use a whole number of 1 or more.");
    expect(() => molecules({ count: 5, length: 4 })).toThrow("length is 4; use a whole number of 5 or more.");
    expect(() => molecules({ count: 600, length: 5, seed: 1 })).toThrow(
      /^count is 600, but after 13001 tries only \d+ texts of 5 symbols or fewer differ; use fewer or longer ones\.$/,
    );
  });
});

test("the sums of bonds are those of the graph", () => {
  const check = checkMolecule("C1=CC(F)(C#N)O1");
  expect(check.valid && bondSums(check.molecule)).toEqual([3, 3, 4, 1, 4, 3, 2]);
  expect(valence).toEqual({ C: 4, N: 3, O: 2, F: 1 });
});

/** Whether a text is right, found in another way: innermost branches and pairs of atoms are taken away one after the other, while each atom
 * keeps its own count of bonds. */
function rightByRewriting(text: string): boolean {
  // Each atom as its number, each mark as a star.
  const orders: Record<string, number> = { "": 1, "=": 2, "#": 3 };
  const limits: Record<string, number> = { C: 4, N: 3, O: 2, F: 1 };
  const parts = Array.from(text);
  if (parts.some((part) => !"CNOF=#()1".includes(part))) return false;
  const used: number[] = [];
  const names: string[] = [];
  const bound = new Set<string>();
  let rest = parts
    .map((part) => {
      if (part === "1") return "*";
      if (!(part in limits)) return part;
      used.push(0);
      names.push(part);
      return `<${names.length - 1}>`;
    })
    .join("");
  // Rings first: the k-th mark with the next one.
  const marks = [...rest.matchAll(/<(\d+)>\*|\*/g)];
  if (marks.length % 2 === 1 || marks.some(([whole]) => whole === "*")) return false;
  const ends = marks.map(([, atom]) => Number(atom));
  rest = rest.replaceAll("*", "");
  const bind = (a: number, b: number, order: number): void => {
    used[a] += order;
    used[b] += order;
    bound.add(`${Math.min(a, b)} ${Math.max(a, b)}`);
  };
  // A branch of one atom, or the last two atoms of a chain, become one.
  const branch = /<(\d+)>\(([=#]?)<(\d+)>\)/;
  const tail = /<(\d+)>([=#]?)<(\d+)>(?=\)|$)/;
  for (
    let found = rest.match(branch) ?? rest.match(tail);
    found;
    found = rest.match(branch) ?? rest.match(tail)
  ) {
    bind(Number(found[1]), Number(found[3]), orders[found[2]]);
    rest = rest.replace(found[0], `<${found[1]}>`);
  }
  if (rest !== "<0>") return false;
  for (let i = 0; i < ends.length; i += 2) {
    if (bound.has(`${ends[i]} ${ends[i + 1]}`)) return false;
    bind(ends[i], ends[i + 1], 1);
  }
  return used.every((sum, i) => sum <= limits[names[i]]);
}
