import type { tf } from "../backend/tf";
import { alignment, type Alignment } from "../data";
import { checkInteger } from "../errors";
import { sampleMoments } from "../metrics/sample-moments";

/** How often an attribute of a picture is found again in its variations. */
export interface KeptAttribute {
  readonly attribute: "all" | "number" | "size" | "colour" | "shape" | "place";
  /** The share of variations that have it. */
  readonly kept: number;
  /** √(variance of the pictures' shares / pictures): variations of one picture have its embedding in common, and are no draws of their own. NaN
   * for one picture alone. */
  readonly standardError: number;
  /** The share that would have it if they were variations of the next picture; NaN for one picture alone. */
  readonly byChance: number;
}

/** What of pictures of the world of shapes is kept in their variations, attribute by attribute: what an embedding holds is kept, and all
 * else is as it happens to be. Each variation is judged by the caption of its picture; by chance, by that of the picture after it.
 * @param captions of the pictures, which say everything: `captionOf` of their scenes
 * @param variations float32 [pictures · each, 32, 32, 3], as {@link variations} gives them
 * @returns a row for each attribute, for `console.table`
 * @throws RangeError for captions that are not understood, or variations that are not equally many of each picture; InterruptedError */
export async function keptAttributes(
  captions: readonly string[],
  variations: tf.Tensor4D,
): Promise<KeptAttribute[]> {
  checkInteger("the number of captions", captions.length, 1);
  const each = variations.shape[0] / captions.length;
  if (!Number.isInteger(each) || each === 0) {
    throw new RangeError(
      `There are ${variations.shape[0]} variations of ${captions.length} captions; give equally many of each.`,
    );
  }
  const judged = async (shift: number): Promise<Alignment[]> => {
    const ofPictures: Alignment[] = [];
    for (const i of captions.keys()) {
      const own = variations.slice(i * each, each);
      const caption = captions[(i + shift) % captions.length];
      ofPictures.push(await alignment(own, new Array<string>(each).fill(caption)));
      own.dispose();
    }
    return ofPictures;
  };
  const [kept, chance] = [await judged(0), await judged(1)];
  return attributes.map(([attribute, name]) => {
    const [own, next] = [kept, chance].map((found) => sampleMoments(found.map((each) => each[name].share)));
    return {
      attribute,
      kept: own.mean,
      standardError: own.standardDeviation / Math.sqrt(captions.length),
      byChance: captions.length > 1 ? next.mean : NaN,
    };
  });
}

const attributes = [
  ["all", "all"],
  ["number", "count"],
  ["size", "size"],
  ["colour", "colour"],
  ["shape", "shape"],
  ["place", "place"],
] as const;
