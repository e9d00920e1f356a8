import { scheduleFromBetas, type Schedule } from "../../schedule";
import { called } from "../answers";
import { compared, type Trial } from "../compared";
import type { Exercise } from "../exercise";
import { numbersOf } from "../numbers";

/** 03.1: KL(q ‖ p) of two normal distributions. */
interface Normal {
  readonly mean: number;
  readonly variance: number;
}
type Kl = (q: Normal, p: Normal) => number;

/** What the planted answers get wrong. */
interface KlSlips {
  /** What is done to the variances first. */
  readonly variance?: (value: number) => number;
  readonly logSign?: number;
  readonly minus?: number;
  readonly factor?: number;
  /** Under the squared difference of the means. */
  readonly below?: (q: Normal, p: Normal) => number;
}

const klWith =
  ({ variance = (value) => value, logSign = 1, minus = 1, factor = 0.5, below }: KlSlips = {}): Kl =>
  (q, p) => {
    const [vq, vp] = [variance(q.variance), variance(p.variance)];
    const away = (q.mean - p.mean) ** 2 / (below ? below(q, p) : vp);
    return factor * (logSign * Math.log(vp / vq) + vq / vp + away - minus);
  };
const kl = klWith();

const normalKl = compared({
  id: "03.1",
  title: "the KL of two normal distributions",
  solution: kl,
  misconceptions: [
    {
      name: "arguments swapped",
      says: "That is KL(p ‖ q). The divergence is not symmetric: the average is taken over the first distribution, and the square stands over the variance of the second.",
      planted: [(q: Normal, p: Normal) => kl(p, q)],
    },
    {
      name: "deviations for variances",
      says: "Variances and standard deviations are mixed up. What comes in is already a variance: no root, and no square.",
      planted: [klWith({ variance: (value) => value ** 2 }), klWith({ variance: Math.sqrt })],
    },
    {
      name: "sign of the logarithm",
      says: "The logarithm has the wrong sign. Try q = p with a wider and wider p: the divergence must be 0 at first, then grow.",
      planted: [klWith({ logSign: -1 })],
    },
    {
      name: "no subtraction of 1",
      says: "Your divergence of a distribution from itself is not 0. Which constant is missing?",
      planted: [klWith({ minus: 0 })],
    },
    {
      name: "no half",
      says: "All is twice too much. A normal density has a ½ in its exponent, and a root around its variance.",
      planted: [klWith({ factor: 1 })],
    },
    {
      name: "square over the wrong variance",
      says: "The squared difference of the means is measured by the wrong variance. It is p that must explain what q draws: in units of whose width is q's mean far away?",
      planted: [klWith({ below: (q) => q.variance }), klWith({ below: () => 1 })],
    },
    {
      name: "bits for nats",
      says: "Those are bits. With natural logarithms the unit is nats.",
      planted: [klWith({ factor: 0.5 / Math.LN2 })],
    },
  ],
  notice:
    "The divergence is 0 only if mean and variance both agree. A p that is too narrow pays for the square of every miss.",
  trials: [
    [
      { mean: 0.3, variance: 0.5 },
      { mean: -0.2, variance: 1.2 },
    ],
    [
      { mean: -1, variance: 2 },
      { mean: 0.5, variance: 0.3 },
    ],
    [
      { mean: 0.7, variance: 0.4 },
      { mean: 0.7, variance: 0.9 },
    ],
  ].map(([q, p]) => klTrial(q, p)),
});

function klTrial(q: Normal, p: Normal): Trial {
  const text = ({ mean, variance }: Normal): string => `{ mean: ${mean}, variance: ${variance} }`;
  return {
    asked: `Your kl(${text(q)}, ${text(p)})`,
    async ask(answer) {
      const divergence = called(answer, "(q, p) => …") as ((q: Normal, p: Normal) => unknown) | undefined;
      return numbersOf(divergence?.({ ...q }, { ...p }));
    },
  };
}

/** 03.2: KL_t from the squared error. */
type Term = (squared: number, t: number, schedule: Schedule, sigma2: number) => number;

interface TermSlips {
  readonly weightPower?: number;
  readonly sigma2?: (value: number) => number;
  readonly constant?: number;
  /** α_t for α_{t-1}. */
  readonly late?: boolean;
  readonly half?: number;
  readonly unit?: number;
}

const termWith =
  ({
    weightPower = 2,
    sigma2: changed = (value) => value,
    constant: share = 1,
    late = false,
    half = 0.5,
    unit = 1,
  }: TermSlips = {}): Term =>
  (squared, t, { alpha, beta }, given) => {
    const sigma2 = changed(given);
    const before = alpha[late ? t : t - 1];
    const weight = (Math.sqrt(before) * beta[t]) / (1 - alpha[t]);
    const least = ((1 - before) / (1 - alpha[t])) * beta[t];
    const constant = 0.5 * (Math.log(sigma2 / least) + least / sigma2 - 1);
    return unit * (share * constant + (half * weight ** weightPower * squared) / sigma2);
  };

const boundTerm = compared({
  id: "03.2",
  title: "one term of the bound",
  solution: termWith(),
  misconceptions: [
    {
      name: "weight not squared",
      says: "The weight of x is not squared. The means differ by weight times (x - x̂), and the term has the square of this difference.",
      planted: [termWith({ weightPower: 1 })],
    },
    {
      name: "weight forgotten",
      says: "The error of x̂ counts in full. But x and x̂ enter the means with a weight, much smaller than 1 at most t: how far apart are the means?",
      planted: [termWith({ weightPower: 0 })],
    },
    {
      name: "deviation and variance",
      says: "σ_t² is given as a variance. It is used here as if it were a deviation, or squared once more.",
      planted: [termWith({ sigma2: Math.sqrt }), termWith({ sigma2: (value) => value ** 2 })],
    },
    {
      name: "constant dropped",
      says: "The part that does not depend on the error is missing. For training it makes no difference; but the two variances differ, and even with x̂ = x the divergence is not 0.",
      planted: [termWith({ constant: 0 })],
    },
    {
      name: "α_t for α_{t-1}",
      says: "An α belongs to the wrong time. The distributions are of z_{t-1}: look at the weight of x, and at the variance with x known.",
      planted: [termWith({ late: true })],
    },
    {
      name: "no half",
      says: "The squared error counts twice. A normal density has a ½ in its exponent.",
      planted: [termWith({ half: 1 })],
    },
    {
      name: "bits for nats",
      says: "Those are bits. The term was asked for in nats: natural logarithms, and no division.",
      planted: [termWith({ unit: 1 / Math.LN2 })],
    },
  ],
  notice:
    "σ_t² and the schedule are numbers; the only thing in it that a network can change is the squared error.",
  trials: [
    [0.5, 3, 0.2],
    [1.4, 2, 0.08],
    [0, 5, 0.3],
    [0.9, 5, 0.22],
  ].map(([squared, t, sigma2]) => termTrial(squared, t, sigma2)),
});

function termTrial(squared: number, t: number, sigma2: number): Trial {
  const schedule = scheduleFromBetas("exercise", [0.05, 0.1, 0.2, 0.25, 0.3, 0.4]);
  return {
    asked: `Your term with the squared error ${squared}, t = ${t} and σ² = ${sigma2}`,
    async ask(answer) {
      const term = called(answer, "(squared, t, schedule, sigma2) => …") as
        ((...given: Parameters<Term>) => unknown) | undefined;
      return numbersOf(term?.(squared, t, schedule, sigma2));
    },
  };
}

/** 03.3: the bound in bits from its terms in nats. */
interface Terms {
  readonly reconstruction: number;
  readonly kl: Float64Array;
  readonly prior: number;
}
type BoundInBits = (terms: Terms) => number;

const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);
const boundWith =
  (
    nats: (terms: Terms) => number,
    unit: (nats: number) => number = (value) => value / Math.LN2,
  ): BoundInBits =>
  (terms) =>
    unit(nats(terms));
const inNats = ({ reconstruction, kl, prior }: Terms): number => reconstruction - total(kl) - prior;

const boundInBits = compared({
  id: "03.3",
  title: "the bound in bits",
  solution: boundWith(inNats),
  misconceptions: [
    {
      name: "KL added",
      says: "A divergence is added. Each says how far a step of the model is from what it should be: can that make the model better?",
      planted: [
        boundWith(({ reconstruction, kl, prior }) => reconstruction + total(kl) + prior),
        boundWith(({ reconstruction, kl, prior }) => reconstruction + total(kl) - prior),
        boundWith(({ reconstruction, kl, prior }) => reconstruction - total(kl) + prior),
      ],
    },
    {
      name: "the loss",
      says: "That is the negative bound, a cost: what training makes small. The bound of the log-likelihood itself is asked for, which should be large.",
      planted: [boundWith((terms) => -inNats(terms))],
    },
    {
      name: "prior forgotten",
      says: "The last term is missing. It is small for a good schedule, and no network can change it; but without it the number is not a bound.",
      planted: [boundWith(({ reconstruction, kl }) => reconstruction - total(kl))],
    },
    {
      name: "mean instead of sum",
      says: "The KL terms are averaged over t. There is one for each reverse step, and the model must make all of the steps.",
      planted: [
        boundWith(({ reconstruction, kl, prior }) => reconstruction - total(kl) / kl.length - prior),
        boundWith(({ reconstruction, kl, prior }) => reconstruction - total(kl) / (kl.length - 1) - prior),
        boundWith(({ reconstruction, kl, prior }) => reconstruction - total(kl) / (kl.length - 2) - prior),
      ],
    },
    {
      name: "nats",
      says: "That is the bound in nats. Bits are logarithms of base 2: log₂ y = log y / log 2.",
      planted: [boundWith(inNats, (nats) => nats)],
    },
    {
      name: "multiplied by log 2",
      says: "Nats became bits the wrong way round. A bit is less than a nat, so the same information is more bits than nats.",
      planted: [boundWith(inNats, (nats) => nats * Math.LN2)],
    },
  ],
  notice:
    "One number judges the model, in units that do not depend on the schedule or the network. Pictures are compared by it, divided by the count of their values.",
  trials: [
    { reconstruction: 2.1, kl: Float64Array.of(0, 0, 0.9, 0.4, 0.2, 0.1), prior: 0.05 },
    { reconstruction: -0.7, kl: Float64Array.of(0, 0, 0.3, 0.8), prior: 0.4 },
  ].map(boundTrial),
});

function boundTrial({ reconstruction, kl: terms, prior }: Terms): Trial {
  return {
    asked: `Your bound with reconstruction ${reconstruction}, kl = [${terms.join(", ")}] and prior ${prior}`,
    async ask(answer) {
      const bound = called(answer, "({ reconstruction, kl, prior }) => …") as
        ((terms: Terms) => unknown) | undefined;
      return numbersOf(bound?.({ reconstruction, kl: terms.slice(), prior }));
    },
  };
}

/** The exercises of the notebook "03-elbo". */
export const elbo: readonly Exercise[] = [normalKl, boundTerm, boundInBits];
