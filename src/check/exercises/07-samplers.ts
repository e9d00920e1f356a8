import { tf } from "../../backend";
import { called, elementwise } from "../answers";
import { compared, type Trial } from "../compared";
import type { Exercise } from "../exercise";
import { numbersOf } from "../numbers";

/** 07.1: z_s from z_t and x̂; alpha[t] is α_t, σ the deviation of the fresh noise. */
type DdimStep = (
  z: tf.Tensor,
  guess: tf.Tensor,
  t: number,
  s: number,
  alpha: Float64Array,
  sigma: number,
  noise: tf.Tensor,
) => unknown;

interface StepParts {
  /** The α of the time that is left: the one with which ε̂ is found. */
  readonly from: (alpha: Float64Array, t: number, s: number) => number;
  /** The α of the time that is reached. */
  readonly to: (alpha: Float64Array, t: number, s: number) => number;
  readonly onPredicted: (alpha: number, sigma: number) => number;
  readonly onFresh: (sigma: number) => number;
}

/** The planted answers differ from the solution in one part each. */
const ddimWith = (wrong: Partial<StepParts> = {}): DdimStep => {
  const { from, to, onPredicted, onFresh }: StepParts = {
    from: (alpha, t) => alpha[t],
    to: (alpha, _, s) => alpha[s],
    onPredicted: (alpha, sigma) => Math.sqrt(1 - alpha - sigma ** 2),
    onFresh: (sigma) => sigma,
    ...wrong,
  };
  return (z, guess, t, s, alpha, sigma, noise) => {
    const [here, there] = [from(alpha, t, s), to(alpha, t, s)];
    const predicted = tf.div(tf.sub(z, tf.mul(Math.sqrt(here), guess)), Math.sqrt(1 - here));
    const mean = tf.add(tf.mul(Math.sqrt(there), guess), tf.mul(onPredicted(there, sigma), predicted));
    return tf.add(mean, tf.mul(onFresh(sigma), noise));
  };
};

const ddimStep = compared({
  id: "07.1",
  title: "the DDIM step",
  solution: ddimWith(),
  misconceptions: [
    {
      name: "one step instead of many",
      says: "The step ends at t-1, although it should reach s. All that belongs to the end of the step is taken at s: that is how steps are left out.",
      planted: [ddimWith({ to: (alpha, t) => alpha[t - 1] })],
    },
    {
      name: "variance too large",
      says: "The fresh noise comes on top of all the old noise, and z_s gets the variance 1-α_s+σ² around √α_s x̂. Old and fresh noise have to share 1-α_s.",
      planted: [ddimWith({ onPredicted: (alpha) => Math.sqrt(1 - alpha) })],
    },
    {
      name: "deviations subtracted",
      says: "Standard deviations of independent noises do not add up; variances do. What is left for ε̂ is the root of 1-α_s-σ².",
      planted: [ddimWith({ onPredicted: (alpha, sigma) => Math.sqrt(1 - alpha) - sigma })],
    },
    {
      name: "deviation and variance",
      says: "The fresh noise is multiplied by its variance σ². Unit noise must be multiplied by the deviation σ.",
      planted: [ddimWith({ onFresh: (sigma) => sigma ** 2 })],
    },
    {
      name: "noise of the wrong time",
      says: "ε̂ is computed with α_s. It is what x̂ leaves in z_t, so both α in it are those of t.",
      planted: [ddimWith({ from: (alpha, _, s) => alpha[s] })],
    },
    {
      name: "times exchanged",
      says: "t and s are exchanged: the step has gone from s to t, towards more noise.",
      planted: [ddimWith({ from: (alpha, _, s) => alpha[s], to: (alpha, t) => alpha[t] })],
    },
  ],
  notice: "Nothing in the step says that s is t-1: x̂ and ε̂ are mixed anew for whatever time comes next.",
  trials: [ddimTrial(4, 1, 0), ddimTrial(5, 2, 0.3), ddimTrial(3, 1, 0.15)],
});

function ddimTrial(t: number, s: number, sigma: number): Trial {
  const alpha = Float64Array.of(1, 0.95, 0.85, 0.65, 0.4, 0.15);
  const [z, guess, noise] = [
    [-1.5, 0, 0.8],
    [-1, 0.4, 0.6],
    [0.5, -1.2, 0.3],
  ];
  return {
    asked: `Your step with t = ${t}, s = ${s}, sigma = ${sigma}, z = [${z.join(", ")}], guess = [${guess.join(", ")}], noise = [${noise.join(", ")}] and alpha = [${alpha.join(", ")}]`,
    async ask(answer) {
      const step = called(answer, "(z, guess, t, s, alpha, sigma, noise) => …") as DdimStep | undefined;
      if (!step) return undefined;
      return elementwise((each, x, fresh) => step(each, x, t, s, alpha, sigma, fresh), z, guess, noise);
    },
  };
}

/** 07.2: a step without noise in which x̂ is clipped to [-1, 1]. */
type ClippedStep = (z: tf.Tensor, guess: tf.Tensor, t: number, s: number, alpha: Float64Array) => unknown;

const clip = (value: tf.Tensor): tf.Tensor => tf.clipByValue(value, -1, 1);
const noiseIn = (z: tf.Tensor, guess: tf.Tensor, alpha: number): tf.Tensor =>
  tf.div(tf.sub(z, tf.mul(Math.sqrt(alpha), guess)), Math.sqrt(1 - alpha));
const mixed = (x: tf.Tensor, noise: tf.Tensor, alpha: number): tf.Tensor =>
  tf.add(tf.mul(Math.sqrt(alpha), x), tf.mul(Math.sqrt(1 - alpha), noise));

const clipped = (step: (z: tf.Tensor, guess: tf.Tensor, here: number, there: number) => tf.Tensor) =>
  ((z, guess, t, s, alpha) => step(z, guess, alpha[t], alpha[s])) as ClippedStep;

const clippedStep = compared({
  id: "07.2",
  title: "a step with clipping",
  solution: clipped((z, guess, here, there) => mixed(clip(guess), noiseIn(z, clip(guess), here), there)),
  misconceptions: [
    {
      name: "noise not recomputed",
      says: "x̂ is clipped, but ε̂ is still the one that belongs to the guess before. x̂ and ε̂ must make up z_t together: whoever changes one has changed the other.",
      planted: [clipped((z, guess, here, there) => mixed(clip(guess), noiseIn(z, guess, here), there))],
    },
    {
      name: "the result is clipped",
      says: "z_s is clipped after the step. A latent is not a picture: it contains noise of the variance 1-α_s, and may well lie outside [-1, 1].",
      planted: [
        clipped((z, guess, here, there) => clip(mixed(guess, noiseIn(z, guess, here), there))),
        clipped((z, guess, here, there) => clip(mixed(clip(guess), noiseIn(z, clip(guess), here), there))),
      ],
    },
    {
      name: "z is clipped",
      says: "z_t is clipped before the step. Only data lie in [-1, 1], so only the guess of the data can be held there; clipping z_t removes noise that the network must see.",
      planted: [
        clipped((z, guess, here, there) => mixed(guess, noiseIn(clip(z), guess, here), there)),
        clipped((z, guess, here, there) => mixed(clip(guess), noiseIn(clip(z), clip(guess), here), there)),
      ],
    },
    {
      name: "noise is clipped",
      says: "ε̂ is clipped. Unit noise lies outside [-1, 1] for a third of all numbers; it is x̂ of which the range is known.",
      planted: [
        clipped((z, guess, here, there) => mixed(guess, clip(noiseIn(z, guess, here)), there)),
        clipped((z, guess, here, there) => mixed(clip(guess), clip(noiseIn(z, clip(guess), here)), there)),
      ],
    },
    {
      name: "not clipped",
      says: "Nothing is clipped: the guess is used as it is, also where it lies outside [-1, 1].",
      planted: [clipped((z, guess, here, there) => mixed(guess, noiseIn(z, guess, here), there))],
    },
  ],
  notice:
    "Clipping x̂ moves z_s in a consistent way: it is where the step would have gone had the network known the range.",
  trials: [clippedTrial(5, 2), clippedTrial(3, 1)],
});

function clippedTrial(t: number, s: number): Trial {
  const alpha = Float64Array.of(1, 0.95, 0.85, 0.65, 0.4, 0.15);
  const z = [-1.9, 0.2, 1.4, 1.2];
  const guess = [-1.6, 0.4, 1.3, -0.9];
  return {
    asked: `Your step with t = ${t}, s = ${s}, z = [${z.join(", ")}], guess = [${guess.join(", ")}] and alpha = [${alpha.join(", ")}]`,
    async ask(answer) {
      const step = called(answer, "(z, guess, t, s, alpha) => …") as ClippedStep | undefined;
      if (!step) return undefined;
      return elementwise((each, x) => step(each, x, t, s, alpha), z, guess);
    },
  };
}

/** 07.3: the order p of a method whose error falls like N^{-p}, from its errors with N and with 2N steps. */
type Order = (errorN: number, error2N: number) => number;
const order = (of: Order): Order => of;

const observedOrder = compared({
  id: "07.3",
  title: "the observed order",
  solution: order((coarse, fine) => Math.log2(coarse / fine)),
  misconceptions: [
    {
      name: "ratio upside down",
      says: "The order comes out negative. With twice as many steps the error is smaller: which of the two belongs above the line?",
      planted: [
        order((coarse, fine) => Math.log2(fine / coarse)),
        order((coarse, fine) => Math.log(fine / coarse)),
      ],
    },
    {
      name: "logarithm to another base",
      says: "That is the logarithm to the base e or 10. The steps were doubled: how many times does a factor of 2 fit into the ratio of the errors?",
      planted: [
        order((coarse, fine) => Math.log(coarse / fine)),
        order((coarse, fine) => Math.log10(coarse / fine)),
      ],
    },
    {
      name: "difference of the errors",
      says: "The errors are subtracted. An order is about a ratio: C/N^p divided by C/(2N)^p no longer contains C or N.",
      planted: [order((coarse, fine) => coarse - fine), order((coarse, fine) => Math.log2(coarse - fine))],
    },
    {
      name: "no logarithm",
      says: "That is the ratio of the errors, 2^p. The exponent p is wanted.",
      planted: [order((coarse, fine) => coarse / fine), order((coarse, fine) => coarse / fine / 2)],
    },
    {
      name: "ratio of logarithms",
      says: "A ratio of logarithms is not the logarithm of a ratio, and depends on the units in which errors are measured.",
      planted: [
        order((coarse, fine) => Math.log(coarse) / Math.log(fine)),
        order((coarse, fine) => Math.log(fine) / Math.log(coarse)),
      ],
    },
  ],
  notice:
    "Order 1: twice the steps, half the error. Order 2: a quarter. It is measured, not believed: it shows many a mistake in a solver.",
  trials: [
    [0.08, 0.02],
    [0.05, 0.026],
    [3e-3, 2.5e-4],
  ].map(([coarse, fine]) => orderTrial(coarse, fine)),
});

function orderTrial(coarse: number, fine: number): Trial {
  return {
    asked: `Your order for the errors ${coarse} and ${fine}`,
    async ask(answer) {
      const of = called(answer, "(errorN, error2N) => p") as
        ((coarse: number, fine: number) => unknown) | undefined;
      return numbersOf(of?.(coarse, fine));
    },
  };
}

/** The exercises of the notebook "07-samplers". */
export const samplers: readonly Exercise[] = [ddimStep, clippedStep, observedOrder];
