import { tf } from "../../backend";
import { normalCdf } from "../../mixture/normal-cdf";
import { called, elementwise } from "../answers";
import { compared, type Trial } from "../compared";
import type { Exercise } from "../exercise";
import { numbersOf } from "../numbers";

/** 09.1: x̂ and ε̂ from z_t, v̂ and α_t. */
type FromV = (z: tf.Tensor, v: tf.Tensor, alpha: number) => unknown;

/** The planted answers weight z and v in other ways. */
const mixing =
  (
    toX: (alpha: number) => readonly [z: number, v: number],
    toNoise: (alpha: number) => readonly [z: number, v: number],
  ): FromV =>
  (z, v, alpha) =>
    [toX(alpha), toNoise(alpha)].map(([onZ, onV]) => tf.add(tf.mul(onZ, z), tf.mul(onV, v)));

const signal = Math.sqrt;
const deviation = (alpha: number): number => Math.sqrt(1 - alpha);
const dataFromV = (a: number) => [signal(a), -deviation(a)] as const;
const noiseFromV = (a: number) => [deviation(a), signal(a)] as const;

const fromV = compared({
  id: "09.1",
  title: "data and noise from v",
  solution: mixing(dataFromV, noiseFromV),
  misconceptions: [
    {
      name: "wrong sign",
      says: "A sign is wrong. v has the noise with a plus and the data with a minus: put z_t and v as they are defined into your formula, and see whether the noise drops out of x̂, and the data out of ε̂.",
      planted: [
        mixing((a) => [signal(a), deviation(a)], noiseFromV),
        mixing(dataFromV, (a) => [deviation(a), -signal(a)]),
        mixing(
          (a) => [signal(a), deviation(a)],
          (a) => [deviation(a), -signal(a)],
        ),
      ],
    },
    {
      name: "weights exchanged",
      says: "√α_t and √(1-α_t) stand in each other's place. Where there is hardly any noise, α_t is near 1: x̂ must then be nearly z_t.",
      planted: [
        mixing(
          (a) => [deviation(a), -signal(a)],
          (a) => [signal(a), deviation(a)],
        ),
        mixing(
          (a) => [deviation(a), signal(a)],
          (a) => [signal(a), -deviation(a)],
        ),
      ],
    },
    {
      name: "roots missing",
      says: "The weights have lost their roots. It is the squares of the two weights that add up to 1: z_t and v come from x and ε by a rotation.",
      planted: [
        mixing(
          (a) => [a, a - 1],
          (a) => [1 - a, a],
        ),
      ],
    },
    {
      name: "v taken for the noise",
      says: "That would be right if the network predicted ε. What came is v, a mixture of noise and data.",
      planted: [
        mixing(
          (a) => [1 / signal(a), -deviation(a) / signal(a)],
          () => [0, 1],
        ),
      ],
    },
    {
      name: "v taken for the data",
      says: "That would be right if the network predicted x. What came is v, a mixture of noise and data.",
      planted: [
        mixing(
          () => [0, 1],
          (a) => [1 / deviation(a), -signal(a) / deviation(a)],
        ),
      ],
    },
  ],
  notice:
    "z_t and v are x and ε, turned by an angle; turning back needs no division, so nothing blows up at any t.",
  trials: [0.9, 0.5, 0.04].map(fromVTrial),
});

function fromVTrial(alpha: number): Trial {
  const [z, v] = [
    [-1.2, 0.3, 0.9],
    [0.5, -0.8, 1.4],
  ];
  return {
    asked: `[x̂, ε̂] by your formula with z = [${z.join(", ")}], v = [${v.join(", ")}] and alpha = ${alpha}`,
    async ask(answer) {
      const convert = called(answer, "(z, v, alpha) => [x̂, ε̂]") as FromV | undefined;
      return numbersOf(convert?.(tf.tensor1d(z), tf.tensor1d(v), alpha), ["x", "noise"]);
    },
  };
}

/** 09.2: the straight mixture of two latents, with its variance put right. */
type Between = (a: tf.Tensor, b: tf.Tensor, share: number) => unknown;

/** The planted answers differ in the weight of a and of b. */
const between =
  (weights: (share: number) => readonly [a: number, b: number]): Between =>
  (a, b, share) => {
    const [onA, onB] = weights(share);
    return tf.add(tf.mul(onA, a), tf.mul(onB, b));
  };
const varianceOf = (share: number): number => (1 - share) ** 2 + share ** 2;
const scaled = (by: (share: number) => number): Between =>
  between((share) => [(1 - share) * by(share), share * by(share)]);

const betweenLatents = compared({
  id: "09.2",
  title: "between two latents",
  solution: scaled((share) => 1 / Math.sqrt(varianceOf(share))),
  misconceptions: [
    {
      name: "not rescaled",
      says: "That is the straight mixture, whose variance is below 1. The weights add up to 1, but variances of independent numbers add up with the squares of the weights.",
      planted: [scaled(() => 1)],
    },
    {
      name: "deviation and variance",
      says: "The mixture is divided by its variance. A factor c changes a variance by c²: it takes the deviation to bring it back to 1.",
      planted: [scaled((share) => 1 / varianceOf(share))],
    },
    {
      name: "multiplied instead of divided",
      says: "The mixture gets smaller still. Its variance was too small already, and must grow.",
      planted: [scaled((share) => Math.sqrt(varianceOf(share))), scaled(varianceOf)],
    },
    {
      name: "always the same factor",
      says: "The factor fits only half-way. At share 0 nothing is mixed, and nothing may be changed: how large the variance is depends on the share.",
      planted: [scaled(() => Math.SQRT2), scaled(() => 2)],
    },
    {
      name: "ends exchanged",
      says: "At share 0 your mixture is b. It should begin at a, and reach b at share 1.",
      planted: [
        between((share) => [share, 1 - share]),
        between((share) => [
          share / Math.sqrt(varianceOf(share)),
          (1 - share) / Math.sqrt(varianceOf(share)),
        ]),
      ],
    },
    {
      name: "another way between them",
      says: "That has the variance 1, too, but it does not rescale the straight mixture: the weights of a and b are in another proportion than 1 - share to share.",
      planted: [between((share) => [Math.sqrt(1 - share), Math.sqrt(share)])],
    },
  ],
  notice:
    "In 784 dimensions nearly all of N(0, I) lies on a sphere; a chord goes through the inside, where the network has never been.",
  trials: [0, 0.25, 0.5, 0.9].map(betweenTrial),
});

function betweenTrial(share: number): Trial {
  const [a, b] = [
    [-1.2, 0.3, 0.9],
    [0.5, -0.8, 1.4],
  ];
  return {
    asked: `Your mixture of a = [${a.join(", ")}] and b = [${b.join(", ")}] with share = ${share}`,
    async ask(answer) {
      const mix = called(answer, "(a, b, share) => …") as Between | undefined;
      return mix && elementwise((from, to) => mix(from, to, share), a, b);
    },
  };
}

/** 09.3: the probability of one of 256 gray levels under a normal distribution. */
type LevelProbability = (
  level: number,
  mean: number,
  deviation: number,
  cdf: (u: number) => number,
) => unknown;

/** The planted answers differ in the borders of the bin, and in what is done with them. */
const binned =
  (
    borders: (level: number) => readonly [lower: number, upper: number],
    scale: (deviation: number) => number = (deviation) => deviation,
  ): LevelProbability =>
  (level, mean, deviation, cdf) => {
    const [lower, upper] = borders(level);
    return cdf((upper - mean) / scale(deviation)) - cdf((lower - mean) / scale(deviation));
  };
const valueOf = (level: number): number => level / 127.5 - 1;
const closedBin = (level: number) => [valueOf(level - 0.5), valueOf(level + 0.5)] as const;
const openBin = (level: number): readonly [number, number] => {
  const [lower, upper] = closedBin(level);
  return [level === 0 ? -Infinity : lower, level === 255 ? Infinity : upper];
};
const density = (level: number, mean: number, deviation: number): number => {
  const u = (valueOf(level) - mean) / deviation;
  return Math.exp(-0.5 * u * u) / (deviation * Math.sqrt(2 * Math.PI));
};
const densityTimesWidth: LevelProbability = (level, mean, deviation) =>
  (density(level, mean, deviation) * 2) / 255;
const inForm =
  (form: (probability: number) => number): LevelProbability =>
  (...given) =>
    form(binned(openBin)(...given) as number);

const levelProbability = compared({
  id: "09.3",
  title: "the probability of a gray level",
  solution: binned(openBin),
  misconceptions: [
    {
      name: "density instead of mass",
      says: "That is a density, which may be above 1 and has no upper bound as σ shrinks. A pixel has one of 256 values, and each needs a probability: the mass of all numbers that belong to it.",
      planted: [density],
    },
    {
      name: "density times width",
      says: "A density times the width of the bin is the mass only where the density is nearly constant over the bin. For a σ as small as a gray level it is not, and the 256 values no longer add up to 1.",
      planted: [densityTimesWidth],
    },
    {
      name: "tails lost",
      says: "All is well inside, but the 256 probabilities do not add up to 1: what lies below -1 or above 1 belongs to no level. To which should it belong?",
      planted: [
        binned(closedBin),
        binned((level) => [Math.max(-1, valueOf(level - 0.5)), Math.min(1, valueOf(level + 0.5))]),
      ],
    },
    {
      name: "bins overlap",
      says: "Neighbouring bins overlap, and the 256 probabilities add up to about 2. Levels lie 2/255 apart; how far is it to the middle between two of them?",
      planted: [
        binned((level) => [
          level === 0 ? -Infinity : valueOf(level - 1),
          level === 255 ? Infinity : valueOf(level + 1),
        ]),
      ],
    },
    {
      name: "bin beside its level",
      says: "The bin begins or ends at the level itself. The level should lie in the middle, so that the likeliest level is the one nearest to the mean.",
      planted: [
        binned((level) => [
          level === 0 ? -Infinity : valueOf(level),
          level === 255 ? Infinity : valueOf(level + 1),
        ]),
        binned((level) => [
          level === 0 ? -Infinity : valueOf(level - 1),
          level === 255 ? Infinity : valueOf(level),
        ]),
      ],
    },
    {
      name: "variance for the deviation",
      says: "The distance to the mean is divided by the variance, or by the root of σ. The distribution function of N(0, 1) wants it in units of the deviation σ.",
      planted: [binned(openBin, (deviation) => deviation ** 2), binned(openBin, Math.sqrt)],
    },
    {
      name: "levels from 0 to 1",
      says: "Your levels lie between 0 and 1, or are still whole numbers. The mean is on the scale of the network, where level 0 is -1 and level 255 is 1.",
      planted: [
        binned((level) => [
          level === 0 ? -Infinity : (level - 0.5) / 255,
          level === 255 ? Infinity : (level + 0.5) / 255,
        ]),
        binned((level) => [level === 0 ? -Infinity : level - 0.5, level === 255 ? Infinity : level + 0.5]),
      ],
    },
    {
      name: "already a logarithm",
      says: "That is the logarithm. The probability itself is wanted; it lies between 0 and 1.",
      planted: [inForm(Math.log), inForm((probability) => -Math.log2(probability))],
    },
  ],
  notice:
    "A probability is at most 1, so no image can cost less than 0 bits. With a density there is no such floor.",
  trials: [
    levelTrial(128, 0.01, 0.01),
    levelTrial(200, 0.57, 0.004),
    levelTrial(0, -0.99, 0.02),
    levelTrial(255, 0.9, 0.08),
  ],
});

function levelTrial(level: number, mean: number, sigma: number): Trial {
  return {
    asked: `The probability by your function for level = ${level}, mean = ${mean} and deviation = ${sigma}`,
    async ask(answer) {
      const of = called(answer, "(level, mean, deviation, cdf) => P") as LevelProbability | undefined;
      return numbersOf(of?.(level, mean, sigma, normalCdf));
    },
  };
}

/** The exercises of the notebook "09-digits". */
export const digitsExercises: readonly Exercise[] = [fromV, betweenLatents, levelProbability];
