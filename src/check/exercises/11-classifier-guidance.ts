import { tf } from "../../backend";
import { crossEntropy } from "../../objective";
import { called } from "../answers";
import { compared, type Trial } from "../compared";
import type { Exercise } from "../exercise";
import { numbersOf } from "../numbers";

/** 11.1: one coordinate of the guided score, from P(c | z_t) and its slope. */
type GuidedScore = (score: number, p: number, slope: number, gamma: number) => number;
const scoreBy = (of: GuidedScore): GuidedScore => of;

const guidedScore = compared({
  id: "11.1",
  title: "the guided score",
  solution: scoreBy((score, p, slope, gamma) => score + (gamma * slope) / p),
  misconceptions: [
    {
      name: "no logarithm",
      says: "The slope of P itself has been added, as one line of the slides has it. Bayes' rule adds logarithms: what is the slope of log P, by the chain rule?",
      planted: [scoreBy((score, _, slope, gamma) => score + gamma * slope)],
    },
    {
      name: "times P",
      says: "The slope is multiplied by P. That is how the slope of P comes from that of log P; here it goes the other way.",
      planted: [scoreBy((score, p, slope, gamma) => score + gamma * slope * p)],
    },
    {
      name: "wrong sign",
      says: "A minus has come in: samples would be led away from the class. The score points to where the density grows, and the classifier's part to where its class becomes likelier.",
      planted: [
        scoreBy((score, p, slope, gamma) => score - (gamma * slope) / p),
        scoreBy((score, p, slope, gamma) => -score + (gamma * slope) / p),
      ],
    },
    {
      name: "γ on both",
      says: "γ also scales the model's score. Only the classifier's part is to be exaggerated: with γ = 0 the model as it is must be left.",
      planted: [
        scoreBy((score, p, slope, gamma) => gamma * (score + slope / p)),
        scoreBy((score, p, slope, gamma) => (1 - gamma) * score + (gamma * slope) / p),
      ],
    },
    {
      name: "γ forgotten",
      says: "γ has no effect. It says how much the classifier counts: 0 not at all, 1 as in Bayes' rule.",
      planted: [scoreBy((score, p, slope) => score + slope / p), scoreBy((score, _, slope) => score + slope)],
    },
    {
      name: "the logarithm of P added",
      says: "log P has been added, a value and not a slope. A score is a gradient, and so must be what is added to it.",
      planted: [
        scoreBy((score, p, _, gamma) => score + gamma * Math.log(p)),
        scoreBy((score, _, slope, gamma) => score + gamma * Math.log(Math.abs(slope))),
      ],
    },
  ],
  notice:
    "Dividing by P makes the step large where the class is unlikely. Without it nothing would lead a sample that is far away, and that is where all samples begin: P is about 1/10 for each of ten classes.",
  trials: [
    [-0.4, 0.1, 0.03, 2],
    [1.2, 0.8, -0.5, 1],
    [0, 0.25, 0.75, 5],
  ].map(([score, p, slope, gamma]) => scoreTrial(score, p, slope, gamma)),
});

function scoreTrial(score: number, p: number, slope: number, gamma: number): Trial {
  return {
    asked: `Your score for score = ${score}, P = ${p}, ∂P/∂z = ${slope} and γ = ${gamma}`,
    async ask(answer) {
      const of = called(answer, "(score, p, slope, gamma) => number") as GuidedScore | undefined;
      return numbersOf(of?.(score, p, slope, gamma));
    },
  };
}

/** 11.2: the loss of a classifier of z_t. */
type NoisyLoss = (given: NoisyLossGiven) => unknown;
interface NoisyLossGiven {
  /** [batch, size] */
  readonly x: tf.Tensor;
  /** int32 [batch] */
  readonly labels: tf.Tensor;
  /** int32 [batch], and α_t of each, [batch, 1]. */
  readonly t: tf.Tensor;
  readonly alpha: tf.Tensor;
  readonly noise: tf.Tensor;
  readonly classify: (z: tf.Tensor, t: tf.Tensor) => tf.Tensor;
}
const lossBy = (of: NoisyLoss): NoisyLoss => of;

/** The planted answers show the classifier something else. */
const shown =
  (seen: (given: NoisyLossGiven) => tf.Tensor, time = ({ t }: NoisyLossGiven): tf.Tensor => t): NoisyLoss =>
  (given) =>
    crossEntropy(given.classify(seen(given), time(given)), given.labels);

const signalAndNoise = ({ x, alpha, noise }: NoisyLossGiven): tf.Tensor =>
  tf.add(tf.mul(tf.sqrt(alpha), x), tf.mul(tf.sqrt(tf.sub(1, alpha)), noise));

/** Of the right class, [batch]. */
function rightOnes(given: NoisyLossGiven): tf.Tensor {
  const logits = given.classify(signalAndNoise(given), given.t);
  return tf.sum(tf.mul(tf.softmax(logits), tf.oneHot(given.labels, logits.shape[1]!)), 1);
}

const noisyLoss = compared({
  id: "11.2",
  title: "the loss of a noisy classifier",
  solution: shown(signalAndNoise),
  misconceptions: [
    {
      name: "clean pictures",
      says: "The classifier is shown x itself. When it guides, it will be asked about z_t, which it would then see for the first time.",
      planted: [shown(({ x }) => x)],
    },
    {
      name: "time not told",
      says: "z_t is right, but the classifier is not told t. The same gray may be a stroke at one time, and noise at another.",
      planted: [
        shown(signalAndNoise, ({ t }) => tf.zerosLike(t)),
        shown(
          ({ x }) => x,
          ({ t }) => tf.zerosLike(t),
        ),
      ],
    },
    {
      name: "roots missing",
      says: "The weights of x and ε have lost their roots, or one of them. Their squares must add up to 1.",
      planted: [
        shown(({ x, alpha, noise }) => tf.add(tf.mul(alpha, x), tf.mul(tf.sub(1, alpha), noise))),
        shown(({ x, alpha, noise }) => tf.add(tf.mul(tf.sqrt(alpha), x), tf.mul(tf.sub(1, alpha), noise))),
        shown(({ x, alpha, noise }) => tf.add(tf.mul(alpha, x), tf.mul(tf.sqrt(tf.sub(1, alpha)), noise))),
      ],
    },
    {
      name: "no noise",
      says: "x is only made paler: the noise is missing. A classifier sees through that at once, and learns nothing for z_t.",
      planted: [shown(({ x, alpha }) => tf.mul(tf.sqrt(alpha), x))],
    },
    {
      name: "signal and noise exchanged",
      says: "√α_t and √(1-α_t) stand in each other's place. At small t, α_t is near 1, and z_t must be nearly x.",
      planted: [
        shown(({ x, alpha, noise }) =>
          tf.add(tf.mul(tf.sqrt(tf.sub(1, alpha)), x), tf.mul(tf.sqrt(alpha), noise)),
        ),
      ],
    },
    {
      name: "wrong sign",
      says: "That is the log-probability of the right class, to be made large. Training makes a loss small: this one would unlearn.",
      planted: [lossBy((given) => tf.mean(tf.log(rightOnes(given))))],
    },
    {
      name: "no logarithm",
      says: "That is about P of the right class, without the logarithm. The cross-entropy is the mean of -log P; and it is log P of which guidance needs the gradient.",
      planted: [
        lossBy((given) => tf.neg(tf.mean(rightOnes(given)))),
        lossBy((given) => tf.sub(1, tf.mean(rightOnes(given)))),
        lossBy((given) => tf.mean(rightOnes(given))),
      ],
    },
    {
      name: "a sum over the batch",
      says: "The losses of the batch are added up. Take their mean, so that the learning rate does not depend on how large a batch is.",
      planted: [lossBy((given) => tf.neg(tf.sum(tf.log(rightOnes(given)))))],
    },
  ],
  notice:
    "It is Algorithm 18.1 with another question: which class, instead of which noise. Both networks must know their way at every t.",
  trials: [lossTrial([0.9, 0.4], [3, 40]), lossTrial([0.2, 0.7], [70, 12])],
});

function lossTrial(alpha: readonly number[], t: readonly number[]): Trial {
  const given: NoisyLossGiven = {
    x: tf.tensor2d([
      [0.5, -1],
      [-0.8, 0.3],
    ]),
    labels: tf.tensor1d([2, 0], "int32"),
    t: tf.tensor1d([...t], "int32"),
    alpha: tf.tensor2d([...alpha], [2, 1]),
    noise: tf.tensor2d([
      [1.1, -0.2],
      [0.4, -1.6],
    ]),
    classify: (z, times) => {
      const weights = tf.tensor2d([
        [1.5, -0.5, 0.2],
        [-0.7, 1, 0.9],
      ]);
      const known = tf.expandDims(tf.sub(1, tf.div(tf.cast(times, "float32"), 100)), 1);
      return tf.mul(tf.matMul(z as tf.Tensor2D, weights), known);
    },
  };
  return {
    asked: `Your loss for α = ${alpha.join(" and ")}`,
    async ask(answer) {
      const of = called(answer, "({ x, labels, t, alpha, noise, classify }) => loss") as
        NoisyLoss | undefined;
      return numbersOf(of?.(given));
    },
  };
}

/** 11.3: a step of ancestral sampling with classifier guidance. */
type GuidedStep = (given: GuidedStepGiven) => unknown;
interface GuidedStepGiven {
  readonly z: tf.Tensor;
  /** x̂(z_t, t) */
  readonly guess: tf.Tensor;
  /** μ_θ(z_t, t) */
  readonly mean: tf.Tensor;
  readonly sigma: number;
  readonly gamma: number;
  /** ∂ log P(c | ·)/∂· at t. */
  readonly gradient: (at: tf.Tensor) => tf.Tensor;
  readonly noise: tf.Tensor;
}

/** The planted answers shift by something else, or take another noise. */
const stepBy =
  (
    shift: (given: GuidedStepGiven) => tf.Tensor,
    deviation = ({ sigma }: GuidedStepGiven): number => sigma,
  ): GuidedStep =>
  (given) =>
    tf.add(tf.add(given.mean, shift(given)), tf.mul(deviation(given), given.noise));
const ahead = ({ sigma, gamma, gradient, z }: GuidedStepGiven): tf.Tensor =>
  tf.mul(gamma * sigma ** 2, gradient(z));

const guidedStep = compared({
  id: "11.3",
  title: "a guided step",
  solution: stepBy(ahead),
  misconceptions: [
    {
      name: "wrong sign",
      says: "The shift goes down the gradient, away from the class. In training one goes down the gradient of a loss; here it is a log-probability, which is to grow.",
      planted: [stepBy((given) => tf.neg(ahead(given)))],
    },
    {
      name: "gradient at the mean",
      says: "The gradient is taken at the mean of z_{t-1}. Dhariwal & Nichol derive it there, with a classifier that is told t-1; the lecture takes z_t, of which time this classifier knows.",
      planted: [stepBy(({ sigma, gamma, gradient, mean }) => tf.mul(gamma * sigma ** 2, gradient(mean)))],
    },
    {
      name: "gradient at the guess",
      says: "The gradient is taken at x̂, a clean picture. This classifier expects the noise of time t in what it sees.",
      planted: [stepBy(({ sigma, gamma, gradient, guess }) => tf.mul(gamma * sigma ** 2, gradient(guess)))],
    },
    {
      name: "σ instead of σ²",
      says: "The shift has σ_t and should have its square. The noise comes with the deviation σ_t, the shift with the variance: over many small steps their effects then stay in proportion.",
      planted: [stepBy(({ sigma, gamma, gradient, z }) => tf.mul(gamma * sigma, gradient(z)))],
    },
    {
      name: "σ² forgotten",
      says: "The shift does not know how long the step is. With hundreds of steps the sum of all shifts would be far too much: each has to come with σ_t².",
      planted: [
        stepBy(({ gamma, gradient, z }) => tf.mul(gamma, gradient(z))),
        stepBy(({ gradient, z }) => gradient(z)),
      ],
    },
    {
      name: "γ forgotten",
      says: "The scale γ has no effect: this is always γ = 1.",
      planted: [stepBy(({ sigma, gradient, z }) => tf.mul(sigma ** 2, gradient(z)))],
    },
    {
      name: "noise with σ²",
      says: "The noise comes with σ_t², a variance. Standard normal numbers are multiplied by a deviation.",
      planted: [stepBy(ahead, ({ sigma }) => sigma ** 2)],
    },
    {
      name: "no noise",
      says: "The noise is missing. Guidance moves the mean; the step is as random as before.",
      planted: [stepBy(ahead, () => 0)],
    },
    {
      name: "z_t instead of the mean",
      says: "The step starts from z_t, and what the diffusion model says of it is lost. It is the mean of its normal distribution that is shifted.",
      planted: [(given) => stepBy(ahead)({ ...given, mean: given.z })] satisfies GuidedStep[],
    },
  ],
  notice:
    "A product of two densities: the model's normal one, and P(c | z_{t-1}), whose logarithm is nearly straight over a small step. Completing the square moves the mean by variance times slope.",
  trials: [stepTrial(0.3, 2), stepTrial(0.05, 10)],
});

function stepTrial(sigma: number, gamma: number): Trial {
  const given: GuidedStepGiven = {
    z: tf.tensor1d([0.4, -1.2, 2]),
    guess: tf.tensor1d([-0.9, 0.6, 1]),
    mean: tf.tensor1d([0.3, -1.1, 1.8]),
    sigma,
    gamma,
    gradient: (at) => tf.sub(1.5, tf.square(at)),
    noise: tf.tensor1d([-0.7, 1.3, 0.2]),
  };
  return {
    asked: `Your step for σ = ${sigma} and γ = ${gamma}`,
    async ask(answer) {
      const of = called(answer, "({ z, guess, mean, sigma, gamma, gradient, noise }) => z_{t-1}");
      return numbersOf((of as GuidedStep | undefined)?.(given));
    },
  };
}

/** 11.4: x̂ with the guided score, from the model's x̂ and the gradient. */
type GuidedGuess = (guess: tf.Tensor, gradient: tf.Tensor, alpha: number, gamma: number) => unknown;

/** The planted answers weight the gradient in other ways. */
const weighted =
  (weight: (alpha: number, gamma: number) => number): GuidedGuess =>
  (guess, gradient, alpha, gamma) =>
    tf.add(guess, tf.mul(weight(alpha, gamma), gradient));

const guidedGuess = compared({
  id: "11.4",
  title: "guidance for every sampler",
  solution: weighted((alpha, gamma) => (gamma * (1 - alpha)) / Math.sqrt(alpha)),
  misconceptions: [
    {
      name: "wrong sign",
      says: "The sign is wrong. x̂ grows with the score; it is ε̂ that is the score with a minus.",
      planted: [
        weighted((alpha, gamma) => (-gamma * (1 - alpha)) / Math.sqrt(alpha)),
        weighted((alpha, gamma) => -gamma * Math.sqrt(1 - alpha)),
      ],
    },
    {
      name: "weight of the noise",
      says: "√(1-α_t) is how far ε̂ moves with the score. For x̂, solve score = (√α_t x̂ - z_t)/(1-α_t) for x̂.",
      planted: [weighted((alpha, gamma) => gamma * Math.sqrt(1 - alpha))],
    },
    {
      name: "not divided by √α_t",
      says: "That is how far √α_t x̂ moves, the signal in z_t. The division by √α_t is missing.",
      planted: [weighted((alpha, gamma) => gamma * (1 - alpha))],
    },
    {
      name: "root of the noise only",
      says: "A root too much: in (√α_t x̂ - z_t)/(1-α_t) it is the variance 1-α_t that stands below, not the deviation.",
      planted: [weighted((alpha, gamma) => gamma * Math.sqrt((1 - alpha) / alpha))],
    },
    {
      name: "no root",
      says: "The root over α_t is missing: z_t contains √α_t x.",
      planted: [weighted((alpha, gamma) => (gamma * (1 - alpha)) / alpha)],
    },
    {
      name: "the other way round",
      says: "That is how the score moves with x̂, and the question is how x̂ moves with the score.",
      planted: [weighted((alpha, gamma) => (gamma * Math.sqrt(alpha)) / (1 - alpha))],
    },
    {
      name: "weight forgotten",
      says: "The gradient is added as it is. It is part of a score, and has other units than x̂: multiply by how far x̂ moves with the score.",
      planted: [weighted((_, gamma) => gamma), weighted(() => 1)],
    },
    {
      name: "γ forgotten",
      says: "The scale γ has no effect: this is always γ = 1.",
      planted: [weighted((alpha) => (1 - alpha) / Math.sqrt(alpha))],
    },
  ],
  notice:
    "The weight is large where hardly anything of the picture is left: there a classifier's smallest mistake becomes a large one of x̂.",
  trials: [guessTrial(0.9, 1), guessTrial(0.3, 4), guessTrial(0.04, 2)],
});

function guessTrial(alpha: number, gamma: number): Trial {
  return {
    asked: `Your x̂ for α_t = ${alpha} and γ = ${gamma}`,
    async ask(answer) {
      const of = called(answer, "(guess, gradient, alpha, gamma) => x̂") as GuidedGuess | undefined;
      return numbersOf(of?.(tf.tensor1d([0.2, -0.7, 0.9]), tf.tensor1d([0.5, 1.5, -0.25]), alpha, gamma));
    },
  };
}

/** The exercises of the notebook "11-classifier-guidance". */
export const classifierGuidance: readonly Exercise[] = [guidedScore, noisyLoss, guidedStep, guidedGuess];
