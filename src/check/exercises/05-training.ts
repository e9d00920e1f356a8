import { tf } from "../../backend";
import type { Predictor } from "../../prediction";
import { posteriorVariance } from "../../process";
import { linearSchedule, type Schedule } from "../../schedule";
import { called, elementwise } from "../answers";
import { compared, type Trial } from "../compared";
import type { Exercise } from "../exercise";
import { FormError, numbersOf } from "../numbers";

/** 05.1: the loss of a batch, from what a network predicts; alpha holds the α_t of each row. */
type BatchLoss = (
  predict: Predictor,
  x: tf.Tensor,
  t: tf.Tensor,
  noise: tf.Tensor,
  alpha: tf.Tensor,
) => unknown;

interface LossParts {
  readonly onX: (alpha: tf.Tensor) => tf.Tensor;
  readonly onNoise: (alpha: tf.Tensor) => tf.Tensor;
  readonly input: (z: tf.Tensor, x: tf.Tensor) => tf.Tensor;
  readonly target: (parts: { x: tf.Tensor; z: tf.Tensor; noise: tf.Tensor }) => tf.Tensor;
  readonly reduce: (errors: tf.Tensor) => tf.Tensor;
}

const root = (value: tf.Tensor): tf.Tensor => tf.sqrt(value);
const rest = (alpha: tf.Tensor): tf.Tensor => tf.sub(1, alpha);

/** The planted answers differ from the solution in one part each. */
const lossWith = (wrong: Partial<LossParts> = {}): BatchLoss => {
  const parts: LossParts = {
    onX: root,
    onNoise: (alpha) => root(rest(alpha)),
    input: (z) => z,
    target: ({ noise }) => noise,
    reduce: (errors) => tf.mean(tf.square(errors)),
    ...wrong,
  };
  return (predict, x, t, noise, alpha) => {
    const z = tf.add(tf.mul(parts.onX(alpha), x), tf.mul(parts.onNoise(alpha), noise));
    const predicted = predict(parts.input(z, x), t);
    return parts.reduce(tf.sub(predicted, parts.target({ x, z, noise })));
  };
};

const batchLoss = compared({
  id: "05.1",
  title: "the loss of a batch",
  solution: lossWith(),
  misconceptions: [
    {
      name: "deviation and variance",
      says: "The latent is mixed with the variances α_t and 1-α_t where their roots belong. What multiplies x or unit noise is a standard deviation: only then is the variance of z_t what the kernel says.",
      planted: [
        lossWith({ onNoise: rest }),
        lossWith({ onX: (alpha) => alpha, onNoise: rest }),
        lossWith({ onX: (alpha) => alpha }),
      ],
    },
    {
      name: "weights exchanged",
      says: "The roots of α_t and 1-α_t are exchanged. α_t is what is left of the data: close to 1 for a small t, where z_t still looks like x.",
      planted: [lossWith({ onX: (alpha) => root(rest(alpha)), onNoise: root })],
    },
    {
      name: "network sees the data",
      says: "The network is given x. At sampling time nobody has x: what the network gets is the noisy latent z_t, and t.",
      planted: [lossWith({ input: (_, x) => x })],
    },
    {
      name: "wrong target",
      says: "The prediction is compared with something else than the noise. This network is asked for the ε that was mixed into z_t: with x as the target it would be a denoiser, with z_t it could just copy its input.",
      planted: [lossWith({ target: ({ x }) => x }), lossWith({ target: ({ z }) => z })],
    },
    {
      name: "sum instead of mean",
      says: "The squared errors of the batch are added up, not averaged. The gradient would then grow with the size of the batch, and a good learning rate would depend on it.",
      planted: [lossWith({ reduce: (errors) => tf.sum(tf.square(errors)) })],
    },
    {
      name: "error not squared",
      says: "The errors are averaged without their square. Positive and negative ones cancel, or, with |·|, the network would learn the median of the noise and not its mean.",
      planted: [
        lossWith({ reduce: (errors) => tf.mean(errors) }),
        lossWith({ reduce: (errors) => tf.neg(tf.mean(errors)) }),
        lossWith({ reduce: (errors) => tf.mean(tf.abs(errors)) }),
      ],
    },
  ],
  notice:
    "One call of the network for a whole batch, in which every row has its own t: no trajectory is ever simulated.",
  trials: [
    lossTrial([0.5, -1, 2, 0], [1, 3, 4, 2], [1, -0.5, 0.25, -2], [0.9, 0.5, 0.2, 0.7]),
    lossTrial([-1.5, 0.25, 1], [2, 1, 5], [0.3, 1.2, -0.9], [0.6, 0.95, 0.1]),
  ],
});

/** Stands for a network. */
const trialPredict: Predictor = (z, t) =>
  tf.add(tf.mul(z, 0.5), tf.reshape(tf.mul(tf.cast(t, "float32"), 0.1), [-1, 1]));

function lossTrial(x: number[], t: number[], noise: number[], alpha: number[]): Trial {
  const column = (values: number[]): tf.Tensor => tf.tensor2d(values, [values.length, 1]);
  return {
    asked: `Your loss of a batch of ${x.length}, with x = [${x.join(", ")}] and alpha = [${alpha.join(", ")}],`,
    async ask(answer) {
      const loss = called(answer, "(predict, x, t, noise, alpha) => …") as BatchLoss | undefined;
      return numbersOf(
        loss?.(trialPredict, column(x), tf.tensor1d(t, "int32"), column(noise), column(alpha)),
      );
    },
  };
}

/** 05.3: z_{t-1} from z_t and the predicted noise, with σ_t² = β_t. */
type ReverseStep = (
  z: tf.Tensor,
  predicted: tf.Tensor,
  t: number,
  noise: tf.Tensor,
  schedule: Schedule,
) => unknown;

interface StepWeights {
  /** What ε̂ is multiplied by before it is subtracted. */
  readonly onPredicted: (beta: number, alpha: number) => number;
  readonly divisor: (beta: number, alpha: number) => number;
  readonly deviation: (beta: number, t: number, schedule: Schedule) => number;
}

const stepWith = (wrong: Partial<StepWeights> = {}): ReverseStep => {
  const { onPredicted, divisor, deviation }: StepWeights = {
    onPredicted: (beta, alpha) => beta / Math.sqrt(1 - alpha),
    divisor: (beta) => Math.sqrt(1 - beta),
    deviation: (beta, t) => (t === 1 ? 0 : Math.sqrt(beta)),
    ...wrong,
  };
  return (z, predicted, t, noise, schedule) => {
    const [beta, alpha] = [schedule.beta[t], schedule.alpha[t]];
    const mean = tf.div(
      tf.sub(z, tf.mul(onPredicted(beta, alpha), predicted)),
      tf.scalar(divisor(beta, alpha)),
    );
    return tf.add(mean, tf.mul(deviation(beta, t, schedule), noise));
  };
};

const reverseStep = compared({
  id: "05.3",
  title: "one step of Algorithm 18.2",
  solution: stepWith(),
  misconceptions: [
    {
      name: "noise at the last step",
      says: "At t = 1 noise is added to the finished picture. That step ends at z_0 = x, and nothing comes after it that could remove the noise again.",
      planted: [stepWith({ deviation: (beta) => Math.sqrt(beta) })],
    },
    {
      name: "deviation and variance",
      says: "The fresh noise is multiplied by the variance β_t. Unit noise must be multiplied by the standard deviation σ_t.",
      planted: [
        stepWith({ deviation: (beta, t) => (t === 1 ? 0 : beta) }),
        stepWith({ deviation: (beta) => beta }),
      ],
    },
    {
      name: "another variance",
      says: "That is the variance β̃_t of q(z_{t-1} | z_t, x). It is a choice that people make, but here σ_t² is β_t, as in the lecture.",
      planted: [
        stepWith({ deviation: (_, t, schedule) => Math.sqrt(posteriorVariance(t, schedule, t - 1)) }),
      ],
    },
    {
      name: "noise added, not subtracted",
      says: "The predicted noise is added. z_t contains it already; the step takes a part of it out.",
      planted: [stepWith({ onPredicted: (beta, alpha) => -beta / Math.sqrt(1 - alpha) })],
    },
    {
      name: "alpha where 1-beta belongs",
      says: "The step divides by √α_t. α_t is the product over all steps up to t; one step is undone by what one step did, √(1-β_t).",
      planted: [stepWith({ divisor: (_, alpha) => Math.sqrt(alpha) })],
    },
    {
      name: "alpha not cumulative",
      says: "Under the root below ε̂ stands 1-β_t or β_t, as if α_t were what a single step keeps. The network predicts all the noise in z_t, whose deviation is √(1-α_t) with the cumulative α_t.",
      planted: [
        stepWith({ onPredicted: (beta) => beta / Math.sqrt(1 - beta) }),
        stepWith({ onPredicted: (beta) => Math.sqrt(beta) }),
      ],
    },
    {
      name: "all the noise at once",
      says: "The predicted noise is subtracted with the weight √(1-α_t): that is all of it, and leads to x̂. One step takes out only the part β_t/√(1-α_t).",
      planted: [stepWith({ onPredicted: (_, alpha) => Math.sqrt(1 - alpha) })],
    },
    {
      name: "root missing",
      says: "A root is missing: the weight of ε̂ is β_t/√(1-α_t), and what comes out is divided by √(1-β_t).",
      planted: [
        stepWith({ onPredicted: (beta, alpha) => beta / (1 - alpha) }),
        stepWith({ divisor: (beta) => 1 - beta }),
      ],
    },
  ],
  notice:
    "Each step subtracts a little of the predicted noise, and adds a little fresh noise; only the last one does not.",
  trials: [1, 3, 6].map(stepTrial),
});

function stepTrial(t: number): Trial {
  const schedule = linearSchedule(8);
  const z = [-1.5, 0, 0.8];
  const predicted = [-1, 0.4, 0.6];
  const noise = [0.5, -1.2, 0];
  return {
    asked: `Your step with t = ${t}, z = [${z.join(", ")}], predicted = [${predicted.join(", ")}], noise = [${noise.join(", ")}] and linearSchedule(8)`,
    async ask(answer) {
      const step = called(answer, "(z, predicted, t, noise, schedule) => …") as ReverseStep | undefined;
      if (!step) return undefined;
      return elementwise((one, guess, fresh) => step(one, guess, t, fresh, schedule), z, predicted, noise);
    },
  };
}

/** 05.2: a time from a number u of [0, 1). It is right if every time gets the same share of evenly spread u. */
type DrawTime = (u: number, steps: number) => number;
const drawn = (draw: DrawTime): DrawTime => draw;

const drawTime = compared({
  id: "05.2",
  title: "drawing t",
  solution: drawn((u, steps) => 1 + Math.floor(u * steps)),
  misconceptions: [
    {
      name: "from 0 to T-1",
      says: "The times are 0 … T-1, as indices of arrays. At t = 0 there is no noise to predict, and t = T, with which sampling begins, is never trained.",
      planted: [drawn((u, steps) => Math.floor(u * steps))],
    },
    {
      name: "one time too many",
      says: "There are T+1 different times. Those of the process are 1 … T: z_0 is the data, and after z_T nothing comes.",
      planted: [
        drawn((u, steps) => Math.floor(u * (steps + 1))),
        drawn((u, steps) => 1 + Math.floor(u * (steps + 1))),
        drawn((u, steps) => Math.round(u * steps)),
        drawn((u, steps) => 1 + Math.round(u * steps)),
      ],
    },
    {
      name: "the last time is never drawn",
      says: "T is never drawn. Sampling begins with a call at t = T, and the network would answer without ever having seen such a latent.",
      planted: [
        drawn((u, steps) => 1 + Math.floor(u * (steps - 1))),
        drawn((u, steps) => Math.floor(u * (steps - 1))),
      ],
    },
    {
      name: "ends half as likely",
      says: "The ends are drawn half as often as the other times. Rounding gives them only half an interval each: cut [0, 1) into T equal parts instead.",
      planted: [drawn((u, steps) => 1 + Math.round(u * (steps - 1)))],
    },
    {
      name: "0 for u = 0",
      says: "For u = 0 the time is 0. It is rare, but random numbers of [0, 1) contain 0, and a table that is NaN there makes the whole loss NaN.",
      planted: [drawn((u, steps) => Math.ceil(u * steps))],
    },
  ],
  notice:
    "All of 1 … T, each with the probability 1/T: every call that sampling will make has been practised.",
  trials: [2, 5].map(timesTrial),
});

function timesTrial(steps: number): Trial {
  const draws = 16 * steps;
  return {
    asked: `Counting how often t = 0, 1, …, ${steps} and above come for T = ${steps} and ${draws} evenly spread u`,
    async ask(answer) {
      const draw = called(answer, "(u, T) => t") as ((u: number, steps: number) => unknown) | undefined;
      if (!draw) return undefined;
      const counts = new Array<number>(steps + 2).fill(0);
      for (let i = 0; i < draws; i++) {
        const t = await numbersOf(draw(i / draws, steps));
        if (!t) return undefined;
        if (t.length !== 1 || !Number.isInteger(t[0]) || t[0] < 0) {
          throw new FormError(
            `For u = ${i / draws} and T = ${steps} comes ${t.join(", ")}; give one whole number of 1 … T.`,
          );
        }
        counts[Math.min(t[0], steps + 1)]++;
      }
      return counts;
    },
  };
}

/** The exercises of the notebook "05-training". */
export const training: readonly Exercise[] = [batchLoss, drawTime, reverseStep];
