import { tf } from "../../backend/tf";
import { checkInteger } from "../../errors";
import { foldIn, type Seed } from "../../random";
import { nextSeed, seedWords } from "../../random/seed";
import type { Scene } from "./attributes";
import { captionOf } from "./caption";
import { drawInto } from "./draw";
import { lookalike } from "./lookalike";
import { worldSide } from "./places";
import { partialDescription, randomScene } from "./random-scene";
import type { WorldSplit } from "./splits";
import { uniformStream } from "../uniform-stream";

/** Which pictures to draw. */
export interface WorldOptions {
  readonly count: number;
  /** The next of the stream for draws without a seed, if omitted. */
  readonly seed?: Seed;
  /** "train" if omitted. */
  readonly split?: WorldSplit;
  /** "partial" (if omitted): size, colour and place are left out at random, as a reader may do who types a caption; "full":
   * captions say everything, which is how alignment is measured. */
  readonly captions?: "partial" | "full";
  /** How many groups a scene has; if omitted, one or two, each with probability 1/2. */
  readonly groups?: 1 | 2;
  /** Scenes come in runs of so many: the first of each is drawn at random, and the others are easily taken for it, as one word of the caption
   * is different, or two groups have exchanged something. It divides the count; 1 if omitted. */
  readonly runs?: number;
}

/** Pictures with captions. */
export interface WorldPictures {
  /** [count, 32, 32, 3] in [-1, 1]. */
  readonly images: tf.Tensor4D;
  readonly captions: string[];
  /** What is in each picture. */
  readonly scenes: Scene[];
}

/** Pictures of simple shapes with captions, drawn by a rule, so that what a picture shows can be read off exactly
 * ({@link checkCaption}). The idea, and that of held-out combinations, is that of CLEVR (Johnson et al. 2017) and of Okawa et al.
 * 2023, "Compositional abilities emerge multiplicatively".
 *
 * The same seed gives the same pictures; more of them begin with the same ones.
 * @throws RangeError for a count that is not a whole number above 0, another split or number of groups, runs that do not divide the count, or
 *   a bad seed */
export function worldPictures(options: WorldOptions): WorldPictures {
  const { count, seed = nextSeed(), split = "train", captions: form = "partial", groups } = options;
  const { runs = 1 } = options;
  checkInteger("count", count, 1);
  checkInteger("runs", runs, 1);
  checkInteger("count / runs", count / runs, 1);
  checkOneOf("split", split, ["train", "heldOutCaptions", "heldOutPairs"]);
  checkOneOf("captions", form, ["partial", "full"]);
  if (groups !== undefined) checkInteger("groups", groups, 1, 2);
  const pixels = new Float32Array(count * numbersPerPicture);
  const captions: string[] = [];
  const scenes: Scene[] = [];
  const root = seedWords(seed);
  for (let i = 0; i < count; i++) {
    const own = foldIn(root, i);
    const random = uniformStream(foldIn(own, 0));
    const scene =
      i % runs === 0
        ? randomScene(random, groups ?? random.oneOf([1, 2] as const), split)
        : lookalike(scenes[i - (i % runs)], random, split);
    scenes.push(scene);
    captions.push(captionOf(form === "full" ? scene : partialDescription(scene, random)));
    const place = pixels.subarray(i * numbersPerPicture, (i + 1) * numbersPerPicture);
    drawInto(place, scene, foldIn(own, 1));
  }
  return { images: tf.tensor4d(pixels, [count, worldSide, worldSide, 3]), captions, scenes };
}

const numbersPerPicture = worldSide * worldSide * 3;

function checkOneOf(name: string, value: string, allowed: readonly string[]): void {
  if (allowed.includes(value)) return;
  throw new RangeError(`${name} is "${value}"; use "${allowed.join('" or "')}".`);
}
