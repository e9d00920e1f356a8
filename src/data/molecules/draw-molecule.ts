import { vegaLite, type Figure, type Size } from "../../plot";
import { checkMolecule } from "./check-molecule";
import { layoutMolecule, type Place } from "./layout-molecule";
import { bondSums, molecularFormula, valence, type Bond, type Molecule } from "./molecule";

/** A molecule as a graph on the plane: atoms with their hydrogen, and a line for each bond, two or three where it is double or triple.
 * @throws RangeError for a text that is no molecule, saying what is wrong with it */
export function drawMolecule(text: string, { width = 220, height = 220 }: Size = {}): Figure {
  const check = checkMolecule(text);
  if (!check.valid) {
    throw new RangeError(`"${text}" is no molecule: at place ${check.at}, ${check.reason}.`);
  }
  const { molecule } = check;
  const places = layoutMolecule(molecule);
  const names = atomNames(molecule);
  const domain = squareAround(places);
  const x = { field: "x", type: "quantitative", axis: null, scale: { domain: domain.x } };
  const y = { field: "y", type: "quantitative", axis: null, scale: { domain: domain.y } };
  const atoms = {
    values: places.map(({ x, y }, i) => ({ x, y, name: names[i], element: molecule.atoms[i].element })),
  };
  const bonds = { values: molecule.bonds.flatMap((bond) => bondLines(bond, places)) };
  const layer = [
    {
      data: bonds,
      mark: { type: "rule", strokeWidth: 2 },
      encoding: { x, y, x2: { field: "x2" }, y2: { field: "y2" } },
    },
    {
      data: atoms,
      mark: { type: "point", filled: true, size: 500, color: "white", opacity: 1 },
      encoding: { x, y },
    },
    {
      data: atoms,
      mark: { type: "text", fontSize: 14, fontWeight: "bold" },
      encoding: { x, y, text: { field: "name" }, color: { field: "element", legend: null, scale: colours } },
    },
  ];
  return vegaLite(
    { title: `${text}, ${molecularFormula(molecule)}`, layer: layer.slice(bonds.values.length > 0 ? 0 : 1) },
    { width, height },
  );
}

/** As models of molecules are painted. */
const colours = { domain: ["C", "N", "O", "F"], range: ["#222222", "#2255cc", "#cc2222", "#228833"] };

/** "CH₃": the element and its hydrogen atoms. */
function atomNames(molecule: Molecule): string[] {
  const sums = bondSums(molecule);
  return molecule.atoms.map(({ element }, i) => {
    const hydrogen = valence[element] - sums[i];
    return element + (hydrogen > 0 ? "H" : "") + (hydrogen > 1 ? "₀₁₂₃₄"[hydrogen] : "");
  });
}

/** As many lines as the bond has the order, side by side. */
function bondLines({ from, to, order }: Bond, places: readonly Place[]): object[] {
  const [a, b] = [places[from], places[to]];
  const length = Math.max(Math.hypot(b.x - a.x, b.y - a.y), 1e-9);
  const [across, up] = [-(b.y - a.y) / length, (b.x - a.x) / length];
  return Array.from({ length: order }, (_, i) => {
    const aside = gap * (i - (order - 1) / 2);
    const [dx, dy] = [aside * across, aside * up];
    return { x: a.x + dx, y: a.y + dy, x2: b.x + dx, y2: b.y + dy };
  });
}

/** Between the lines of a double bond, where bonds are 1 long. */
const gap = 0.14;

/** So that a unit is as long across as up. */
function squareAround(places: readonly Place[]): Record<"x" | "y", readonly [number, number]> {
  const range = (values: readonly number[]): readonly [number, number] => [
    Math.min(...values),
    Math.max(...values),
  ];
  const [x, y] = [range(places.map((place) => place.x)), range(places.map((place) => place.y))];
  const half = Math.max(x[1] - x[0], y[1] - y[0]) / 2 + 0.6;
  const around = ([low, high]: readonly [number, number]): readonly [number, number] => [
    (low + high) / 2 - half,
    (low + high) / 2 + half,
  ];
  return { x: around(x), y: around(y) };
}
