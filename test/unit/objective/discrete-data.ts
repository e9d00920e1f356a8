import { klWeights, levelValues, logLevelProbability, lowerBound, tf, toBits } from "diffusion";
import type { DenoisingErrors, Predictor, ReverseVariance, Schedule } from "diffusion";
import { uniformValues } from "../../../src/random/distributions";

/** How likely each level is. Pixels of this kind that do not depend on each other are data of which all is known. */
export type LevelProbabilities = readonly number[];

/** H in bits: no code needs fewer for a pixel. */
export function entropy(probabilities: LevelProbabilities): number {
  return -probabilities.reduce((sum, p) => sum + (p > 0 ? p * Math.log2(p) : 0), 0);
}

/** Levels that are drawn by numbers uniform on [0, 1). */
export function drawLevels(probabilities: LevelProbabilities, uniform: Float32Array): Uint16Array {
  return Uint16Array.from(uniform, (u) => {
    let [level, reached] = [0, probabilities[0]];
    while (u >= reached && level < probabilities.length - 1) reached += probabilities[++level];
    return level;
  });
}

/** Images of such pixels. */
export function drawImages(
  probabilities: LevelProbabilities,
  shape: readonly [number, ...number[]],
  seed: number,
): tf.Tensor {
  const values = levelValues(probabilities.length);
  const count = shape.reduce((product, size) => product * size, 1);
  const pixels = drawLevels(probabilities, uniformValues([seed, 77], count));
  return tf.tensor(
    Float32Array.from(pixels, (level) => values[level]),
    [...shape],
  );
}

/** The best network for such pixels, E[x | z_t] of each for itself; it predicts x. */
export function perfectPredictor(probabilities: LevelProbabilities, schedule: Schedule): Predictor {
  const present = probabilities.flatMap((p, level) => (p > 0 ? [level] : []));
  const values = tf.tensor1d(present.map((level) => levelValues(probabilities.length)[level]));
  const logs = tf.tensor1d(present.map((level) => Math.log(probabilities[level])));
  const signals = tf.tensor1d(Float32Array.from(schedule.alpha, Math.sqrt));
  const variances = tf.tensor1d(Float32Array.from(schedule.snr, (snr) => 1 / (1 + snr)));
  return (z, t) =>
    tf.tidy(() => {
      const shape = [-1, ...z.shape.slice(1).fill(1), 1];
      const centers = tf.gather(signals, t).reshape(shape).mul(values);
      const away = z.expandDims(-1).sub(centers).square();
      const exponent = away.div(tf.gather(variances, t).reshape(shape).mul(-2)).add(logs);
      return tf.softmax(exponent).mul(values).sum(-1);
    });
}

/** Bits per pixel of the bound with that network, without any chance: expectations over z_t by sums on a grid. `terms` are those at
 * t = 2 … T, and `spread` is the root of the mean square of what the guess's error adds to them. */
export function exactBits(
  probabilities: LevelProbabilities,
  schedule: Schedule,
  variance: ReverseVariance,
  decoderVariance: number,
): { bits: number; reconstruction: number; terms: Float64Array; spread: Float64Array } {
  const levels = probabilities.length;
  const values = levelValues(levels);
  const cases = Array.from(schedule.alpha, (_, t) =>
    t === 0 ? [] : casesAt(t, probabilities, values, schedule),
  );
  const expectation = (t: number, f: (one: Case) => number): number =>
    cases[t].reduce((sum, one) => sum + one.probability * f(one), 0);
  const away = ({ level, guess }: Case): number => (values[level] - guess) ** 2;
  const errors: DenoisingErrors = {
    squared: cases.map((_, t) => (t === 0 ? [] : [expectation(t, away)])),
    norms: [probabilities.reduce((sum, p, level) => sum + p * values[level] ** 2, 0)],
    size: 1,
  };
  const { total, reconstruction: density, kl } = lowerBound(errors, schedule, variance);
  const reconstruction = -expectation(1, ({ level, guess: mean }) =>
    logLevelProbability(level, { mean, variance: decoderVariance }, levels),
  );
  const spread = schedule.alpha.map((_, t) =>
    t < 2
      ? 0
      : klWeights(t, 1, schedule, variance).weight * Math.sqrt(expectation(t, (one) => away(one) ** 2)),
  );
  return {
    bits: toBits(density - total + reconstruction),
    reconstruction: toBits(reconstruction),
    terms: kl.map(toBits),
    spread,
  };
}

/** A pixel's level, and what is guessed from one z_t. */
interface Case {
  readonly level: number;
  readonly guess: number;
  readonly probability: number;
}

function casesAt(
  t: number,
  probabilities: LevelProbabilities,
  values: Float64Array,
  { snr }: Schedule,
): Case[] {
  const present = probabilities.flatMap((p, level) => (p > 0 ? [level] : []));
  const scale = Math.sqrt(snr[t]);
  const noises = Array.from({ length: 141 }, (_, i) => (i - 70) / 10);
  return noises.flatMap((noise) =>
    present.map((level) => {
      const shares = present.map((other) => {
        const distance = scale * (values[level] - values[other]) + noise;
        return probabilities[other] * exp((noise * noise - distance * distance) / 2);
      });
      const total = shares.reduce((all, share) => all + share);
      const guess = shares.reduce((all, share, i) => all + share * values[present[i]], 0) / total;
      const density = (0.1 * exp((-noise * noise) / 2)) / Math.sqrt(2 * Math.PI);
      return { level, guess, probability: probabilities[level] * density };
    }),
  );
}

const { exp } = Math; // looked up once: in tests that costs more than to compute it
