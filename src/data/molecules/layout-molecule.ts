import { bondDistances } from "./bond-distances";
import type { Molecule } from "./molecule";

export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Places for the atoms on a plane, bonds being about 1 long: neighbours at 1, and atoms that are n bonds apart at n · √3/2, as in the zigzag
 * of a chain with angles of 120°. These distances cannot all be had; of five beginnings, the one is taken that ends with the least stress
 * Σ (|p_i - p_j| - d_ij)² / d_ij², which is lowered step by step (SMACOF; de Leeuw 1977). */
export function layoutMolecule(molecule: Molecule): Place[] {
  const wanted = bondDistances(molecule).map((row) => row.map((n) => (n <= 1 ? n : (n * Math.sqrt(3)) / 2)));
  const ends = Array.from({ length: 5 }, (_, i) => relaxed(beginning(molecule.atoms.length, i), wanted));
  const stresses = ends.map((places) => stress(places, wanted));
  return ends[stresses.indexOf(Math.min(...stresses))];
}

/** Along a row that bends; each beginning bends more. */
const beginning = (count: number, bend: number): Place[] =>
  Array.from({ length: count }, (_, i) => ({ x: i, y: Math.sin((1 + bend) * i) }));

function relaxed(start: readonly Place[], wanted: readonly (readonly number[])[]): Place[] {
  let places = [...start];
  for (let round = 0; round < 200; round++) places = places.map((_, i) => moved(i, places, wanted[i]));
  return places;
}

/** Where the others would like to have the atom, each in the direction in which it is now, on average with the weights 1/d². */
function moved(i: number, places: readonly Place[], wanted: readonly number[]): Place {
  let [x, y, weights] = [0, 0, 0];
  places.forEach((other, j) => {
    if (i === j) return;
    const weight = wanted[j] ** -2;
    const [dx, dy] = [places[i].x - other.x, places[i].y - other.y];
    const factor = wanted[j] / Math.max(Math.hypot(dx, dy), 1e-9);
    x += weight * (other.x + dx * factor);
    y += weight * (other.y + dy * factor);
    weights += weight;
  });
  return weights === 0 ? places[i] : { x: x / weights, y: y / weights };
}

function stress(places: readonly Place[], wanted: readonly (readonly number[])[]): number {
  let sum = 0;
  places.forEach((a, i) => {
    places.slice(0, i).forEach((b, j) => {
      sum += (Math.hypot(a.x - b.x, a.y - b.y) / wanted[i][j] - 1) ** 2;
    });
  });
  return sum;
}
