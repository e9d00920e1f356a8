import { tf } from "../../backend/tf";
import { towardsText, unitVectors } from "../../unclip";
import { called } from "../answers";
import { compared, type Trial } from "../compared";
import type { Exercise } from "../exercise";
import { numbersOf } from "../numbers";
import { unpatterned } from "../unpatterned";

/** 18.1: embeddings as a diffusion model is to see them. */
type Scaled = (unit: tf.Tensor2D) => unknown;

/** The planted answers multiply by something else. */
const times =
  (factor: (features: number) => number): Scaled =>
  (unit) =>
    tf.mul(unit, factor(unit.shape[1]));
/** Whatever is done with each of the numbers' mean and deviation: over the batch (0) or within an embedding (1). */
const standardized =
  (axis: number, centred: boolean): Scaled =>
  (unit) => {
    const mean = tf.mean(unit, axis, true);
    const deviation = tf.sqrt(tf.mean(tf.square(tf.sub(unit, mean)), axis, true));
    return tf.div(centred ? tf.sub(unit, mean) : unit, deviation);
  };
/** To [-1, 1], as pictures are: each embedding by its largest number, or the batch by its largest. */
const toOne =
  (axis?: number): Scaled =>
  (unit) =>
    tf.div(unit, tf.max(tf.abs(unit), axis, true));
const stretched =
  (axis?: number): Scaled =>
  (unit) => {
    const [least, most] = [tf.min(unit, axis, true), tf.max(unit, axis, true)];
    return tf.sub(tf.div(tf.mul(2, tf.sub(unit, least)), tf.sub(most, least)), 1);
  };

const scale = compared({
  id: "18.1",
  title: "the scale of embeddings",
  solution: times(Math.sqrt),
  misconceptions: [
    {
      name: "the variance instead of the deviation",
      says: "That is too long by √features. A factor c makes the *variance* c² times as large: which c brings 1/features to 1?",
      planted: [times((features) => features), times((features) => features ** 2)],
    },
    {
      name: "the wrong way",
      says: "That makes them smaller still. Their numbers are small as it is: 64 squares sum up to 1.",
      planted: [times((features) => 1 / Math.sqrt(features)), times((features) => 1 / features)],
    },
    {
      name: "left as they are",
      says: "These are the unit vectors as they came: the mean of their squares is 1/features, and noise has 1.",
      planted: [times(() => 1)],
    },
    {
      name: "standardized over the batch",
      says: "Each number was divided by its own deviation over the batch. That bends the space: directions change, and with them the cosines by which images and captions find each other. Use one factor for all numbers.",
      planted: [standardized(0, true), standardized(0, false)],
    },
    {
      name: "standardized within an embedding",
      says: "Each embedding was divided by the deviation of its own numbers. That differs from one to the next, since their means differ: lengths are no longer the same, and with the mean gone the direction changes, too. The factor needs to know how many numbers there are, and nothing else.",
      planted: [standardized(1, true), standardized(1, false)],
    },
    {
      name: "brought to [-1, 1]",
      says: "Numbers within [-1, 1] are a custom for pictures. What a schedule needs is a variance of about 1; and a largest number differs from one embedding, or batch, to the next, so that nobody could undo it.",
      planted: [toOne(), toOne(1), stretched(), stretched(1)],
    },
  ],
  notice:
    "One factor changes no direction and no cosine. An open implementation of the paper, DALLE2-pytorch, does the same; and latents of an autoencoder are divided by their deviation for the same reason (Rombach et al. 2022).",
  trials: [scaleTrial(3, 4, 1), scaleTrial(2, 16, 2), scaleTrial(4, 6, 3)],
});

function scaleTrial(rows: number, features: number, seed: number): Trial {
  return {
    asked: `Your scaled embeddings, ${rows} of ${features} numbers,`,
    async ask(answer) {
      const of = called(answer, "(unit) => scaled") as Scaled | undefined;
      return numbersOf(of?.(unitVectors(unpatterned([rows, features], seed))));
    },
  };
}

/** 18.2: by how many standard errors something is kept more often than by chance. */
type Above = (right: boolean[][], chance: number) => unknown;

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const squares = (values: readonly number[]): number => {
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
};
const shareOf = (row: readonly boolean[]): number => row.filter(Boolean).length / row.length;

/** Of the mean of the pictures' shares. */
function errorOfPictures(shares: readonly number[]): number {
  return Math.sqrt(squares(shares) / (shares.length - 1) / shares.length);
}

/** The planted answers take another error, or compare with something else. */
const above =
  (
    error: (shares: number[], right: boolean[][]) => number = errorOfPictures,
    difference: (share: number, chance: number) => number = (share, chance) => share - chance,
  ): Above =>
  (right, chance) => {
    const shares = right.map(shareOf);
    return difference(mean(shares), chance) / error(shares, right);
  };
const binomial = (share: number, count: number): number => Math.sqrt((share * (1 - share)) / count);
/** As if each variation were a draw of its own. */
const independent = (shares: number[], right: boolean[][]): number =>
  binomial(mean(shares), right.flat().length);
const alone = (share: number): number => share;

const keptAbove = compared({
  id: "18.2",
  title: "kept, or by chance?",
  solution: above(),
  misconceptions: [
    {
      name: "compared with nothing",
      says: "The share was compared with 0. Pictures that have nothing to do with each other agree in an attribute now and then: how much *more* is it than that?",
      planted: [above(undefined, alone), above(independent, alone)],
    },
    {
      name: "variations of one picture as independent",
      says: "The error counts each variation as a draw of its own. Four variations of one picture share its embedding: if one has lost the place, the others likely have, too. What is independent are the pictures. Take one number for each picture, its share, and the error of their mean.",
      planted: [
        above(independent),
        above((_, right) => {
          const flat = right.flat().map(Number);
          return Math.sqrt(squares(flat) / (flat.length - 1) / flat.length);
        }),
      ],
    },
    {
      name: "as if each picture had one variation",
      says: "√(p (1 - p) / pictures) is the error if each picture has one outcome, right or wrong. Here each has a *share* of its variations, and these differ less, or they differ as much if all variations of a picture agree. Measure how much they differ.",
      planted: [above((shares) => binomial(mean(shares), shares.length))],
    },
    {
      name: "deviation instead of error",
      says: "That is the deviation of single pictures, and not the error of their mean: with four times as many pictures, the mean is known twice as well.",
      planted: [
        above((shares) => Math.sqrt(squares(shares) / (shares.length - 1))),
        above((shares) => Math.sqrt(squares(shares) / shares.length)),
      ],
    },
    {
      name: "the error of chance",
      says: "The error is that of shares which are as large as by chance. Asked is how well the share that was measured is known.",
      planted: [
        (right, chance) => (mean(right.map(shareOf)) - chance) / binomial(chance, right.flat().length),
        (right, chance) => (mean(right.map(shareOf)) - chance) / binomial(chance, right.length),
      ] satisfies Above[],
    },
    {
      name: "divided by n",
      says: "Nearly: the mean is estimated from the same few pictures, so that squares around it come out too small. Divide their sum by pictures - 1.",
      planted: [above((shares) => Math.sqrt(squares(shares)) / shares.length)],
    },
    {
      name: "not in units of the error",
      says: "That is the difference, and it is right. Divide it by the standard error: only then can one say whether it may be an accident.",
      planted: [above(() => 1)],
    },
  ],
  notice:
    "Above 3 it is hardly an accident. Draws that come in groups are counted by groups, here as everywhere: more variations of the same pictures hardly help, more pictures do.",
  trials: [
    aboveTrial(["1111", "1110", "0000", "1111", "0100"], 0.3),
    aboveTrial(["10", "00", "11", "01", "11", "10"], 0.25),
    aboveTrial(["110", "111", "011", "111"], 0.55),
  ],
});

function aboveTrial(rows: readonly string[], chance: number): Trial {
  const right = rows.map((row) => Array.from(row, (each) => each === "1"));
  return {
    asked: `Your number for pictures with the variations ${rows.join(", ")} (1: right) and a chance of ${chance}`,
    async ask(answer) {
      const of = called(answer, "(right, chance) => number") as Above | undefined;
      return numbersOf(
        of?.(
          right.map((row) => [...row]),
          chance,
        ),
      );
    },
  };
}

/** 18.3: a text difference. */
type Towards = (images: tf.Tensor2D, from: tf.Tensor2D, to: tf.Tensor2D, share: number) => unknown;
type Rows = tf.Tensor2D;

const difference = (from: Rows, to: Rows): Rows => unitVectors(tf.sub(to, from));
/** Along the straight line: too short between its ends. */
const straight = (a: Rows, b: Rows, share: number): Rows => tf.add(tf.mul(a, 1 - share), tf.mul(b, share));
/** Along the arc, by the formula. */
const arc = (a: Rows, b: Rows, share: number): Rows => {
  const angle = tf.acos(tf.sum(tf.mul(a, b), 1, true));
  const weight = (part: number): tf.Tensor => tf.div(tf.sin(tf.mul(angle, part)), tf.sin(angle));
  return tf.add(tf.mul(a, weight(1 - share)), tf.mul(b, weight(share)));
};

const textDifference = compared({
  id: "18.3",
  title: "a text difference",
  solution: towardsText satisfies Towards,
  misconceptions: [
    {
      name: "the way back",
      says: "The difference points from the new text to the old one: this takes away what you want to have. Or the share counts from the other end: at 0 the image must come back.",
      planted: [
        (images, from, to, share) => towardsText(images, to, from, share),
        (images, from, to, share) => towardsText(images, from, to, 1 - share),
      ] satisfies Towards[],
    },
    {
      name: "a difference that is not of length 1",
      says: "The difference of two captions is short, since they have most words in common; the arc goes between points of the sphere. Divide the difference by its own length first: otherwise each pair of captions has a step of its own.",
      planted: [
        (images, from, to, share) => arc(images, tf.sub(to, from), share),
        (images, from, to, share) => straight(images, tf.sub(to, from), share),
        (images, from, to, share) => tf.add(images, tf.mul(tf.sub(to, from), share)),
        (images, from, to, share) => unitVectors(tf.add(images, tf.mul(tf.sub(to, from), share))),
        (images, from, to, share) => unitVectors(straight(images, tf.sub(to, from), share)),
      ] satisfies Towards[],
    },
    {
      name: "through the ball",
      says: "The result is not of length 1: the straight line leads through the inside of the ball, where no embedding is. Half-way between two directions at right angles it has a length of 0.71. Use the arc.",
      planted: [
        (images, from, to, share) => straight(images, difference(from, to), share),
        (images, from, to, share) => tf.add(images, tf.mul(difference(from, to), share)),
      ] satisfies Towards[],
    },
    {
      name: "not the arc's own steps",
      says: "The length is right, but the straight line brought back to the sphere is fast in the middle and slow at its ends: a quarter of the line is not a quarter of the angle. Use the formula for the arc.",
      planted: [
        (images, from, to, share) => unitVectors(straight(images, difference(from, to), share)),
        (images, from, to, share) => unitVectors(tf.add(images, tf.mul(difference(from, to), share))),
      ] satisfies Towards[],
    },
    {
      name: "towards the caption itself",
      says: "The way leads to the new caption's embedding: into the cloud of captions, with all that they have in common. Only what *changes* between the two captions is to be added.",
      planted: [
        (images, _, to, share) => unitVectors(arc(images, to, share)),
        (images, _, to, share) => unitVectors(straight(images, to, share)),
        (images, _, to, share) => unitVectors(tf.add(images, tf.mul(to, share))),
      ] satisfies Towards[],
    },
    {
      name: "captions instead of images",
      says: "The way begins at the old caption, and not at the image. What the image has beside its caption would be lost.",
      planted: [
        (_, from, to, share) => unitVectors(arc(from, to, share)),
        (_, from, to, share) => unitVectors(arc(from, difference(from, to), share)),
      ] satisfies Towards[],
    },
  ],
  notice:
    "The paper takes shares between 1/4 and 1/2. At 1 nothing of the image is left: the difference of two texts is the embedding of no image.",
  trials: [towardsTrial(1, 4, 0.25, 1), towardsTrial(2, 3, 0.5, 4), towardsTrial(2, 6, 0.4, 7)],
});

function towardsTrial(rows: number, features: number, share: number, seed: number): Trial {
  return {
    asked: `Your embeddings, ${rows} of ${features} numbers, at a share of ${share},`,
    async ask(answer) {
      const of = called(answer, "(images, from, to, share) => embeddings") as Towards | undefined;
      const numbers = (start: number): tf.Tensor2D => unpatterned([rows, features], seed + start);
      const [images, from] = [0, 1].map((start) => unitVectors(numbers(start)));
      // Captions have most words in common.
      const to = unitVectors(tf.add(from, tf.mul(0.4, numbers(2))));
      return numbersOf(of?.(images, from, to, share));
    },
  };
}

/** The exercises of the notebook "18-dalle2". */
export const dalle2: readonly Exercise[] = [scale, keptAbove, textDifference];
