import { checkMolecule, drawMolecule, type Molecule } from "diffusion";
import { bondDistances } from "../../../../src/data/molecules/bond-distances";
import { layoutMolecule } from "../../../../src/data/molecules/layout-molecule";

function moleculeOf(text: string): Molecule {
  const check = checkMolecule(text);
  if (!check.valid) throw new Error(check.reason);
  return check.molecule;
}

test("counts the bonds between atoms, the short way round a ring", () => {
  expect(bondDistances(moleculeOf("CC1CCC1"))).toEqual([
    [0, 1, 2, 3, 2],
    [1, 0, 1, 2, 1],
    [2, 1, 0, 1, 2],
    [3, 2, 1, 0, 1],
    [2, 1, 2, 1, 0],
  ]);
});

describe("places of atoms", () => {
  const between = (text: string, i: number, j: number): number => {
    const places = layoutMolecule(moleculeOf(text));
    return Math.hypot(places[i].x - places[j].x, places[i].y - places[j].y);
  };

  test("a chain is a zigzag with bonds of length 1 and angles of 120°", () => {
    for (let i = 0; i < 4; i++) expect(between("CCCCC", i, i + 1)).toBeCloseTo(1, 1);
    for (let i = 0; i < 3; i++) expect(between("CCCCC", i, i + 2)).toBeCloseTo(Math.sqrt(3), 1);
    expect(between("CCCCC", 0, 4)).toBeCloseTo(2 * Math.sqrt(3), 1);
  });

  test("a ring of six is a hexagon", () => {
    const sides = Array.from({ length: 6 }, (_, i) => between("C1CCCCC1", i, (i + 1) % 6));
    for (const side of sides) expect(side).toBeCloseTo(sides[0], 2);
    for (let i = 0; i < 3; i++) expect(between("C1CCCCC1", i, i + 3)).toBeCloseTo(2 * sides[0], 2);
  });

  test("no two atoms are in one place", () => {
    for (const text of ["C", "CC", "CC(C)(C)CC(=O)N", "C1CC1C1CC1", "FC(F)(F)C#CC1CCC1"]) {
      const places = layoutMolecule(moleculeOf(text));
      places.forEach((a, i) => {
        for (const b of places.slice(0, i)) expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(0.5);
      });
    }
  });
});

test("draws atoms with their hydrogen, and as many lines as a bond has the order", async () => {
  const svg = await drawMolecule("C=CC#N").svg();
  expect(svg).toContain("C=CC#N, C3H3N");
  for (const name of ["CH₂", ">CH<", ">C<", ">N<"]) expect(svg).toContain(name);
  expect(svg.match(/<line /g)).toHaveLength(2 + 1 + 3);
  expect(await drawMolecule("C").svg()).toContain("CH₄");
});

test("says what is wrong with a text that is no molecule", () => {
  expect(() => drawMolecule("CC(C")).toThrow('"CC(C" is no molecule: at place 2, "(" is never closed.');
});
