import { tf } from "../../backend/tf";
import { stopGradient, straightThrough } from "../../layers";
import { textQuality } from "../../metrics";
import { called } from "../answers";
import { compared, type Trial } from "../compared";
import type { Exercise } from "../exercise";
import { numbersOf } from "../numbers";
import { unpatterned } from "../unpatterned";

/** 17.1: what a latent costs, in bits. */
interface Encoded {
  readonly mean: tf.Tensor;
  readonly logVariance: tf.Tensor;
}
type Bits = (encoded: Encoded) => unknown;

/** KL in nats for each number. */
const klWith =
  (each: (mean: tf.Tensor, logVariance: tf.Tensor) => tf.Tensor, unit: number = Math.LN2): Bits =>
  ({ mean, logVariance }) =>
    each(mean, logVariance).mean().div(unit);
const kl = (mean: tf.Tensor, logVariance: tf.Tensor): tf.Tensor =>
  mean.square().add(logVariance.exp()).sub(1).sub(logVariance).div(2);

const bits = compared({
  id: "17.1",
  title: "what a latent costs",
  solution: klWith(kl),
  misconceptions: [
    {
      name: "nats",
      says: "This is right in nats. With log₂ in the place of ln it comes in bits: 1 nat is 1/ln 2 bits.",
      planted: [klWith(kl, 1), klWith(kl, 1 / Math.LN2)],
    },
    {
      name: "the logarithm of the deviation",
      says: "logVariance is taken for log σ. It is log σ²: then σ² = exp(logVariance), and log σ = logVariance / 2.",
      planted: [
        klWith((mean, l) => kl(mean, l.mul(2))),
        klWith((mean, l) => kl(mean, l.mul(2)), 1),
        klWith((mean, l) => mean.square().add(l.exp()).sub(1).sub(l.mul(2)).div(2)),
        klWith((mean, l) => mean.square().add(l.mul(2).exp()).sub(1).sub(l).div(2)),
      ],
    },
    {
      name: "the sum",
      says: "This is the sum over all numbers. What is asked for is the mean: bits for each number.",
      planted: [
        ({ mean, logVariance }: Encoded) => kl(mean, logVariance).sum().div(Math.LN2),
        ({ mean, logVariance }: Encoded) => kl(mean, logVariance).sum(),
      ],
    },
    {
      name: "without the half",
      says: "It is twice too much. The density has a square divided by 2σ², and log σ is half of log σ²: the factor 1/2 stands before all of it.",
      planted: [klWith((mean, l) => kl(mean, l).mul(2)), klWith((mean, l) => kl(mean, l).mul(2), 1)],
    },
    {
      name: "the other way round",
      says: "This is KL(N(0, 1) ‖ N(μ, σ²)). The expectation is to be over the latents that the encoder gives: KL(N(μ, σ²) ‖ N(0, 1)).",
      planted: [
        klWith((mean, l) => mean.square().add(1).div(l.exp()).sub(1).add(l).div(2)),
        klWith((mean, l) => mean.square().add(1).div(l.exp()).sub(1).add(l).div(2), 1),
      ],
    },
    {
      name: "a wrong sign",
      says: "A sign is wrong: for μ = 0 and σ² = 1 nothing must be left, and everything else costs more than that.",
      planted: [
        klWith((mean, l) => mean.square().add(l.exp()).sub(1).add(l).div(2)),
        klWith((mean, l) => kl(mean, l).neg()),
        klWith((mean, l) => mean.square().add(l.exp()).add(1).sub(l).div(2)),
      ],
    },
    {
      name: "without the mean",
      says: "μ is not in it. A latent far from 0 tells much, however small its σ.",
      planted: [
        klWith((_, l) => l.exp().sub(1).sub(l).div(2)),
        klWith((mean, l) => mean.add(l.exp()).sub(1).sub(l).div(2)),
      ],
    },
  ],
  notice:
    "So many bits a receiver needs on average who knows N(0, 1) only, to be told a draw of N(μ, σ²). A smaller σ costs: each half of it one bit more.",
  trials: [bitsTrial([2, 3]), bitsTrial([1, 2, 2, 2])],
});

function bitsTrial(shape: readonly number[]): Trial {
  return {
    asked: `The bits per number for mean and logVariance of the shape [${shape.join(", ")}],`,
    async ask(answer) {
      const of = called(answer, "({ mean, logVariance }) => number") as Bits | undefined;
      return numbersOf(of?.({ mean: unpatterned(shape, 1), logVariance: unpatterned(shape, 4) }));
    },
  };
}

/** 17.2: the loss of codes, and what the decoder is given. */
interface Chosen {
  readonly h: tf.Tensor;
  readonly e: tf.Tensor;
  readonly beta: number;
}
type Through = (chosen: Chosen) => unknown;

interface ThroughParts {
  readonly decoded: (h: tf.Tensor, e: tf.Tensor) => tf.Tensor;
  /** What moves codes, and what moves latents. */
  readonly codes: (h: tf.Tensor, e: tf.Tensor) => tf.Tensor;
  readonly latents: (h: tf.Tensor, e: tf.Tensor) => tf.Tensor;
  readonly weights: (beta: number) => readonly [number, number];
}

const distance = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => a.sub(b).square().mean();
const throughWith =
  (wrong: Partial<ThroughParts> = {}): Through =>
  ({ h, e, beta }) => {
    const { decoded, codes, latents, weights }: ThroughParts = {
      decoded: straightThrough,
      codes: (latent, code) => distance(stopGradient(latent), code),
      latents: (latent, code) => distance(latent, stopGradient(code)),
      weights: (share) => [1, share],
      ...wrong,
    };
    const [ofCodes, ofLatents] = weights(beta);
    return { decoded: decoded(h, e), loss: codes(h, e).mul(ofCodes).add(latents(h, e).mul(ofLatents)) };
  };

const through = compared({
  id: "17.2",
  title: "straight through",
  solution: throughWith(),
  misconceptions: [
    {
      name: "no gradient for the encoder",
      says: "The decoder is given the codes, but no gradient passes to h: choosing the nearest has none. straightThrough(h, e) is e on the way forward, and as if it were h on the way back.",
      planted: [
        throughWith({ decoded: (_, e) => e }),
        throughWith({ decoded: (_, e) => stopGradient(e) }),
        throughWith({ decoded: (h, e) => straightThrough(e, e).add(stopGradient(h).mul(0)) }),
      ],
    },
    {
      name: "not quantised",
      says: "The decoder is given h itself: nothing has been quantised.",
      planted: [
        throughWith({ decoded: (h) => h }),
        throughWith({ decoded: (h, e) => straightThrough(e, h) }),
        throughWith({ decoded: (h) => stopGradient(h) }),
      ],
    },
    {
      name: "nothing is stopped",
      says: "The values are right, but gradients go where they should not: each of the two terms is to move one of the two, and stopGradient has to be around the other.",
      planted: [
        throughWith({ codes: distance, latents: distance }),
        throughWith({ codes: distance }),
        throughWith({ latents: distance }),
      ],
    },
    {
      name: "beta at the wrong term",
      says: "β weighs the term that moves the codes. It is the commitment of the *latents* that counts less: codes are to run after latents faster than latents after codes.",
      planted: [
        throughWith({ weights: (beta) => [beta, 1] }),
        throughWith({ weights: (beta) => [beta, beta] }),
      ],
    },
    {
      name: "everything is stopped",
      says: "Nothing moves: a term in which both are stopped, or the wrong one alone is left, has no gradient for what it should move.",
      planted: [
        throughWith({
          codes: (h, e) => distance(stopGradient(h), stopGradient(e)),
          latents: (h, e) => distance(stopGradient(h), stopGradient(e)),
        }),
        throughWith({ codes: (h, e) => distance(stopGradient(h), stopGradient(e)) }),
        throughWith({ latents: (h, e) => distance(stopGradient(h), stopGradient(e)) }),
      ],
    },
    {
      name: "one term only",
      says: "One of the two terms is missing. Without the first, codes stay where they began; without the second, latents may run away from their codes.",
      planted: [throughWith({ weights: () => [1, 0] }), throughWith({ weights: (beta) => [0, beta] })],
    },
    {
      name: "beta left out",
      says: "Both terms count the same: β is not used.",
      planted: [throughWith({ weights: () => [1, 1] })],
    },
  ],
  notice:
    "Values do not show who gets a gradient, so the check asked for the gradients. Here the derivative of what a computer does is replaced by that of what we mean.",
  trials: [throughTrial([2, 3], 0.25), throughTrial([1, 2, 2, 2], 0.4)],
});

function throughTrial(shape: readonly number[], beta: number): Trial {
  return {
    asked: `decoded, loss and their gradients for h and e of the shape [${shape.join(", ")}]`,
    async ask(answer) {
      const of = called(answer, "({ h, e, beta }) => ({ decoded, loss })") as Through | undefined;
      const [h, e, weights] = [1, 4, 7].map((start) => unpatterned(shape, start));
      const first = of?.({ h, e, beta });
      if (of === undefined || first === undefined) return undefined;
      const values = await numbersOf(first, ["decoded", "loss"]);
      if (values === undefined) return undefined;
      const part = (name: "decoded" | "loss", scaled: (x: tf.Tensor) => tf.Tensor): tf.Tensor[] =>
        gradientsOf([h, e], (latent, code) => {
          const given = of({ h: latent, e: code, beta }) as Record<string, tf.Tensor>;
          return scaled(given[name]).add<tf.Scalar>(tf.sum(latent.add(code)).mul(0));
        });
      return numbersOf([
        values,
        ...part("decoded", (x) => x.mul(weights).sum()),
        ...part("loss", (x) => x.sum()),
      ]);
    },
  };
}

/** Of a scalar that depends on both, perhaps with the factor 0. */
const gradientsOf = (inputs: tf.Tensor[], scalar: (...inputs: tf.Tensor[]) => tf.Scalar): tf.Tensor[] =>
  tf.grads(scalar)(inputs);

/** 17.3: latents of mean 0 and variance 1 in each channel, and back. */
type Scaled = (latents: tf.Tensor4D) => unknown;

interface ScaleParts {
  readonly over: number[];
  readonly spread: (variance: tf.Tensor) => tf.Tensor;
  readonly there: (x: tf.Tensor, mean: tf.Tensor, spread: tf.Tensor) => tf.Tensor;
  readonly back: (x: tf.Tensor, mean: tf.Tensor, spread: tf.Tensor) => tf.Tensor;
}

const scaledWith =
  (wrong: Partial<ScaleParts> = {}): Scaled =>
  (latents) => {
    const { over, spread, there, back }: ScaleParts = {
      over: [0, 1, 2],
      spread: (variance) => variance.sqrt(),
      there: (x, mean, deviation) => x.sub(mean).div(deviation),
      back: (x, mean, deviation) => x.mul(deviation).add(mean),
      ...wrong,
    };
    const { mean, variance } = tf.moments(latents, over, true);
    const by = spread(variance);
    return { scaled: there(latents, mean, by), undo: (x: tf.Tensor) => back(x, mean, by) };
  };

const scale = compared({
  id: "17.3",
  title: "the scale of latents",
  solution: scaledWith(),
  misconceptions: [
    {
      name: "divided by the variance",
      says: "The latents are divided by their variance. That leaves a variance of 1/variance; the deviation is its root.",
      planted: [
        scaledWith({ spread: (variance) => variance }),
        scaledWith({ spread: (variance) => variance.square() }),
      ],
    },
    {
      name: "one number for all channels",
      says: "All channels share one mean and one deviation. (Rombach et al. do with one number as well.) Here each channel is to have its own, since they may be of very different sizes.",
      planted: [scaledWith({ over: [0, 1, 2, 3] })],
    },
    {
      name: "each image by itself",
      says: "Each image is scaled by its own mean and deviation. Then all images have the same mean, what made them differ is lost, and new latents of a sampler, which belong to no image, cannot be brought back.",
      planted: [
        scaledWith({ over: [1, 2] }),
        scaledWith({ over: [1, 2, 3] }),
        // An image of the batch at most can be brought back: the first one's numbers for all.
        (latents: tf.Tensor4D) => {
          const { mean, variance } = tf.moments(latents, [1, 2], true);
          const [first, deviation] = [mean.slice([0], [1]), variance.sqrt()];
          return {
            scaled: latents.sub(mean).div(deviation),
            undo: (x: tf.Tensor) => x.mul(deviation.slice([0], [1])).add(first),
          };
        },
      ],
    },
    {
      name: "each place by itself",
      says: "Each pixel of the latents has its own mean and deviation. A convolution treats all places alike; let the scale do so, too.",
      planted: [scaledWith({ over: [0] })],
    },
    {
      name: "the mean is still there",
      says: "The deviation is 1, but the mean is not 0. At t = T, where the sampler starts from mean 0, no trace of a mean may be left.",
      planted: [
        scaledWith({
          there: (x, _, deviation) => x.div(deviation),
          back: (x, _, deviation) => x.mul(deviation),
        }),
      ],
    },
    {
      name: "undone in the wrong order",
      says: "The scaling is right, but undo is not its inverse. First the mean was taken off, then it was divided: undo the last thing first.",
      planted: [
        scaledWith({ back: (x, mean, deviation) => x.add(mean).mul(deviation) }),
        scaledWith({ back: (x, _, deviation) => x.mul(deviation) }),
        scaledWith({ back: (x, mean) => x.add(mean) }),
        scaledWith({ back: (x) => x }),
        scaledWith({ back: (x, mean, deviation) => x.sub(mean).div(deviation) }),
      ],
    },
  ],
  notice:
    "The scale is measured once, on data, and kept with the weights: the decoder has to be given latents as it has learned them.",
  trials: [scaleTrial([3, 2, 2, 2]), scaleTrial([2, 3, 3, 3])],
});

function scaleTrial(shape: readonly number[]): Trial {
  const grown = (x: tf.Tensor): tf.Tensor => x.mul(tf.range(1, shape[3] + 1)).add(tf.range(0, shape[3]));
  return {
    asked: `scaled and undo(others) for latents of the shape [${shape.join(", ")}]`,
    async ask(answer) {
      const of = called(answer, "(latents) => ({ scaled, undo })") as Scaled | undefined;
      const given = await of?.(grown(unpatterned(shape, 1)) as tf.Tensor4D);
      if (given === undefined) return undefined;
      const { scaled, undo } = given as { scaled?: unknown; undo?: unknown };
      const back = called(undo, "(latents) => latents") as ((x: tf.Tensor) => unknown) | undefined;
      const others = unpatterned([1, ...shape.slice(1)], 5);
      return numbersOf({ scaled, "undo(others)": back?.(others) }, ["scaled", "undo(others)"]);
    },
  };
}

/** 17.4: three shares by which texts are judged. */
interface Written {
  readonly texts: readonly string[];
  readonly isValid: (text: string) => boolean;
  readonly known: ReadonlySet<string>;
}
type Quality = (written: Written) => unknown;

interface QualityParts {
  readonly unique: (counts: Counts) => number;
  readonly novel: (counts: Counts) => number;
  readonly valid: (counts: Counts) => number;
}
interface Counts {
  readonly all: readonly string[];
  readonly right: readonly string[];
  readonly isNew: (text: string) => boolean;
}

const different = (texts: readonly string[]): readonly string[] => [...new Set(texts)];
const newOf = ({ isNew }: Counts, texts: readonly string[]): number => texts.filter(isNew).length;
const qualityWith =
  (wrong: Partial<QualityParts>): Quality =>
  ({ texts, isValid, known }) => {
    const counts = { all: texts, right: texts.filter(isValid), isNew: (text: string) => !known.has(text) };
    const { valid, unique, novel }: QualityParts = {
      valid: ({ all, right }) => right.length / all.length,
      unique: ({ right }) => different(right).length / right.length,
      novel: (each) => newOf(each, different(each.right)) / different(each.right).length,
      ...wrong,
    };
    return { valid: valid(counts), unique: unique(counts), novel: novel(counts) };
  };

const quality = compared({
  id: "17.4",
  title: "valid, unique, novel",
  solution: (({ texts, isValid, known }) => textQuality(texts, { isValid, known })) satisfies Quality,
  misconceptions: [
    {
      name: "wrong texts count as different ones",
      says: "Unique is counted among all texts. Nonsense is different every time: each share is to be of what has passed the one before.",
      planted: [
        qualityWith({ unique: ({ all }) => different(all).length / all.length }),
        qualityWith({ unique: ({ all, right }) => different(right).length / all.length }),
      ],
    },
    {
      name: "wrong texts count as new ones",
      says: "Novel is counted among all texts. A text that nobody has written, since it is wrong, is no discovery.",
      planted: [
        qualityWith({ novel: (each) => newOf(each, each.all) / each.all.length }),
        qualityWith({ novel: (each) => newOf(each, different(each.all)) / different(each.all).length }),
        qualityWith({ novel: (each) => newOf(each, different(each.right)) / each.all.length }),
      ],
    },
    {
      name: "the same text counts again and again",
      says: "Novel is counted with repetitions. A model that repeats one new text would have found it many times.",
      planted: [
        qualityWith({ novel: (each) => newOf(each, each.right) / each.right.length }),
        qualityWith({ novel: (each) => newOf(each, different(each.right)) / each.right.length }),
      ],
    },
    {
      name: "known instead of new",
      says: "This is the share that is among the known texts: the complement of what is asked for.",
      planted: [
        qualityWith({
          novel: (each) => 1 - newOf(each, different(each.right)) / different(each.right).length,
        }),
      ],
    },
    {
      name: "counts instead of shares",
      says: "These are counts. Give shares, from 0 to 1.",
      planted: [
        qualityWith({
          valid: ({ right }) => right.length,
          unique: ({ right }) => different(right).length,
          novel: (each) => newOf(each, different(each.right)),
        }),
      ],
    },
  ],
  notice:
    "Each share alone can be had for nothing: one right text again and again is valid, random letters are unique and novel. Only together they say something.",
  trials: [
    qualityTrial(["CO", "CO", "C(", "CC", "CN", "O)"], ["CC", "OO"]),
    qualityTrial(["C", "N(", "N(", "O", "C", "CO", "NN", "NN"], ["C", "O", "CO"]),
  ],
});

function qualityTrial(texts: readonly string[], known: readonly string[]): Trial {
  const isValid = (text: string): boolean => !/[()]/.test(text);
  return {
    asked: `The shares for the texts ${texts.join(" ")}, of which those without parentheses are right, and ${known.join(" ")} are known,`,
    async ask(answer) {
      const of = called(answer, "({ texts, isValid, known }) => ({ valid, unique, novel })") as
        Quality | undefined;
      return numbersOf(of?.({ texts: [...texts], isValid, known: new Set(known) }), [
        "valid",
        "unique",
        "novel",
      ]);
    },
  };
}

export const latentDiffusion: readonly Exercise[] = [bits, through, scale, quality];
