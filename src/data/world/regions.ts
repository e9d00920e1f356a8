import { worldSide } from "./places";

/** The pixels of one thing in a picture, by number: row · 32 + column. */
export interface Region {
  /** Those that the thing covers, about half or more. */
  readonly core: readonly number[];
  /** These and the ones around, up to two pixels away: where its soft edge ends. */
  readonly around: readonly number[];
}

/** Pixels of a thing hang together by their sides. Specks of less than five are none.
 * @param cover for each pixel of the picture the share that is covered */
export function regionsOf(cover: Float32Array): Region[] {
  const owner = new Int32Array(cover.length).fill(nobody);
  const cores: number[][] = [];
  for (let pixel = 0; pixel < cover.length; pixel++) {
    if (owner[pixel] !== nobody || cover[pixel] < covered) continue;
    const core = flood(cover, owner, pixel, cores.length);
    if (core.length >= leastPixels) cores.push(core);
    else core.forEach((each) => (owner[each] = speck));
  }
  return grown(owner, cores);
}

const covered = 0.45;
const leastPixels = 5;
const margin = 2;
const nobody = -1;
const speck = -2;

function flood(cover: Float32Array, owner: Int32Array, from: number, name: number): number[] {
  const found = [from];
  owner[from] = name;
  for (const pixel of found) {
    for (const next of neighbours(pixel)) {
      if (owner[next] !== nobody || cover[next] < covered) continue;
      owner[next] = name;
      found.push(next);
    }
  }
  return found;
}

/** All regions grow by a pixel at a time, so that what lies between two of them goes to the nearer one. */
function grown(owner: Int32Array, cores: readonly number[][]): Region[] {
  const around = cores.map((core) => [...core]);
  for (let step = 0; step < margin; step++) {
    around.forEach((region, name) => {
      for (const pixel of [...region]) {
        for (const next of allNeighbours(pixel)) {
          if (owner[next] >= 0) continue;
          owner[next] = name;
          region.push(next);
        }
      }
    });
  }
  return cores.map((core, i) => ({ core, around: around[i] }));
}

/** The pixels at a pixel's four sides. */
function neighbours(pixel: number): number[] {
  return steps(pixel, [
    [1, 0],
    [-1, 0],
    [0, 1],
    [0, -1],
  ]);
}

/** These, and the four at its corners. */
function allNeighbours(pixel: number): number[] {
  return [
    ...neighbours(pixel),
    ...steps(pixel, [
      [1, 1],
      [-1, 1],
      [1, -1],
      [-1, -1],
    ]),
  ];
}

function steps(pixel: number, moves: readonly (readonly [number, number])[]): number[] {
  const [column, row] = [pixel % worldSide, Math.floor(pixel / worldSide)];
  return moves
    .map(([right, down]) => [column + right, row + down])
    .filter(([x, y]) => x >= 0 && x < worldSide && y >= 0 && y < worldSide)
    .map(([x, y]) => y * worldSide + x);
}
