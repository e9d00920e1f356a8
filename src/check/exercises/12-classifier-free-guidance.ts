import { tf } from "../../backend/tf";
import { called } from "../answers";
import { compared, type Trial } from "../compared";
import type { Exercise } from "../exercise";
import { numbersOf } from "../numbers";

/** 12.1: guidance by Ho & Salimans' scale w, for the noise. */
type ByW = (free: tf.Tensor, told: tf.Tensor, w: number) => unknown;

/** The planted answers weight the two predictions in other ways. */
const weights =
  (ofFree: (w: number) => number, ofTold: (w: number) => number): ByW =>
  (free, told, w) =>
    tf.add(tf.mul(ofFree(w), free), tf.mul(ofTold(w), told));

const twoScales = compared({
  id: "12.1",
  title: "the other scale",
  solution: weights(
    (w) => -w,
    (w) => 1 + w,
  ),
  misconceptions: [
    {
      name: "w for γ",
      says: "w stands where γ belongs. Test it at w = 0: for Ho & Salimans that is the conditional model as it is, which in the lecture is another number.",
      planted: [
        weights(
          (w) => 1 - w,
          (w) => w,
        ),
      ],
    },
    {
      name: "off by one, the other way",
      says: "γ has been taken for w - 1. Which of the two scales is larger? The one that has to be 1 where the other is 0.",
      planted: [
        weights(
          (w) => 2 - w,
          (w) => w - 1,
        ),
      ],
    },
    {
      name: "the two exchanged",
      says: "The two predictions have changed places: the larger w is, the further this goes away from the class. What is exaggerated is the one that was told; the difference that is added is told minus untold.",
      planted: [
        weights(
          (w) => 1 + w,
          (w) => -w,
        ),
      ],
    },
    {
      name: "wrong sign",
      says: "The sign is wrong: from the prediction with the class the way is walked back. That ε̂ is a score with a minus does not matter, as both have it.",
      planted: [
        weights(
          (w) => w,
          (w) => 1 - w,
        ),
        weights(
          (w) => w,
          (w) => -(1 + w),
        ),
      ],
    },
    {
      name: "weights do not add up to 1",
      says: "The two weights do not add up to 1. If told and untold agree, guidance must change nothing: the result has to be what both say.",
      planted: [
        weights(
          (w) => w,
          (w) => 1 + w,
        ),
        weights(
          (w) => w,
          () => 1,
        ),
        weights(
          () => 1,
          (w) => w,
        ),
        weights(
          () => 1,
          (w) => 1 + w,
        ),
        weights(
          (w) => -w,
          (w) => w,
        ),
      ],
    },
    {
      name: "a mean of the two",
      says: "The weights have been divided to lie between 0 and 1, so that the result lies between the two. Guidance goes *beyond* the conditional prediction.",
      planted: [
        weights(
          (w) => w / (1 + w),
          (w) => 1 / (1 + w),
        ),
        weights(
          (w) => 1 / (1 + w),
          (w) => w / (1 + w),
        ),
      ],
    },
  ],
  notice:
    "γ = 1 + w. Programs mostly ask for γ and call it guidance scale, and some papers for w: look for the value at which nothing is guided, 1 or 0.",
  trials: [byWTrial(3), byWTrial(0), byWTrial(0.5)],
});

function byWTrial(w: number): Trial {
  return {
    asked: `Your ε̂ for w = ${w}`,
    async ask(answer) {
      const of = called(answer, "(free, told, w) => ε̂") as ByW | undefined;
      return numbersOf(of?.(tf.tensor1d([0.2, -0.7, 0.9]), tf.tensor1d([0.5, -1.1, 0.9]), w));
    },
  };
}

/** 12.2: labels of a batch, some of them hidden. */
type Hide = (labels: tf.Tensor, chances: tf.Tensor, share: number, classes: number) => unknown;

/** The planted answers hide others, or say something else of those hidden. */
const hiding =
  (
    flag: (classes: number) => number = (classes) => classes,
    hidden: (chances: tf.Tensor, share: number) => tf.Tensor = (chances, share) => tf.less(chances, share),
  ): Hide =>
  (labels, chances, share, classes) =>
    tf.where(
      tf.cast(hidden(chances, share), "bool"),
      tf.fill(labels.shape, flag(classes), "int32"),
      tf.cast(labels, "int32"),
    );

/** One decision for all. */
const together =
  (ofAll: (chances: tf.Tensor) => tf.Tensor) =>
  (chances: tf.Tensor, share: number): tf.Tensor =>
    tf.mul(tf.onesLike(chances), tf.cast(tf.less(ofAll(chances), share), "float32"));
const firstOf = together((chances) => tf.slice(tf.reshape(chances, [-1]), 0, 1));
const meanOf = together((chances) => tf.mean(chances));

const hideSome = compared({
  id: "12.2",
  title: "hiding the class",
  solution: hiding(),
  misconceptions: [
    {
      name: "whole batches",
      says: "One draw decides for the whole batch. Then some steps learn only the unconditional model, and the others nothing of it: the two are torn back and forth. Each digit has a chance of its own.",
      planted: [hiding(undefined, firstOf), hiding(undefined, meanOf)],
    },
    {
      name: "0 for “not told”",
      says: "The hidden ones are told 0. But 0 is a class, the digit zero: the network would learn all digits as zeros, and have no unconditional model.",
      planted: [
        hiding(() => 0),
        hiding(
          () => 0,
          (chances, share) => tf.greater(chances, share),
        ),
      ],
    },
    {
      name: "the last class",
      says: "The flag is the number of the last class. Classes count from 0, so that the last of n is n - 1; the flag comes after it.",
      planted: [hiding((classes) => classes - 1)],
    },
    {
      name: "another flag",
      says: "That is no entry of the network's table, which has one row for each class and one more for the flag. Which number is the first that is no class?",
      planted: [hiding(() => -1), hiding((classes) => classes + 1)],
    },
    {
      name: "the share kept",
      says: "The share says how many are hidden, and here it is kept. A number that is uniform on [0, 1) is *below* p with probability p.",
      planted: [
        hiding(undefined, (chances, share) => tf.greater(chances, share)),
        hiding(undefined, (chances, share) => tf.less(chances, 1 - share)),
      ],
    },
    {
      name: "nothing hidden",
      says: "All classes are told. Then the network never learns what to say if they are not, and its answer to the flag is that of its first, random numbers.",
      planted: [(labels) => labels, hiding(undefined, tf.zerosLike)] satisfies Hide[],
    },
    {
      name: "everything hidden",
      says: "No class is told at all. What is left is an unconditional model.",
      planted: [hiding(undefined, tf.onesLike)],
    },
  ],
  notice:
    "It is one line in the training loop, and the only thing that classifier-free guidance asks of training. Shares of .1 to .2 do well (Ho & Salimans 2022).",
  trials: [
    hideTrial([7, 3, 9, 1, 4], [0.91, 0.08, 0.35, 0.02, 0.6], 0.2, 10),
    hideTrial([2, 0, 2, 1], [0.05, 0.7, 0.12, 0.99], 0.1, 3),
    hideTrial([5, 6, 1], [0.4, 0.55, 0.3], 0.5, 10),
  ],
});

function hideTrial(
  labels: readonly number[],
  chances: readonly number[],
  share: number,
  classes: number,
): Trial {
  return {
    asked: `Your labels for [${labels.join(", ")}], chances [${chances.join(", ")}], a share of ${share} and ${classes} classes`,
    async ask(answer) {
      const of = called(answer, "(labels, chances, share, classes) => labels") as Hide | undefined;
      return numbersOf(of?.(tf.tensor1d([...labels], "int32"), tf.tensor1d([...chances]), share, classes));
    },
  };
}

/** 12.3: the guided guess by one network that is told the class or the flag. */
type Guided = (given: GuidedGiven) => unknown;
interface GuidedGiven {
  /** x̂(z_t, c) at some t: int32 [batch] for z of [batch, 2]. */
  readonly predict: (z: tf.Tensor, labels: tf.Tensor) => tf.Tensor;
  readonly z: tf.Tensor;
  readonly labels: tf.Tensor;
  readonly gamma: number;
  readonly classes: number;
}

/** The planted answers tell the network something else, or put its answers together in another way. */
const inOneBatch =
  (
    untold: (given: GuidedGiven) => tf.Tensor,
    together: (led: tf.Tensor, free: tf.Tensor, gamma: number) => tf.Tensor = (led, free, gamma) =>
      tf.add(tf.mul(1 - gamma, free), tf.mul(gamma, led)),
  ): Guided =>
  (given) => {
    const { predict, z, labels, gamma } = given;
    const [led, free] = tf.split(predict(tf.concat([z, z]), tf.concat([labels, untold(given)])), 2);
    return together(led, free, gamma);
  };
const filled =
  (flag: (classes: number) => number) =>
  ({ labels, classes }: GuidedGiven): tf.Tensor =>
    tf.fill(labels.shape, flag(classes), "int32");
const theFlag = filled((classes) => classes);

const oneBatch = compared({
  id: "12.3",
  title: "guided, in one batch",
  solution: inOneBatch(theFlag),
  misconceptions: [
    {
      name: "flag forgotten",
      says: "Both halves are told the class. They say the same then, and γ has no effect at all: the pictures look as they do for γ = 1.",
      planted: [inOneBatch(({ labels }) => labels)],
    },
    {
      name: "0 for “not told”",
      says: "The second half is told 0, which is a class. All samples would be led away from that one class, instead of away from what is common to all.",
      planted: [inOneBatch(filled(() => 0))],
    },
    {
      name: "the last class",
      says: "The second half is told the last class. The flag is the number after it.",
      planted: [inOneBatch(filled((classes) => classes - 1))],
    },
    {
      name: "halves exchanged",
      says: "The halves have changed places: γ multiplies the prediction that was not told the class. Which half comes first in the labels, and which in the result?",
      planted: [
        inOneBatch(theFlag, (led, free, gamma) => tf.add(tf.mul(1 - gamma, led), tf.mul(gamma, free))),
      ],
    },
    {
      name: "w for γ",
      says: "These are the weights of Ho & Salimans' w, and what is given is γ: at γ = 1 the prediction with the class must be left as it is.",
      planted: [
        inOneBatch(theFlag, (led, free, gamma) => tf.sub(tf.mul(1 + gamma, led), tf.mul(gamma, free))),
      ],
    },
    {
      name: "wrong sign",
      says: "The sign is wrong: samples would be led away from their class. From the prediction without the class go γ times the way to the one with it.",
      planted: [inOneBatch(theFlag, (led, free, gamma) => tf.sub(free, tf.mul(gamma, tf.sub(led, free))))],
    },
    {
      name: "not put together",
      says: "That is one of the two predictions, or both of them. Mix them into one for each z.",
      planted: [
        inOneBatch(theFlag, (_, free) => free),
        inOneBatch(theFlag, (led, free) => tf.concat([led, free])),
        inOneBatch(theFlag, (led, free) => tf.sub(led, free)),
      ],
    },
  ],
  notice:
    "One call for twice as many digits takes as long as two calls on a processor that is busy with either, and less where half of it would idle. No step is dearer than two.",
  trials: [
    guidedTrial({ labels: [1, 2], gamma: 3, classes: 4 }),
    guidedTrial({ labels: [2, 1], gamma: 0.5, classes: 3 }),
    guidedTrial({ labels: [1, 3], gamma: 1, classes: 5 }),
  ],
});

function guidedTrial({
  labels,
  gamma,
  classes,
}: Omit<GuidedGiven, "predict" | "z" | "labels"> & { readonly labels: readonly number[] }): Trial {
  const given: GuidedGiven = {
    predict: (z, told) => {
      const known = tf.cast(tf.expandDims(told, 1), "float32");
      return tf.sin(tf.add(tf.mul(z, 0.5), tf.mul(known, tf.tensor2d([[0.9, -0.4]]))));
    },
    z: tf.tensor2d([
      [0.4, -1.2],
      [1.5, 0.3],
    ]),
    labels: tf.tensor1d([...labels], "int32"),
    gamma,
    classes,
  };
  return {
    asked: `Your guess for the labels [${labels.join(", ")}], γ = ${gamma} and ${classes} classes`,
    async ask(answer) {
      const of = called(answer, "({ predict, z, labels, gamma, classes }) => x̂") as Guided | undefined;
      return numbersOf(of?.(given));
    },
  };
}

/** The exercises of the notebook "12-classifier-free-guidance". */
export const classifierFreeGuidance: readonly Exercise[] = [twoScales, hideSome, oneBatch];
