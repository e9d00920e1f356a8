import { tf } from "../../backend/tf";
import { called } from "../answers";
import { compared, type Trial } from "../compared";
import type { Exercise } from "../exercise";
import { numbersOf } from "../numbers";
import { unpatterned } from "../unpatterned";

/** α_t for t = 0 … 4, cumulative. */
const alpha: readonly number[] = [1, 0.9, 0.6, 0.3, 0.05];

/** a x + b y. */
const mix = (a: number, x: tf.Tensor, b: number, y: tf.Tensor): tf.Tensor =>
  tf.add(tf.mul(x, a), tf.mul(y, b));

/** 15.1: after a step from t to t - 1, what is known takes its place. */
interface Step {
  /** z_{t-1} as the model has made it. */
  readonly made: tf.Tensor;
  readonly x: tf.Tensor;
  /** 1 where x is known, 0 elsewhere. */
  readonly mask: tf.Tensor;
  readonly noise: tf.Tensor;
  readonly alpha: readonly number[];
  readonly t: number;
}
type Replace = (step: Step) => unknown;

const blended = (mask: tf.Tensor, known: tf.Tensor, made: tf.Tensor): tf.Tensor =>
  tf.add(tf.mul(mask, known), tf.mul(tf.sub(1, mask), made));
const noised = ({ x, noise }: Pick<Step, "x" | "noise">, a: number): tf.Tensor =>
  mix(Math.sqrt(a), x, Math.sqrt(1 - a), noise);

/** The planted answers know something else where x is known. */
const replaceWith =
  (known: (step: Step) => tf.Tensor = (step) => noised(step, step.alpha[step.t - 1])): Replace =>
  (step) =>
    blended(step.mask, known(step), step.made);

const replacement = compared({
  id: "15.1",
  title: "what is known takes its place",
  solution: replaceWith(),
  misconceptions: [
    {
      name: "noise of t",
      says: "The known part has as much noise as before the step. But `made` has gone on already: after the step both parts must be at the same time.",
      planted: [replaceWith((step) => noised(step, step.alpha[step.t]))],
    },
    {
      name: "no noise",
      says: "The known part is clean, beside a part that is still noisy. The network has never seen half a picture without noise, and takes it for what it expects at this t.",
      planted: [replaceWith(({ x }) => x)],
    },
    {
      name: "mask turned round",
      says: "What is known has been thrown away, and what was to be made is a noisy copy of x. The mask is 1 where x is known.",
      planted: [(step: Step) => blended(step.mask, step.made, noised(step, step.alpha[step.t - 1]))],
    },
    {
      name: "no roots",
      says: "α and 1 - α weigh signal and noise themselves. They belong to variances; the weights are their roots.",
      planted: [
        replaceWith(({ x, noise, alpha, t }) => mix(alpha[t - 1], x, 1 - alpha[t - 1], noise)),
        replaceWith(({ x, noise, alpha, t }) => mix(Math.sqrt(alpha[t - 1]), x, 1 - alpha[t - 1], noise)),
      ],
    },
    {
      name: "signal not made smaller",
      says: "Noise has been added to the whole of x. In z the signal shrinks as the noise grows, so that the variance stays 1.",
      planted: [replaceWith(({ x, noise, alpha, t }) => mix(1, x, Math.sqrt(1 - alpha[t - 1]), noise))],
    },
    {
      name: "noise on both parts",
      says: "The part that the model made gets noise, too. It has its noise already: only x is clean.",
      planted: [
        (step: Step) =>
          noised({ x: blended(step.mask, step.x, step.made), noise: step.noise }, step.alpha[step.t - 1]),
      ],
    },
    {
      name: "noise after the last step",
      says: "The last step leads to t - 1 = 0, where there is no noise: the known part is then x itself. α_0 is 1, the formula needs no exception.",
      planted: [replaceWith((step) => noised(step, step.alpha[Math.max(1, step.t - 1)]))],
    },
  ],
  notice:
    "After the last step the known part is x itself. Until then the network sees it as it has learned to see pictures: with the noise of its t.",
  trials: [replaceTrial(3, 1), replaceTrial(4, 2), replaceTrial(1, 3)],
});

function replaceTrial(t: number, start: number): Trial {
  const shape = [1, 2, 3, 1];
  return {
    asked: `Your z for t = ${t}`,
    async ask(answer) {
      const of = called(answer, "({ made, x, mask, noise, alpha, t }) => tensor") as Replace | undefined;
      const [made, x, noise] = [0, 4, 8].map((more) => unpatterned(shape, start + more));
      return numbersOf(
        of?.({ made, x, mask: tf.tensor4d([1, 0, 0, 1, 1, 0], [1, 2, 3, 1]), noise, alpha, t }),
      );
    },
  };
}

/** 15.2: from z_s back to z_t, with s < t. */
interface Back {
  readonly z: tf.Tensor;
  readonly noise: tf.Tensor;
  readonly alpha: readonly number[];
  readonly s: number;
  readonly t: number;
}
type GoBack = (given: Back) => unknown;

/** The planted answers have other weights of z and of the noise. */
const backWith =
  (weights: (ofS: number, ofT: number, given: Back) => readonly [z: number, noise: number]): GoBack =>
  (given) => {
    const [a, b] = weights(given.alpha[given.s], given.alpha[given.t], given);
    return mix(a, given.z, b, given.noise);
  };

const resampling = compared({
  id: "15.2",
  title: "back to more noise",
  solution: backWith((ofS, ofT) => [Math.sqrt(ofT / ofS), Math.sqrt(1 - ofT / ofS)]),
  misconceptions: [
    {
      name: "as if z_s were clean",
      says: "This is the kernel that leads from x to z_t. But z_s has noise already: with all the noise of t on top there would be too much of it, and too little signal.",
      planted: [backWith((_, ofT) => [Math.sqrt(ofT), Math.sqrt(1 - ofT)])],
    },
    {
      name: "difference of the levels",
      says: "The new noise has the variance α_s - α_t, the difference of the two levels. But z_s is made smaller as well, and with it the noise in it. Which variance is missing from 1?",
      planted: [
        backWith((ofS, ofT) => [Math.sqrt(ofT / ofS), Math.sqrt(ofS - ofT)]),
        backWith((ofS, ofT) => [1, Math.sqrt(ofS - ofT)]),
      ],
    },
    {
      name: "z_s not made smaller",
      says: "Noise is added to the whole of z_s. Its variance grows beyond 1 then, a little more each time: the network sees a level of noise that does not belong to t.",
      planted: [backWith((ofS, ofT) => [1, Math.sqrt(1 - ofT / ofS)])],
    },
    {
      name: "no roots",
      says: "A variance has been used as a weight. The weights are the roots.",
      planted: [
        backWith((ofS, ofT) => [ofT / ofS, 1 - ofT / ofS]),
        backWith((ofS, ofT) => [Math.sqrt(ofT / ofS), 1 - ofT / ofS]),
      ],
    },
    {
      name: "one step only",
      says: "This is the noise of one step, β_t. From s to t there may be several: α_t / α_s is the product of all their 1 - β.",
      planted: [
        backWith((_s, ofT, { alpha, t }) => [
          Math.sqrt(ofT / alpha[t - 1]),
          Math.sqrt(1 - ofT / alpha[t - 1]),
        ]),
      ],
    },
    {
      name: "the level stays",
      says: "Nothing has been added: z is still at the level of s. Only at the level of t is there room for the two parts to come to terms.",
      planted: [backWith(() => [1, 0]), backWith((ofS) => [Math.sqrt(ofS), Math.sqrt(1 - ofS)])],
    },
  ],
  notice:
    "The two weights' squares add up to 1, so z keeps its variance however often it goes back. From s = t - 1 the new noise has the variance β_t: a step of notebook 1.",
  trials: [backTrial(2, 3, 1), backTrial(1, 4, 2), backTrial(1, 3, 5)],
});

function backTrial(s: number, t: number, start: number): Trial {
  return {
    asked: `Your z_t for s = ${s}, t = ${t}`,
    async ask(answer) {
      const of = called(answer, "({ z, noise, alpha, s, t }) => tensor") as GoBack | undefined;
      return numbersOf(
        of?.({ z: unpatterned([2, 3], start), noise: unpatterned([2, 3], start + 4), alpha, s, t }),
      );
    },
  };
}

/** 15.3: one row of a wide picture, out of what windows say about their parts of it. */
interface Said {
  /** What each window guesses for its columns. */
  readonly guesses: number[][];
  /** The first column of each window. */
  readonly starts: number[];
  /** The weight of each column of a window. */
  readonly weight: number[];
  /** Columns of the wide picture. */
  readonly width: number;
}
type Agree = (said: Said) => unknown;

/** Adds up a number of each window's columns in their places. */
const summed = ({ starts, weight, width }: Said, each: (k: number, i: number) => number): number[] => {
  const total = new Array<number>(width).fill(0);
  starts.forEach((start, k) => {
    weight.forEach((_, i) => (total[start + i] += each(k, i)));
  });
  return total;
};
const weighted = (said: Said): number[] => summed(said, (k, i) => said.weight[i] * said.guesses[k][i]);
const divided = (sum: readonly number[], by: readonly number[]): number[] =>
  sum.map((each, j) => each / by[j]);

/** One window has the last word about each column. */
const oneSays = (said: Said, windows: readonly number[]): number[] => {
  const row = new Array<number>(said.width).fill(0);
  for (const k of windows) said.guesses[k].forEach((guess, i) => (row[said.starts[k] + i] = guess));
  return row;
};
const inOrder = ({ starts }: Said): number[] => starts.map((_, k) => k);

const windows = compared({
  id: "15.3",
  title: "what windows agree on",
  solution: (said: Said) =>
    divided(
      weighted(said),
      summed(said, (_, i) => said.weight[i]),
    ),
  misconceptions: [
    {
      name: "not divided",
      says: "The weighted guesses are added, but not divided by the sum of the weights. Where two windows overlap there is then about twice as much as where one is alone.",
      planted: [weighted, (said: Said) => summed(said, (k, i) => said.guesses[k][i])],
    },
    {
      name: "divided by the number of windows",
      says: "Each column is divided by the same number, though not all windows see it. Only the weights of those that do count.",
      planted: [
        (said: Said) => weighted(said).map((each) => each / said.starts.length),
        (said: Said) => summed(said, (k, i) => said.guesses[k][i]).map((each) => each / said.starts.length),
      ],
    },
    {
      name: "divided by how many see it",
      says: "The sum is divided by how many windows see the column, though they do not all count 1. Add up the weights themselves.",
      planted: [
        (said: Said) =>
          divided(
            weighted(said),
            summed(said, () => 1),
          ),
      ],
    },
    {
      name: "no weights",
      says: "All windows count the same, whether a column is in their middle or at their edge. Where a window begins, what is said changes at once: a seam. With weights that fall towards the edges it comes and goes gently.",
      planted: [
        (said: Said) =>
          divided(
            summed(said, (k, i) => said.guesses[k][i]),
            summed(said, () => 1),
          ),
      ],
    },
    {
      name: "one window decides",
      says: "One window alone decides about each column, and the others are not heard. At its edge the picture changes from one opinion to another.",
      planted: [
        (said: Said) => oneSays(said, inOrder(said)),
        (said: Said) => oneSays(said, inOrder(said).reverse()),
      ],
    },
    {
      name: "weights turned round",
      says: "The edges of a window count more than its middle. At its edge a window knows least: it does not see what comes next.",
      planted: [
        (said: Said) => {
          const round = said.weight.map((each) => Math.max(...said.weight) + Math.min(...said.weight) - each);
          const other = { ...said, weight: round };
          return divided(
            weighted(other),
            summed(other, (_, i) => round[i]),
          );
        },
      ],
    },
  ],
  notice:
    "A column that one window alone sees keeps its guess, whatever the weight. The steps of a sampler are linear in x̂: averaging guesses is averaging steps.",
  trials: [
    windowsTrial([0, 2], [1, 3, 2, 1], 1),
    windowsTrial([0, 2, 3], [1, 4, 4, 2], 3),
    windowsTrial([0, 1], [0.5, 1, 0.25], 6),
  ],
});

function windowsTrial(starts: number[], weight: number[], first: number): Trial {
  const guesses = starts.map((_, k) =>
    weight.map((_, i) => Number((1.6 * Math.sin(first + 2.3 * k + 0.7 * i * i)).toFixed(2))),
  );
  const width = starts[starts.length - 1] + weight.length;
  return {
    asked: `Your row for windows of ${weight.length} columns that begin at ${starts.join(", ")}`,
    async ask(answer) {
      const of = called(answer, "({ guesses, starts, weight, width }) => number[]") as Agree | undefined;
      return numbersOf(of?.({ guesses, starts, weight, width }));
    },
  };
}

/** The exercises of the notebook "15-completion". */
export const completion: readonly Exercise[] = [replacement, resampling, windows];
