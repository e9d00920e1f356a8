import type { Molecule } from "./molecule";

/** How many bonds the shortest way between two atoms has: by rows (Floyd 1962). */
export function bondDistances({ atoms, bonds }: Molecule): number[][] {
  const distances = atoms.map((_, i) => atoms.map((_, j) => (i === j ? 0 : Infinity)));
  for (const { from, to } of bonds) distances[from][to] = distances[to][from] = 1;
  atoms.forEach((_, via) => {
    for (const row of distances) {
      row.forEach((direct, to) => {
        row[to] = Math.min(direct, row[via] + distances[via][to]);
      });
    }
  });
  return distances;
}
