import { tf } from "../../backend";
import { scheduleFromBetas, type Schedule } from "../../schedule";
import { called, elementwise } from "../answers";
import { compared, type Trial } from "../compared";
import type { Exercise } from "../exercise";
import { numbersOf } from "../numbers";

/** 02.1: q(z_{t-1} | z_t) on a grid. */
type Bayes = (prior: number[], grid: number[], z: number, beta: number) => unknown;

type Likelihood = (u: number, z: number, beta: number) => number;

const bell = (away: number, variance: number): number => Math.exp(-(away ** 2) / (2 * variance));
const likelihood: Likelihood = (u, z, beta) => bell(z - Math.sqrt(1 - beta) * u, beta);

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
const bayesWith =
  (of: Likelihood, weighs: (prior: number) => number = (prior) => prior): Bayes =>
  (prior, grid, z, beta) => {
    const joint = grid.map((u, i) => weighs(prior[i]) * of(u, z, beta));
    return joint.map((value) => value / total(joint));
  };
/** The joint probabilities, divided by something else than their sum. */
const jointOver =
  (divisor: (joint: number[], grid: number[], beta: number) => number): Bayes =>
  (prior, grid, z, beta) => {
    const joint = grid.map((u, i) => prior[i] * likelihood(u, z, beta));
    return joint.map((value) => value / divisor(joint, grid, beta));
  };

const bayesOnGrid = compared({
  id: "02.1",
  title: "Bayes on a grid",
  solution: bayesWith(likelihood),
  misconceptions: [
    {
      name: "not normalised",
      says: "Your numbers do not add up to 1: they are prior times likelihood. Bayes' rule has a denominator, q(z_t), which is the same for all places; what must it be, so that probabilities come out?",
      planted: [
        jointOver(() => 1),
        jointOver((_, __, beta) => Math.sqrt(2 * Math.PI * beta)),
        jointOver((joint) => Math.max(...joint)),
      ],
    },
    {
      name: "density instead of probabilities",
      says: "That is a density: its area is 1, not its sum. The prior was given as probabilities of places, and probabilities are wanted back.",
      planted: [jointOver((joint, grid) => total(joint) * (grid[1] - grid[0]))],
    },
    {
      name: "variance and deviation",
      says: "The width of the forward step is wrong: β is its variance already. Look at what stands under the square in the exponent of a normal density, and whether it is a variance or a deviation.",
      planted: [
        bayesWith((u, z, beta) => bell(z - Math.sqrt(1 - beta) * u, beta ** 2)),
        bayesWith((u, z, beta) => bell(z - Math.sqrt(1 - beta) * u, Math.sqrt(beta))),
      ],
    },
    {
      name: "direction swapped",
      says: "You let the forward step run from z_t to z_{t-1}. The likelihood is the density of z_t, which was seen, and its mean depends on z_{t-1}, which is tried out.",
      planted: [bayesWith((u, z, beta) => likelihood(z, u, beta))],
    },
    {
      name: "mean not shrunk",
      says: "The mean of the forward step is wrong. A step keeps a little less than all of z_{t-1}: by which factor?",
      planted: [
        bayesWith((u, z, beta) => bell(z - u, beta)),
        bayesWith((u, z, beta) => bell(z - (1 - beta) * u, beta)),
      ],
    },
    {
      name: "prior forgotten",
      says: "The prior plays no part in your answer. Without it every place is as likely before anything is seen, and the data would have no say.",
      planted: [bayesWith(likelihood, () => 1)],
    },
    {
      name: "likelihood forgotten",
      says: "z_t plays no part in your answer: that is the prior again. How likely does each place make the z_t that was seen?",
      planted: [bayesWith(() => 1)],
    },
  ],
  notice:
    "The rule itself is two lines. What makes it useless for pictures is the prior, the distribution of all noisy pictures, and a sum over everything they could be.",
  trials: [
    [0.4, 0.3],
    [-1.1, 0.6],
  ].map(([z, beta]) => bayesTrial(z, beta)),
});

function bayesTrial(z: number, beta: number): Trial {
  const grid = [-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2];
  const prior = [0.05, 0.2, 0.05, 0.02, 0.08, 0.15, 0.25, 0.15, 0.05];
  return {
    asked: `Your function with the prior [${prior.join(", ")}] on the grid [${grid.join(", ")}], z = ${z} and beta = ${beta}`,
    async ask(answer) {
      const bayes = called(answer, "(prior, grid, z, beta) => […]") as Bayes | undefined;
      return numbersOf(bayes?.([...prior], [...grid], z, beta));
    },
  };
}

/** 02.2: mean and variance of q(z_{t-1} | z_t, x) from β_1 … β_T, where beta[0] = 0 so that beta[t] is β_t. */
type StepBack = (z: number, x: number, t: number, beta: Float64Array) => unknown;

/** What the formula is made of: α_{t-1}, α_t and β_t. */
interface Parts {
  readonly before: number;
  readonly after: number;
  readonly beta: number;
}
interface Weights {
  readonly z: number;
  readonly x: number;
  readonly variance: number;
}

const alphaOf = (beta: Float64Array, t: number): number => {
  let alpha = 1;
  for (let s = 1; s <= t; s++) alpha *= 1 - beta[s];
  return alpha;
};
const cumulative = (t: number, beta: Float64Array): Parts => ({
  before: alphaOf(beta, t - 1),
  after: alphaOf(beta, t),
  beta: beta[t],
});
const weightsOf = ({ before, after, beta }: Parts): Weights => ({
  z: ((1 - before) / (1 - after)) * Math.sqrt(1 - beta),
  x: (Math.sqrt(before) * beta) / (1 - after),
  variance: ((1 - before) / (1 - after)) * beta,
});
const stepBackWith =
  (weights: (parts: Parts) => Weights, parts = cumulative): StepBack =>
  (z, x, t, beta) => {
    const weight = weights(parts(t, beta));
    return { mean: weight.z * z + weight.x * x, variance: weight.variance };
  };
/** The right weights with some of them replaced. */
const but =
  (change: (right: Weights, parts: Parts) => Partial<Weights>): ((parts: Parts) => Weights) =>
  (parts) => {
    const right = weightsOf(parts);
    return { ...right, ...change(right, parts) };
  };
/** With α_t where α_{t-1} belongs. */
const late = ({ after, beta }: Parts): Weights => weightsOf({ before: after, after, beta });

const stepBack = compared({
  id: "02.2",
  title: "the step back, if x is known",
  solution: stepBackWith(weightsOf),
  misconceptions: [
    {
      name: "beta as the variance",
      says: "The variance is β_t, that of the step forward. Whoever knows x as well is less in doubt: the variance must come out smaller.",
      planted: [stepBackWith(but((_, { beta }) => ({ variance: beta })))],
    },
    {
      name: "α_t for α_{t-1}",
      says: "An α belongs to the wrong time. What x says about z_{t-1} is the kernel at t-1, so α_{t-1} is in it; α_t is only in the denominator. Check each α for its index.",
      planted: [
        stepBackWith(late),
        stepBackWith(but((_, parts) => ({ x: late(parts).x }))),
        stepBackWith(but((_, parts) => ({ z: late(parts).z }))),
      ],
    },
    {
      name: "deviation instead of variance",
      says: "That is a standard deviation. The variance is wanted; its root comes only when noise is multiplied.",
      planted: [stepBackWith(but(({ variance }) => ({ variance: Math.sqrt(variance) })))],
    },
    {
      name: "alpha not cumulative",
      says: "Your α is what a single step keeps. α_t is the product of all 1-β_s with s = 1 … t, since the kernel leads from x to z_t at once.",
      planted: [
        stepBackWith(weightsOf, (t, beta) => ({
          before: 1 - beta[t - 1],
          after: 1 - beta[t],
          beta: beta[t],
        })),
      ],
    },
    {
      name: "weights swapped",
      says: "z_t and x have each other's weight. Think of the first steps of the film: there α_{t-1} is nearly 1, and z_{t-1} must be close to x.",
      planted: [stepBackWith(but(({ z, x }) => ({ z: x, x: z })))],
    },
    {
      name: "root of α_{t-1} forgotten",
      says: "A factor of one of the weights has lost its root. Means are multiplied by roots: √α_{t-1} leads from x to z_{t-1}, and √(1-β_t) from there to z_t.",
      planted: [
        stepBackWith(but(({ x }, { before }) => ({ x: x * Math.sqrt(before) }))),
        stepBackWith(but(({ x }, { before }) => ({ x: x / Math.sqrt(before) }))),
        stepBackWith(but(({ z }, { beta }) => ({ z: z * Math.sqrt(1 - beta) }))),
        stepBackWith(but(({ z }, { beta }) => ({ z: z / Math.sqrt(1 - beta) }))),
      ],
    },
  ],
  notice:
    "The two weights and the variance depend on t only, not on the data. Everything the network will have to supply is x.",
  trials: [
    [-0.3, 1.2, 3],
    [0.8, -0.5, 2],
    [0.4, 2, 5],
  ].map(([z, x, t]) => stepBackTrial(z, x, t)),
});

function stepBackTrial(z: number, x: number, t: number): Trial {
  const beta = Float64Array.of(0, 0.05, 0.1, 0.2, 0.25, 0.3, 0.4);
  return {
    asked: `Your step back with z = ${z}, x = ${x}, t = ${t} and beta = [${beta.join(", ")}]`,
    async ask(answer) {
      const step = called(answer, "(z, x, t, beta) => ({ mean, variance })") as StepBack | undefined;
      return numbersOf(step?.(z, x, t, beta), ["mean", "variance"]);
    },
  };
}

/** 02.3: one step of the reverse process. */
type Reverse = (z: tf.Tensor, guess: tf.Tensor, t: number, noise: tf.Tensor, schedule: Schedule) => unknown;

const partsOf = (t: number, { alpha, beta }: Schedule): Parts => ({
  before: alpha[t - 1],
  after: alpha[t],
  beta: beta[t],
});
const onlyBefore = (t: number, value: number): number => (t > 1 ? value : 0);

const reverseWith =
  (onNoise: (parts: Parts, t: number) => number, parts = partsOf, weights = weightsOf): Reverse =>
  (z, guess, t, noise, schedule) => {
    const at = parts(t, schedule);
    const weight = weights(at);
    return tf.add(tf.add(tf.mul(z, weight.z), tf.mul(guess, weight.x)), tf.mul(noise, onNoise(at, t)));
  };
const rightNoise = ({ beta }: Parts, t: number): number => onlyBefore(t, Math.sqrt(beta));

const reverseOnce = compared({
  id: "02.3",
  title: "one step of the reverse process",
  solution: reverseWith(rightNoise),
  misconceptions: [
    {
      name: "noise at the last step",
      says: "The step from t = 1 adds noise. It gives the result itself, and no later step will take noise away again.",
      planted: [reverseWith(({ beta }) => Math.sqrt(beta))],
    },
    {
      name: "variance times noise",
      says: "The noise is multiplied by σ², the variance. Unit noise becomes noise of the variance σ² by another factor.",
      planted: [reverseWith(({ beta }, t) => onlyBefore(t, beta)), reverseWith(({ beta }) => beta)],
    },
    {
      name: "no noise at all",
      says: "That is the mean of the step, always the same for the same z_t. The reverse process is a distribution: a draw from it needs noise.",
      planted: [reverseWith(() => 0)],
    },
    {
      name: "noise left out too early",
      says: "The step from t = 2 has no noise. Only the last step of the film goes without: which t does it start from, if t runs from T down to 1?",
      planted: [reverseWith(({ beta }, t) => (t > 2 ? Math.sqrt(beta) : 0))],
    },
    {
      name: "off by one in t",
      says: "The numbers come from the step next to this one. In the schedule's arrays the index is t itself: beta[t] is β_t, and index 0 is the data.",
      planted: [
        reverseWith(rightNoise, (t, schedule) => partsOf(t + 1, schedule)),
        reverseWith(rightNoise, shiftedBack),
      ],
    },
    {
      name: "α_t for α_{t-1}",
      says: "An α belongs to the wrong time. Where the step ends is t-1, and that is the α which weighs z_t and the guess.",
      planted: [
        reverseWith(rightNoise, partsOf, late),
        reverseWith(
          rightNoise,
          partsOf,
          but((_, parts) => ({ x: late(parts).x })),
        ),
      ],
    },
    {
      name: "another variance",
      says: "The mean is right, but the noise has the variance β̃_t of the step with x known. That is a possible choice too, and a narrower one; the exercise asks for σ² = β_t.",
      planted: [reverseWith((parts, t) => onlyBefore(t, Math.sqrt(weightsOf(parts).variance)))],
    },
    {
      name: "weights swapped",
      says: "z_t and the guess have each other's weight. At t = 1 the result must be the guess alone.",
      planted: [
        reverseWith(
          rightNoise,
          partsOf,
          but(({ z, x }) => ({ z: x, x: z })),
        ),
      ],
    },
  ],
  notice:
    "This step, repeated from T down to 1, is the whole sampler. Only the guess is missing: a network will make it.",
  trials: [4, 2, 1].map(reverseTrial),
});

/** As with arrays that begin at t = 1, read at t - 1; at the first step there is nothing before. */
function shiftedBack(t: number, schedule: Schedule): Parts {
  return partsOf(Math.max(1, t - 1), schedule);
}

function reverseTrial(t: number): Trial {
  const schedule = scheduleFromBetas("exercise", [0.05, 0.1, 0.2, 0.25, 0.3, 0.4]);
  const z = [-1.5, 0, 0.4, 2];
  const guess = [-1, 0.7, 0.2, 1.1];
  const noise = [0.3, -1.2, 0.9, 0];
  return {
    asked: `Your step at t = ${t} with z = [${z.join(", ")}], guess = [${guess.join(", ")}] and noise = [${noise.join(", ")}]`,
    async ask(answer) {
      const step = called(answer, "(z, guess, t, noise, schedule) => …") as Reverse | undefined;
      return (
        step &&
        elementwise((each, guessed, fresh) => step(each, guessed, t, fresh, schedule), z, guess, noise)
      );
    },
  };
}

/** The exercises of the notebook "02-reverse-process". */
export const reverseProcess: readonly Exercise[] = [bayesOnGrid, stepBack, reverseOnce];
