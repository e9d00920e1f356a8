import { tf } from "../../backend";
import { called, elementwise } from "../answers";
import { compared, type Trial } from "../compared";
import type { Exercise, Misconception, Verdict } from "../exercise";
import { FormError, numbersOf } from "../numbers";

/** 01.1: z_t from z_{t-1}, β_t and unit noise. */
type NoisingStep = (z: tf.Tensor, beta: number, noise: tf.Tensor) => unknown;

/** The planted answers differ only in how z and the noise are weighted. */
const weighted =
  (onZ: (beta: number) => number, onNoise: (beta: number) => number): NoisingStep =>
  (z, beta, noise) =>
    tf.add(tf.mul(z, onZ(beta)), tf.mul(noise, onNoise(beta)));

const noisingStep = compared({
  id: "01.1",
  title: "one noising step",
  solution: weighted((beta) => Math.sqrt(1 - beta), Math.sqrt),
  misconceptions: [
    {
      name: "deviation and variance",
      says: "The noise is multiplied by the variance. N(μ, β I) has the variance β; unit noise must be multiplied by the standard deviation, its root.",
      planted: [
        weighted(
          (beta) => Math.sqrt(1 - beta),
          (beta) => beta,
        ),
      ],
    },
    {
      name: "root of beta on the mean",
      says: "The latent is multiplied by √β. That is the weight of the noise: what is kept of z_{t-1} is √(1-β), close to 1 for a small β.",
      planted: [weighted(Math.sqrt, (beta) => Math.sqrt(1 - beta)), weighted(Math.sqrt, Math.sqrt)],
    },
    {
      name: "noise not scaled",
      says: "The noise is added at full strength. One step adds only a little: noise of the variance β, not of the variance 1.",
      planted: [
        weighted(
          (beta) => Math.sqrt(1 - beta),
          () => 1,
        ),
      ],
    },
    {
      name: "mean not shrunk",
      says: "The latent is kept whole, so its variance grows with every step. Shrinking it by √(1-β) makes room for the noise: (1-β) + β = 1.",
      planted: [weighted(() => 1, Math.sqrt)],
    },
    {
      name: "mean without its root",
      says: "The latent is multiplied by 1-β instead of its root. Variances add up, and a factor c changes a variance by c²: √(1-β) leaves 1-β of it.",
      planted: [weighted((beta) => 1 - beta, Math.sqrt)],
    },
  ],
  notice:
    "The variance stays (1-β) + β = 1 if z had variance 1: the process forgets the data without ever growing.",
  trials: [0.02, 0.3, 0.75].map(noisingTrial),
});

function noisingTrial(beta: number): Trial {
  const z = [-1.5, 0, 0.4, 2];
  const noise = [0.3, -1.2, 0.9, 0];
  return {
    asked: `Your step with z = [${z.join(", ")}], beta = ${beta} and noise = [${noise.join(", ")}]`,
    async ask(answer) {
      const step = called(answer, "(z, beta, noise) => …") as NoisingStep | undefined;
      return step && elementwise((each, fresh) => step(each, beta, fresh), z, noise);
    },
  };
}

/** 01.2: mean and variance of q(z_t | x) from β_1 … β_T, where beta[0] = 0 so that beta[t] is β_t. */
type Kernel = (x: number, t: number, beta: Float64Array) => unknown;

const alphaOf = (beta: Float64Array, t: number): number => {
  let alpha = 1;
  for (let s = 1; s <= t; s++) alpha *= 1 - beta[s];
  return alpha;
};
const kernelWith =
  (
    alphaAt: (beta: Float64Array, t: number) => number,
    onMean = Math.sqrt,
    onVariance = (variance: number): number => variance,
  ): Kernel =>
  (x, t, beta) => {
    const alpha = alphaAt(beta, t);
    return { mean: onMean(alpha) * x, variance: onVariance(1 - alpha) };
  };

const kernel = compared({
  id: "01.2",
  title: "the diffusion kernel",
  solution: kernelWith(alphaOf),
  misconceptions: [
    {
      name: "alpha not cumulative",
      says: "Your α_t is 1-β_t, what one step keeps. From x to z_t there are t steps: α_t is the product of all 1-β_s with s = 1 … t.",
      planted: [kernelWith((beta, t) => 1 - beta[t])],
    },
    {
      name: "off by one in t",
      says: "The product has one factor too few or too many. α_t runs over s = 1 … t, both included: α_1 = 1-β_1, and α_0 = 1 belongs to the data.",
      planted: [kernelWith((beta, t) => alphaOf(beta, t - 1)), kernelWith((beta, t) => alphaOf(beta, t + 1))],
    },
    {
      name: "deviation instead of variance",
      says: "That is the standard deviation √(1-α_t). The variance of the kernel is 1-α_t; its root comes only when noise is multiplied.",
      planted: [kernelWith(alphaOf, Math.sqrt, Math.sqrt)],
    },
    {
      name: "mean without its root",
      says: "The mean is α_t x instead of √α_t x. Each step multiplies by √(1-β_s), so the product of all of them is √α_t.",
      planted: [kernelWith(alphaOf, (alpha) => alpha)],
    },
  ],
  notice:
    "One formula replaces t steps: any z_t can be drawn from x at once, which is what makes training cheap.",
  trials: [
    [1.5, 1],
    [1.5, 3],
    [-0.8, 5],
  ].map(([x, t]) => kernelTrial(x, t)),
});

function kernelTrial(x: number, t: number): Trial {
  const beta = Float64Array.of(0, 0.05, 0.1, 0.2, 0.25, 0.3, 0.4);
  return {
    asked: `Your kernel with x = ${x}, t = ${t} and beta = [${beta.join(", ")}]`,
    async ask(answer) {
      const kernel = called(answer, "(x, t, beta) => ({ mean, variance })") as Kernel | undefined;
      return numbersOf(kernel?.(x, t, beta), ["mean", "variance"]);
    },
  };
}

/** 01.3: a schedule of 50 steps whose last latent is noise. */
const steps = 50;
/** The largest α_T for which z_T passes as N(0, I): the mean then moves by at most 3 % of x. */
const mostAlpha = 1e-3;
/** The largest part of α that may go in one step. */
const mostDrop = 0.25;

const brief = (value: number): string =>
  Math.abs(value) < 1e-3 ? value.toExponential(1) : value.toPrecision(3);

interface Path {
  readonly beta: readonly number[];
  readonly last: number;
  readonly snr: number;
}

const linear = (from: number, to: number): number[] =>
  Array.from({ length: steps }, (_, i) => from + ((to - from) * i) / (steps - 1));

/** In this order: the first that is recognised is told. */
const scheduleMistakes: readonly (Misconception & { recognises(path: Path): boolean })[] = [
  {
    name: "beta outside (0, 1)",
    says: "A β is not between 0 and 1. It is a variance, so it cannot be negative, and 1-β is the part that is kept, so β = 1 would erase everything in one step.",
    recognises: ({ beta }) => !beta.every((value) => value > 0 && value < 1),
    planted: [linear(-0.01, 0.4), linear(0.01, 1.2)],
  },
  {
    name: "made for 1000 steps",
    says: "These β are made for T = 1000: in 50 steps they add a twentieth of the noise, and z_T is still mostly data. Fewer steps must be larger ones: multiply β by 1000/T.",
    recognises: ({ beta, last }) => last > mostAlpha && Math.max(...beta) <= 0.03,
    planted: [linear(1e-4, 0.02)],
  },
  {
    name: "not increasing",
    says: "β becomes smaller along the way. Small steps belong to the beginning, where fine detail is lost and must be learned back; large ones do no harm where little is left.",
    recognises: ({ beta }) => beta.some((value, i) => i > 0 && value < beta[i - 1] - 1e-9),
    planted: [linear(0.4, 0.002)],
  },
  {
    name: "all at once",
    says: "One step destroys a large part of the signal. The reverse step is close to normal only if β is small while there is still signal to lose: increase it slowly.",
    recognises: ({ beta }) => largestDrop(beta) > mostDrop,
    planted: [Array.from({ length: steps }, (_, i) => (i < steps - 1 ? 1e-4 : 0.9999))],
  },
];

const schedule: Exercise = {
  id: "01.3",
  title: "a schedule that ends in noise",
  solution: linear(0.002, 0.4),
  misconceptions: scheduleMistakes,
  notice:
    "The reverse process starts from N(0, I): what is left of x in z_T at training is missing when sampling begins.",
  async examine(answer): Promise<Verdict | undefined> {
    const path = await pathOf(answer);
    if (!path) return undefined;
    const report = `α_T = ${brief(path.last)}, SNR(T) = ${brief(path.snr)}.`;
    const misconception = scheduleMistakes.find((mistake) => mistake.recognises(path));
    if (misconception) return { right: false, fault: report, misconception };
    if (path.last <= mostAlpha) return { right: true, report };
    return {
      right: false,
      fault: `${report} Too much of x is left: α_T should be at most ${mostAlpha}. Make β larger towards the end.`,
    };
  },
};

/** Accepts a schedule, its β with or without β_0 = 0, in any form, or a function of T that makes one of these. */
async function pathOf(answer: unknown): Promise<Path | undefined> {
  const made: unknown = await (typeof answer === "function"
    ? (answer as (steps: number) => unknown)(steps)
    : answer);
  const betas = await numbersOf(isSchedule(made) ? made.beta : made);
  if (!betas) return undefined;
  const beta = betas.length === steps + 1 && betas[0] === 0 ? betas.slice(1) : betas;
  if (beta.length !== steps)
    throw new FormError(`The schedule has ${beta.length} steps; make one with T = ${steps}.`);
  const last = alphaOf(Float64Array.of(0, ...beta), steps);
  return { beta, last, snr: last / (1 - last) };
}

function isSchedule(value: unknown): value is { beta: unknown } {
  return typeof value === "object" && value !== null && "beta" in value;
}

function largestDrop(beta: readonly number[]): number {
  const alphas = Float64Array.of(0, ...beta).map((_, t, all) => alphaOf(all, t));
  return Math.max(...beta.map((_, i) => alphas[i] - alphas[i + 1]));
}

/** The exercises of the notebook "01-forward-process". */
export const forwardProcess: readonly Exercise[] = [noisingStep, kernel, schedule];
