import type { tf } from "../backend/tf";
import { checkFinite, checkInteger, checkShape, checkType } from "../errors";
import { pace } from "../notebook/pace";

export interface RetrievalOptions {
  /** How many candidates each image and each caption has to choose from, its partner included; 100 if omitted, and all if there are
   * fewer pairs. */
  readonly among?: number;
  /** Of each pair, such as its caption: a candidate with the same id is as right as the partner. All pairs differ if omitted. */
  readonly ids?: readonly (string | number)[];
}

/** How often what belongs together finds each other. */
export interface Retrieval {
  /** Captions that images find. */
  readonly captions: RetrievalShares;
  /** Images that captions find. */
  readonly images: RetrievalShares;
  /** Candidates of each. */
  readonly among: number;
}

export interface RetrievalShares {
  /** The share for which a right candidate is the nearest. */
  readonly top1: number;
  /** √(variance over pairs / pairs) of `top1`. */
  readonly standardError: number;
  /** The share for which a right one is among the five nearest. */
  readonly top5: number;
  /** The share that guessing at random would have for `top1`: above 1 / among where ids are equal. */
  readonly chance: number;
}

/** Retrieval by cosine (as CLIP is judged, Radford et al. 2021): each image is to find its caption, and each caption its image, among its partner and
 * those of the pairs that follow it in the list, the first ones following the last. Candidates at exactly the same distance count as
 * if in a random order: embeddings that are all alike find no more than chance.
 * @param images embeddings, float32 [pairs, features]
 * @param captions those of the partners, float32 [pairs, features]
 * @throws RangeError or TypeError for other shapes and types, numbers that are not finite, an embedding of zeros, less than two candidates
 *   or another number of ids
 * @throws InterruptedError after an interrupt of the cell */
export async function retrieval(
  images: tf.Tensor2D,
  captions: tf.Tensor2D,
  { among: wanted = 100, ids }: RetrievalOptions = {},
): Promise<Retrieval> {
  checkInteger("among", wanted, 2);
  checkShape("captions", captions.shape, images.shape);
  const [i, c] = [await unitRows("images", images), await unitRows("captions", captions)];
  const among = Math.min(wanted, i.length);
  if (ids && ids.length !== i.length) {
    throw new RangeError(`ids has ${ids.length} for ${i.length} pairs; give one for each.`);
  }
  const pairs = ids ?? Array.from(i.keys());
  return { captions: await found(i, c, pairs, among), images: await found(c, i, pairs, among), among };
}

async function found(
  asking: readonly Float64Array[],
  candidates: readonly Float64Array[],
  ids: readonly (string | number)[],
  among: number,
): Promise<RetrievalShares> {
  const paced = pace();
  const outcomes: { readonly top1: number; readonly top5: number; readonly chance: number }[] = [];
  for (let i = 0; i < asking.length; i++) {
    const right: number[] = [];
    const wrong: number[] = [];
    for (let k = i; k < i + among; k++) {
      const j = k % asking.length;
      (ids[j] === ids[i] ? right : wrong).push(cosine(asking[i], candidates[j]));
    }
    const of = (k: number): number => chanceOfRight(right, wrong, k);
    outcomes.push({ top1: of(1), top5: of(5), chance: right.length / among });
    await paced();
  }
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const top1 = mean(outcomes.map((outcome) => outcome.top1));
  return {
    top1,
    standardError: Math.sqrt(mean(outcomes.map((outcome) => (outcome.top1 - top1) ** 2)) / outcomes.length),
    top5: mean(outcomes.map(({ top5 }) => top5)),
    chance: mean(outcomes.map(({ chance }) => chance)),
  };
}

/** The probability that one of the right candidates is among the k nearest, with those at the same distance in a random order. */
function chanceOfRight(right: readonly number[], wrong: readonly number[], k: number): number {
  const best = Math.max(...right);
  const ties = right.filter((value) => value === best).length;
  let wrongTies = wrong.filter((value) => value === best).length;
  let missed = 1;
  for (let place = wrong.filter((value) => value > best).length; place < k && missed > 0; place++) {
    missed *= wrongTies / (wrongTies + ties);
    wrongTies--;
  }
  return 1 - missed;
}

function cosine(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k];
  return sum;
}

/** In double precision, so that no two differ by rounding to unit length alone. */
async function unitRows(name: string, matrix: tf.Tensor2D): Promise<Float64Array[]> {
  checkType(name, matrix, "float32");
  checkShape(name, matrix.shape, [null, null]);
  const [rows, columns] = matrix.shape;
  checkInteger(`${name}.shape[0]`, rows, 2);
  const values = await matrix.data<"float32">();
  checkFinite(name, values);
  return Array.from({ length: rows }, (_, i) => {
    const row = Float64Array.from(values.subarray(i * columns, (i + 1) * columns));
    const length = Math.sqrt(cosine(row, row));
    if (length > 0) return row.map((value) => value / length);
    throw new RangeError(`${name}[${i}] is all zeros; a vector needs a length for cosines.`);
  });
}
