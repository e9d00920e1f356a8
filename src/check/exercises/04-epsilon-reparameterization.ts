import { tf } from "../../backend";
import { linearSchedule, type Schedule } from "../../schedule";
import { called, elementwise } from "../answers";
import { compared, type Trial } from "../compared";
import type { Exercise } from "../exercise";
import { numbersOf } from "../numbers";

/** The planted answers differ only in how z and the noise are weighted. */
const mixed = (z: tf.Tensor, onZ: number, noise: tf.Tensor, onNoise: number): tf.Tensor =>
  tf.add(tf.mul(z, onZ), tf.mul(noise, onNoise));

/** 04.1: x from z_t, ε and α_t. */
type DataFrom = (z: tf.Tensor, noise: tf.Tensor, alpha: number) => unknown;

const dataWith =
  (weights: (alpha: number) => readonly [onZ: number, onNoise: number]): DataFrom =>
  (z, noise, alpha) => {
    const [onZ, onNoise] = weights(alpha);
    return mixed(z, onZ, noise, onNoise);
  };
/** (z - s ε) / a. */
const solved = (a: number, s: number): readonly [number, number] => [1 / a, -s / a];
const { sqrt } = Math;

const dataFrom = compared({
  id: "04.1",
  title: "the data from the noise",
  solution: dataWith((alpha) => solved(sqrt(alpha), sqrt(1 - alpha))),
  misconceptions: [
    {
      name: "roots missing",
      says: "A weight is a variance where a standard deviation belongs. z_t is made with the roots of α_t and 1-α_t, so only their roots can undo it.",
      planted: [
        dataWith((alpha) => solved(alpha, 1 - alpha)),
        dataWith((alpha) => solved(sqrt(alpha), 1 - alpha)),
        dataWith((alpha) => solved(alpha, sqrt(1 - alpha))),
      ],
    },
    {
      name: "signal and noise swapped",
      says: "α_t and 1-α_t have changed places. α_t is what is left of the data, and 1-α_t is the variance of the noise.",
      planted: [dataWith((alpha) => solved(sqrt(1 - alpha), sqrt(alpha)))],
    },
    {
      name: "noise added again",
      says: "The noise has the wrong sign. It was added to make z_t; what must happen to it to get back?",
      planted: [dataWith((alpha) => solved(sqrt(alpha), -sqrt(1 - alpha)))],
    },
    {
      name: "noise not scaled",
      says: "The noise is taken away at full strength. z_t holds only a part of it: which one?",
      planted: [dataWith((alpha) => solved(sqrt(alpha), 1)), dataWith(() => solved(1, 1))],
    },
    {
      name: "not divided",
      says: "The noise is gone, but the data are still shrunk, or only one of the two terms was stretched. What is left after subtracting is √α_t x; all of it must be divided.",
      planted: [
        dataWith((alpha) => [1, -sqrt(1 - alpha)]),
        dataWith((alpha) => [1 / sqrt(alpha), -sqrt(1 - alpha)]),
      ],
    },
    {
      name: "multiplied instead of divided",
      says: "The data are shrunk once more. √α_t x must be divided by √α_t to give x.",
      planted: [dataWith((alpha) => [sqrt(alpha), -sqrt(1 - alpha) * sqrt(alpha)])],
    },
  ],
  notice:
    "Whoever knows z_t and the noise knows x: guessing one is guessing the other. The division by √α_t stretches errors when little is left of x.",
  trials: [0.9, 0.5, 0.08].map(dataTrial),
});

function dataTrial(alpha: number): Trial {
  const z = [-1.5, 0, 0.4, 2];
  const noise = [0.3, -1.2, 0.9, 0];
  return {
    asked: `Your function with z = [${z.join(", ")}], noise = [${noise.join(", ")}] and alpha = ${alpha}`,
    async ask(answer) {
      const data = called(answer, "(z, noise, alpha) => …") as DataFrom | undefined;
      return data && elementwise((z, noise) => data(z, noise, alpha), z, noise);
    },
  };
}

/** 04.2: the mean of z_{t-1} from z_t and ε. */
type MeanFrom = (z: tf.Tensor, noise: tf.Tensor, t: number, schedule: Schedule) => unknown;

/** (z - weight ε) / divisor. */
const meanWith =
  (
    weight: (beta: number, alpha: number) => number,
    divisor: (beta: number, alpha: number) => number = (beta) => sqrt(1 - beta),
  ): MeanFrom =>
  (z, noise, t, { beta, alpha }) => {
    const [w, d] = [weight(beta[t], alpha[t]), divisor(beta[t], alpha[t])];
    return mixed(z, 1 / d, noise, -w / d);
  };
const rightWeight = (beta: number, alpha: number): number => beta / sqrt(1 - alpha);

const meanFrom = compared({
  id: "04.2",
  title: "the mean of the reverse step from the noise",
  solution: meanWith(rightWeight),
  misconceptions: [
    {
      name: "all steps undone at once",
      says: "You divide by √α_t, which undoes the shrinking of all t steps. The mean of z_{t-1} is one step back: what did this one step multiply by?",
      planted: [
        meanWith(rightWeight, (_, alpha) => sqrt(alpha)),
        meanWith(
          (_, alpha) => sqrt(1 - alpha),
          (_, alpha) => sqrt(alpha),
        ),
      ],
    },
    {
      name: "alpha not cumulative",
      says: "The noise is weighted by √β_t, which is β_t/√(1-α_t) with 1-β_t for α_t. The noise in z_t is that of all steps together, with the variance 1-α_t; this step takes away its share.",
      planted: [meanWith((beta) => sqrt(beta))],
    },
    {
      name: "beta where alpha belongs",
      says: "Below the fraction before ε stands √(1-β_t). It must be the deviation of all the noise in z_t, √(1-α_t).",
      planted: [meanWith((beta) => beta / sqrt(1 - beta))],
    },
    {
      name: "all noise taken away",
      says: "You take away √(1-α_t) ε, all the noise that z_t has. One step takes only a part of it: β_t of the variance 1-α_t.",
      planted: [meanWith((_, alpha) => sqrt(1 - alpha))],
    },
    {
      name: "noise added",
      says: "The noise is added. The reverse step removes a part of the predicted noise: mind the sign.",
      planted: [meanWith((beta, alpha) => -rightWeight(beta, alpha))],
    },
    {
      name: "variance below the fraction",
      says: "The weight of ε has 1-α_t without its root. Put x = (z_t - √(1-α_t) ε)/√α_t into the mean: one root of 1-α_t cancels, the other stays.",
      planted: [meanWith((beta, alpha) => beta / (1 - alpha))],
    },
    {
      name: "not stretched",
      says: "The noise is taken away, but the shrinking by √(1-β_t) of the forward step is not undone, or undone without the root.",
      planted: [meanWith(rightWeight, () => 1), meanWith(rightWeight, (beta) => 1 - beta)],
    },
  ],
  notice:
    "The same mean as with x, without ever computing x: subtract a share of the predicted noise, then undo the shrinking of one step.",
  trials: [2, 9, 17].map(meanTrial),
});

function meanTrial(t: number): Trial {
  const schedule = linearSchedule(20);
  const z = [-1.5, 0, 0.4, 2];
  const noise = [0.3, -1.2, 0.9, 0];
  return {
    asked: `Your mean with z = [${z.join(", ")}], noise = [${noise.join(", ")}], t = ${t} and linearSchedule(20)`,
    async ask(answer) {
      const mean = called(answer, "(z, noise, t, schedule) => …") as MeanFrom | undefined;
      return mean && elementwise((z, noise) => mean(z, noise, t, schedule), z, noise);
    },
  };
}

/** 04.3: what ‖ε - ε̂‖² counts in the bound, for t ≥ 2. */
type WeightOf = (t: number, schedule: Schedule, sigma: number) => unknown;

const weightWith =
  (weight: (beta: number, alpha: number, sigma: number) => number): WeightOf =>
  (t, { beta, alpha }, sigma) =>
    weight(beta[t], alpha[t], sigma);

const weightOf = compared({
  id: "04.3",
  title: "what the bound pays for an error of the noise",
  solution: weightWith((beta, alpha, sigma) => beta ** 2 / (2 * sigma ** 2 * (1 - beta) * (1 - alpha))),
  misconceptions: [
    {
      name: "the simple loss",
      says: "That weight is the same at every t: it is the simple loss. The bound pays a price that depends on t.",
      planted: [weightWith(() => 1), weightWith(() => 0.5)],
    },
    {
      name: "deviation for variance",
      says: "You divide by σ_t. The log of a normal density has the square of the distance over twice the variance, σ_t².",
      planted: [weightWith((beta, alpha, sigma) => beta ** 2 / (2 * sigma * (1 - beta) * (1 - alpha)))],
    },
    {
      name: "factor of one step forgotten",
      says: "1-β_t is missing. The mean divides by √(1-β_t), and this is squared with everything else.",
      planted: [weightWith((beta, alpha, sigma) => beta ** 2 / (2 * sigma ** 2 * (1 - alpha)))],
    },
    {
      name: "half forgotten",
      says: "It is twice too large: a normal density has a ½ in its exponent.",
      planted: [weightWith((beta, alpha, sigma) => beta ** 2 / (sigma ** 2 * (1 - beta) * (1 - alpha)))],
    },
    {
      name: "alpha not cumulative",
      says: "You took 1-β_t for α_t. The noise in z_t is that of t steps: its variance is 1-α_t, with the product of all factors.",
      planted: [weightWith((beta, _, sigma) => beta ** 2 / (2 * sigma ** 2 * (1 - beta) * beta))],
    },
    {
      name: "weight not squared",
      says: "The error of the mean is the weight of ε times the error of ε. Its square has the square of the weight: β_t², and no roots.",
      planted: [
        weightWith((beta, alpha, sigma) => beta / (2 * sigma ** 2 * sqrt((1 - beta) * (1 - alpha)))),
        weightWith((beta, alpha, sigma) => beta / (2 * sigma ** 2 * (1 - beta) * (1 - alpha))),
      ],
    },
    {
      name: "weight of x",
      says: "That is what the bound pays for ‖x - x̂‖². An error of ε is larger than that of x by √SNR(t).",
      planted: [
        weightWith(
          (beta, alpha, sigma) => (beta ** 2 * alpha) / (2 * sigma ** 2 * (1 - beta) * (1 - alpha) ** 2),
        ),
      ],
    },
  ],
  notice:
    "The simple loss puts 1 in its place. That is a choice, not algebra: it changes what the network finds important.",
  trials: [
    [2, 0.05],
    [9, 0.3],
    [17, 0.6],
  ].map(([t, sigma]) => weightTrial(t, sigma)),
});

function weightTrial(t: number, sigma: number): Trial {
  return {
    asked: `Your weight with t = ${t}, linearSchedule(20) and sigma = ${sigma}`,
    ask(answer) {
      const weight = called(answer, "(t, schedule, sigma) => …") as WeightOf | undefined;
      return numbersOf(weight?.(t, linearSchedule(20), sigma));
    },
  };
}

/** The exercises of the notebook "04-epsilon-reparameterization". */
export const epsilonReparameterization: readonly Exercise[] = [dataFrom, meanFrom, weightOf];
