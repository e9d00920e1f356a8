import { pace } from "../notebook/pace";

/** So many numbers are held at once, in 16 MB. */
const numbersAtOnce = 2 ** 21;

/** Rows of a matrix, from one up to another. */
export interface Block {
  readonly from: number;
  readonly to: number;
}

/** Cuts the rows of a matrix into blocks that fit in memory; between two of them the cell can be interrupted.
 * @throws InterruptedError after an interrupt of the cell */
export async function* blocks(rows: number, columns: number): AsyncGenerator<Block> {
  const height = Math.max(1, Math.floor(numbersAtOnce / columns));
  const paced = pace();
  for (let from = 0; from < rows; from += height) {
    await paced();
    yield { from, to: Math.min(rows, from + height) };
  }
}
