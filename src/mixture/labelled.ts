import { tf } from "../backend/tf";
import { checkInteger, checkNumber } from "../errors";
import { foldIn, type Seed } from "../random";
import { uniformValues } from "../random/distributions";
import { nextSeed, seedWords } from "../random/seed";
import type { Schedule } from "../schedule";
import { planeMixture, type PlaneMixture, type PlaneMixtureParameters, type Point } from "./plane";

/** A mixture in the plane whose components belong to classes: all about its classes is known exactly too. */
export interface LabelledMixture {
  readonly classes: number;
  /** q(x), of all classes together. */
  readonly all: PlaneMixture;
  /** q(x | c), for each class. */
  readonly ofClass: readonly PlaneMixture[];
  /** P(c), for each class. */
  readonly shares: readonly number[];
  /** log P(c | z_t), at t = 0 … T, by Bayes' rule: what a perfect classifier of noisy points says. */
  logProbability(label: number, z: Point, t: number, schedule: Schedule): number;
  /** log q(z_t) P(c | z_t)^γ, at t = 0 … T, but for a constant: the tilted density that guidance with the scale γ is meant to sample. */
  tiltedLogDensity(tilt: Tilt, z: Point, t: number, schedule: Schedule): number;
  /** Draws points of the tilted density at t = 0, float32 [count, 2]; the same ones for the same seed. */
  readonly sampleTilted: (tilt: Tilt, count: number, seed?: Seed) => tf.Tensor2D;
}

export interface Tilt {
  /** c */
  readonly label: number;
  /** γ, 0 or more: 0 gives q(x), 1 q(x | c). */
  readonly gamma: number;
}

/** The mixture with the given components.
 * @param labels the class of each component: whole numbers from 0, each class at least once
 * @throws RangeError for labels that are no such numbers, and where `planeMixture` throws */
export function labelledMixture(
  parameters: PlaneMixtureParameters & { readonly labels: readonly number[] },
): LabelledMixture {
  const { labels, ...rest } = parameters;
  const all = planeMixture(rest);
  const classes = classCount(labels, all.components.length);
  const weights = all.components.map(({ weight }) => weight);
  const shares = Array.from({ length: classes }, (_, label) =>
    weights.reduce((sum, weight, k) => (labels[k] === label ? sum + weight : sum), 0),
  );
  const ofClass = shares.map((share, label) => {
    const own = <T>(list: readonly T[]): T[] => list.filter((_, k) => labels[k] === label);
    return planeMixture({
      means: own(rest.means),
      deviations: own(rest.deviations),
      ...(rest.angles && { angles: own(rest.angles) }),
      weights: own(weights).map((weight) => weight / share),
    });
  });
  const checkLabel = (label: number): void => {
    checkInteger("label", label, 0, classes - 1);
  };
  const logProbability: LabelledMixture["logProbability"] = (label, z, t, schedule) => {
    checkLabel(label);
    const ofAll = all.marginal(t, schedule).logDensity(z);
    return Math.log(shares[label]) + ofClass[label].marginal(t, schedule).logDensity(z) - ofAll;
  };
  return Object.freeze<LabelledMixture>({
    classes,
    all,
    ofClass,
    shares,
    logProbability,
    tiltedLogDensity: ({ label, gamma }, z, t, schedule) => {
      checkNumber("gamma", gamma, 0);
      const ofAll = all.marginal(t, schedule).logDensity(z);
      return ofAll + gamma * logProbability(label, z, t, schedule);
    },
    sampleTilted: ({ label, gamma }, count, seed = nextSeed()) => {
      checkLabel(label);
      checkNumber("gamma", gamma, 0);
      checkInteger("count", count, 0);
      const posterior = ([x, y]: Point): number =>
        Math.exp(Math.log(shares[label]) + ofClass[label].logDensity([x, y]) - all.logDensity([x, y]));
      // q(x) P(c | x)^γ is q(x | c) P(c | x)^(γ-1) but for a constant, of which more points can be used.
      const [source, power] = gamma < 1 ? [all, gamma] : [ofClass[label], gamma - 1];
      return accepted(source, (x) => posterior(x) ** power, count, seed);
    },
  });
}

/** Draws points and keeps each with its own probability, until there are enough. */
function accepted(
  source: PlaneMixture,
  probability: (x: Point) => number,
  count: number,
  seed: Seed,
): tf.Tensor2D {
  const kept: number[] = [];
  for (let round = 0; kept.length < 2 * count; round++) {
    const drawn = source.sample(count, foldIn(seed, 2 * round));
    const points = drawn.dataSync();
    drawn.dispose();
    const chances = uniformValues(seedWords(foldIn(seed, 2 * round + 1)), count);
    for (let i = 0; i < count; i++) {
      const x: Point = [points[2 * i], points[2 * i + 1]];
      if (chances[i] < probability(x)) kept.push(...x);
    }
  }
  return tf.tensor2d(Float32Array.from(kept.slice(0, 2 * count)), [count, 2]);
}

function classCount(labels: readonly number[], components: number): number {
  if (labels.length !== components) {
    throw new RangeError(
      `labels has ${labels.length} entries for ${components} components; give one for each.`,
    );
  }
  labels.forEach((label, k) => {
    checkInteger(`labels[${k}]`, label, 0);
  });
  const classes = Math.max(...labels) + 1;
  const missing = Array.from({ length: classes }, (_, label) => label).find(
    (label) => !labels.includes(label),
  );
  if (missing !== undefined) {
    throw new RangeError(`labels has no component of class ${missing}; use each of 0 to ${classes - 1}.`);
  }
  return classes;
}
