import type { tf } from "../../backend/tf";
import { checkShape } from "../../errors";
import { pace } from "../../notebook/pace";
import { checkCaption, type CaptionCheck } from "./check-caption";
import { parseCaption } from "./parse-caption";
import { worldSide } from "./places";

/** A share of pictures. */
export interface Share {
  /** From 0 to 1; NaN of no pictures. */
  readonly share: number;
  /** √(share (1 - share) / pictures): how much the share scatters from one sample of so many pictures to the next. */
  readonly standardError: number;
  /** How many pictures it is a share of. */
  readonly pictures: number;
}

/** The share of pictures that show what their captions say: everything, and one attribute alone, among those whose captions
 * name it. */
export type Alignment = Readonly<Record<keyof CaptionCheck, Share>>;

/** Measures how well pictures follow their captions, by {@link checkCaption}.
 * @param images [count, 32, 32, 3] in [-1, 1]
 * @param captions one for each
 * @throws RangeError for another shape or number of captions, a value that is not finite, or a caption that is not understood
 * @throws InterruptedError after an interrupt of the cell */
export async function alignment(images: tf.Tensor4D, captions: readonly string[]): Promise<Alignment> {
  checkShape("images", images.shape, [captions.length, worldSide, worldSide, 3]);
  const descriptions = captions.map(parseCaption);
  const pixels = await images.data();
  const size = 3 * worldSide ** 2;
  const paced = pace();
  const checks: CaptionCheck[] = [];
  for (const [i, description] of descriptions.entries()) {
    checks.push(checkCaption(pixels.subarray(i * size, (i + 1) * size), description));
    await paced();
  }
  const share = (name: keyof CaptionCheck): Share => shareOf(checks.map((check) => check[name]));
  return {
    all: share("all"),
    count: share("count"),
    shape: share("shape"),
    colour: share("colour"),
    size: share("size"),
    place: share("place"),
  };
}

function shareOf(outcomes: readonly (boolean | undefined)[]): Share {
  const known = outcomes.filter((outcome) => outcome !== undefined);
  const share = known.filter(Boolean).length / known.length;
  return { share, standardError: Math.sqrt((share * (1 - share)) / known.length), pictures: known.length };
}
