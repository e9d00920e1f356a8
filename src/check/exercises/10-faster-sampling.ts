import { called } from "../answers";
import { compared, type Trial } from "../compared";
import type { Exercise } from "../exercise";
import { numbersOf } from "../numbers";

/** 10.1: the Fréchet distance of two normal distributions on the line, from their means and variances. */
type OnLine = (mean1: number, variance1: number, mean2: number, variance2: number) => number;

/** The planted answers differ from the solution in one part each. */
const onLine = (
  ofSpread: (variance1: number, variance2: number) => number = (a, b) => (Math.sqrt(a) - Math.sqrt(b)) ** 2,
  ofMeans: (difference: number) => number = (difference) => difference ** 2,
): OnLine => {
  return (mean1, variance1, mean2, variance2) => ofMeans(mean1 - mean2) + ofSpread(variance1, variance2);
};

const frechetOnLine = compared({
  id: "10.1",
  title: "the Fréchet distance on a line",
  solution: onLine(),
  misconceptions: [
    {
      name: "deviation and variance",
      says: "Variances are subtracted and squared. Write v₁ + v₂ - 2√(v₁v₂) as a square: the square of which difference is it?",
      planted: [onLine((a, b) => (a - b) ** 2), onLine((a, b) => Math.abs(a - b))],
    },
    {
      name: "no root",
      says: "The product v₁v₂ has no root. (Σ₁Σ₂) is to the power of ½: on the line, that is the product of the two standard deviations.",
      planted: [onLine((a, b) => a + b - 2 * a * b)],
    },
    {
      name: "variances squared",
      says: "The variances are squared, as if they were standard deviations. In the formula Σ is a covariance, and on the line Σ is the variance itself.",
      planted: [onLine((a, b) => a ** 2 + b ** 2 - 2 * Math.sqrt(a * b))],
    },
    {
      name: "means not squared",
      says: "The difference of the means is not squared. All terms of the distance are in units of the feature squared, like a variance.",
      planted: [
        onLine(undefined, Math.abs),
        onLine(undefined, (difference) => difference),
        onLine(undefined, () => 0),
      ],
    },
    {
      name: "root of the distance",
      says: "That is the root of it, the Wasserstein distance of order 2. What is reported as Fréchet distance is its square, d².",
      planted: [(mean1, v1, mean2, v2) => Math.sqrt(onLine()(mean1, v1, mean2, v2))] satisfies OnLine[],
    },
    {
      name: "spread forgotten",
      says: "Only the means are compared. Two distributions with the same mean and different spread would then be the same: a generator that draws one average picture again and again would be perfect.",
      planted: [onLine(() => 0)],
    },
  ],
  notice:
    "Two differences are squared and added up: that of the means, and that of the standard deviations. Nothing else is seen, such as whether there are two bumps or one.",
  trials: [
    [1, 4, 3, 9],
    [-0.5, 0.25, 0.25, 2.25],
    [2, 1.44, 2.6, 0.36],
  ].map(([mean1, variance1, mean2, variance2]) => onLineTrial(mean1, variance1, mean2, variance2)),
});

function onLineTrial(mean1: number, variance1: number, mean2: number, variance2: number): Trial {
  return {
    asked: `Your distance for the means ${mean1} and ${mean2} and the variances ${variance1} and ${variance2}`,
    async ask(answer) {
      const distance = called(answer, "(mean1, variance1, mean2, variance2) => d²") as OnLine | undefined;
      return numbersOf(distance?.(mean1, variance1, mean2, variance2));
    },
  };
}

/** 10.2: where a distance with a bias of c/n ends, from its values for n and for 2n samples. */
type Limit = (atN: number, at2N: number) => number;
const limit = (of: Limit): Limit => of;

const withoutBias = compared({
  id: "10.2",
  title: "more samples than you have",
  solution: limit((atN, at2N) => 2 * at2N - atN),
  misconceptions: [
    {
      name: "weights exchanged",
      says: "The two are exchanged: you have gone back to n/2 in a way, to an even larger number. The better of the two measurements is the one with 2n, and the limit lies beyond it.",
      planted: [limit((atN, at2N) => 2 * atN - at2N)],
    },
    {
      name: "the bias itself",
      says: "That is a part of the bias, and not what is left without it. From d + c/n and d + c/(2n) you have c/(2n); now take it away.",
      planted: [
        limit((atN, at2N) => atN - at2N),
        limit((atN, at2N) => at2N - atN),
        limit((atN, at2N) => 2 * (atN - at2N)),
      ],
    },
    {
      name: "a mean",
      says: "A mean of the two lies between them. Both are too large, so the limit is smaller than either.",
      planted: [
        limit((atN, at2N) => (atN + at2N) / 2),
        limit((atN, at2N) => (atN + 2 * at2N) / 3),
        limit((atN, at2N) => Math.sqrt(atN * at2N)),
      ],
    },
    {
      name: "bias like 1/√n",
      says: "That would be right for a bias like 1/√n, as the scatter of a mean has. Here it falls like 1/n: halved when n is doubled.",
      planted: [limit((atN, at2N) => (Math.SQRT2 * at2N - atN) / (Math.SQRT2 - 1))],
    },
    {
      name: "one more doubling",
      says: "That is what 4n samples would give. There is still bias in it, c/(4n): go on for ever.",
      planted: [limit((atN, at2N) => at2N - (atN - at2N) / 2)],
    },
    {
      name: "half of it",
      says: "Halving is for the bias, and not for the whole distance. It is only c/n that becomes half as large.",
      planted: [limit((_, at2N) => at2N / 2), limit((atN) => atN / 2)],
    },
  ],
  notice:
    "The bias cancels, but the scatter does not: 2 d_2n - d_n scatters more than either, so it needs means over several sets (Chong & Forsyth 2020).",
  trials: [
    [3, 2],
    [0.84, 0.52],
    [1.5, 1.3],
  ].map(([atN, at2N]) => limitTrial(atN, at2N)),
});

function limitTrial(atN: number, at2N: number): Trial {
  return {
    asked: `Your limit for ${atN} with n samples and ${at2N} with 2n`,
    async ask(answer) {
      const of = called(answer, "(atN, at2N) => limit") as Limit | undefined;
      return numbersOf(of?.(atN, at2N));
    },
  };
}

/** 10.3: the times T … 0 of so many even steps. */
type EvenTimes = (T: number, calls: number) => number[];

const list = (count: number, at: (i: number) => number): number[] =>
  Array.from({ length: count }, (_, i) => at(i));
const timesBy = (of: EvenTimes): EvenTimes => of;

const evenTimes = compared({
  id: "10.3",
  title: "the times to visit",
  solution: timesBy((T, calls) => list(calls + 1, (i) => T - (i * T) / calls)),
  misconceptions: [
    {
      name: "no end",
      says: "The list ends before 0. A step leads from each time to the next: without the 0 there is one step, and one call, too few, and the last z still has noise.",
      planted: [timesBy((T, calls) => list(calls, (i) => T - (i * T) / calls))],
    },
    {
      name: "T left out",
      says: "The list does not begin at T. z_T is where the noise is drawn: a network that is told another time expects a rest of a picture in it.",
      planted: [
        timesBy((T, calls) => list(calls, (i) => T - ((i + 1) * T) / calls)),
        timesBy((T, calls) => list(calls + 1, (i) => T - ((i + 1) * T) / (calls + 1))),
      ],
    },
    {
      name: "counted from 0 to T-1",
      says: "The times are one too small, as if they ran from 0 to T-1. Here t runs from 1 to T: T itself is where to begin, and at 0 there is nothing left to do.",
      planted: [
        timesBy((T, calls) => list(calls, (i) => T - 1 - (i * T) / calls)),
        timesBy((T, calls) => [...list(calls, (i) => T - 1 - (i * T) / calls), 0]),
        timesBy((T, calls) => [...list(calls, (i) => T - 1 - (i * T) / calls), -1]),
      ],
    },
    {
      name: "posts and gaps",
      says: "From T to 0 there is one step too few: the times are as many as the calls. Each step makes one call, at its beginning; so there is one time more than there are calls.",
      planted: [
        timesBy((T, calls) => list(calls, (i) => T - (i * T) / (calls - 1))),
        timesBy((T, calls) => list(calls, (i) => Math.round(T - (i * T) / (calls - 1)))),
      ],
    },
    {
      name: "the network at t = 0",
      says: "The list goes on beyond 0, or visits it twice: the network would be called at t = 0, from which it has never learned. 0 is where the last step ends.",
      planted: [
        timesBy((T, calls) => list(calls + 2, (i) => T - (i * T) / calls)),
        timesBy((T, calls) => [...list(calls + 1, (i) => T - (i * T) / calls), 0]),
      ],
    },
    {
      name: "upward",
      says: "The times go up. Sampling runs against the forward process: it begins with noise, at T, and ends at 0.",
      planted: [
        timesBy((T, calls) => list(calls + 1, (i) => (i * T) / calls)),
        timesBy((T, calls) => list(calls, (i) => (i * T) / calls)),
        timesBy((T, calls) => list(calls, (i) => ((i + 1) * T) / calls)),
      ],
    },
  ],
  notice:
    "Twenty calls are 21 times. That t = T is visited matters most: it is the one at which z is really what it is taken for.",
  trials: [timesTrial(4000, 20), timesTrial(1000, 5), timesTrial(12, 4)],
});

function timesTrial(T: number, calls: number): Trial {
  return {
    asked: `Your list for T = ${T} and ${calls} calls`,
    async ask(answer) {
      const times = called(answer, "(T, calls) => number[]") as EvenTimes | undefined;
      return numbersOf(times?.(T, calls));
    },
  };
}

/** The exercises of the notebook "10-faster-sampling". */
export const fasterSampling: readonly Exercise[] = [frechetOnLine, withoutBias, evenTimes];
