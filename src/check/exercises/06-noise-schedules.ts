import { linearSchedule } from "../../schedule";
import { called } from "../answers";
import { compared, type Trial } from "../compared";
import type { Exercise } from "../exercise";
import { numbersOf } from "../numbers";

const { exp, log, sqrt } = Math;

/** 06.1: the first t at which a frequency of this power is below the noise; alpha[t] is α_t. */
type DrownsAt = (power: number, alpha: readonly number[]) => unknown;

const firstWhere =
  (drowned: (power: number, alpha: number) => boolean): DrownsAt =>
  (power, alpha) =>
    alpha.findIndex((value) => drowned(power, value));

const drownsAt = compared({
  id: "06.1",
  title: "when a frequency drowns",
  solution: firstWhere((power, alpha) => alpha * power < 1 - alpha),
  misconceptions: [
    {
      name: "noise at full strength",
      says: "You compare the signal with noise of power 1. At step t the noise is not yet that strong: it grows, too.",
      planted: [firstWhere((power, alpha) => alpha * power < 1)],
    },
    {
      name: "amplitude for power",
      says: "A power is compared with an amplitude: somewhere there is a root too many or too few. α_t and 1-α_t are factors of powers (variances); their roots are factors of amplitudes.",
      planted: [
        firstWhere((power, alpha) => alpha * sqrt(power) < 1 - alpha),
        firstWhere((power, alpha) => sqrt(alpha) * power < sqrt(1 - alpha)),
      ],
    },
    {
      name: "the last step above",
      says: "That is the last step at which the frequency is still above the noise, one too early. The question is for the first step at which it is below.",
      planted: [
        (power, alpha) => alpha.findIndex((value) => value * power < 1 - value) - 1,
      ] satisfies DrownsAt[],
    },
    {
      name: "power left out",
      says: "Your step is the same for every power. A strong frequency stays above the noise for longer.",
      planted: [firstWhere((_, alpha) => alpha < 1 - alpha)],
    },
    {
      name: "noise forgotten",
      says: "You compare what is left of the signal with the signal itself. It drowns when it is weaker than the noise at the same step.",
      planted: [firstWhere((power, alpha) => alpha < power), firstWhere((power, alpha) => 1 - alpha > power)],
    },
  ],
  notice:
    "It is the step at which SNR(t) = 1/P: weak frequencies, the fine detail of a picture, drown first, and generation brings them back last.",
  trials: [30, 0.6, 0.004].map(drownTrial),
});

function drownTrial(power: number): Trial {
  const alpha = [...linearSchedule(1000).alpha];
  return {
    asked: `Your function with power = ${power} and the alpha of linearSchedule(1000)`,
    ask(answer) {
      const drowns = called(answer, "(power, alpha) => …") as DrownsAt | undefined;
      return numbersOf(drowns?.(power, alpha));
    },
  };
}

/** 06.2: a variance between β̃_t and β_t; beta[t] is β_t, and tilde[t] is β̃_t. */
type Between = (v: number, t: number, beta: readonly number[], tilde: readonly number[]) => unknown;

const betweenWith =
  (
    mix: (v: number, beta: number, tilde: number) => number,
    least = (t: number, tilde: readonly number[]): number => tilde[Math.max(t, 2)],
  ): Between =>
  (v, t, beta, tilde) =>
    mix(v, beta[t], least(t, tilde));
const atItself = (t: number, tilde: readonly number[]): number => tilde[t];
const inLog = (v: number, beta: number, tilde: number): number => exp(v * log(beta) + (1 - v) * log(tilde));

const between = compared({
  id: "06.2",
  title: "a variance between two",
  solution: betweenWith(inLog),
  tolerance: 1e-6,
  misconceptions: [
    {
      name: "mixed without the log",
      says: "You mixed the variances themselves. The two may differ by a factor of many; half way between them, as a factor, is half way in the log.",
      planted: [
        betweenWith((v, beta, tilde) => v * beta + (1 - v) * tilde),
        betweenWith((v, beta, tilde) => v * beta + (1 - v) * tilde, atItself),
      ],
    },
    {
      name: "v the wrong way round",
      says: "v = 1 must give β_t and v = 0 must give β̃_t; yours does it the other way round.",
      planted: [
        betweenWith((v, beta, tilde) => inLog(1 - v, beta, tilde)),
        betweenWith((v, beta, tilde) => inLog(1 - v, beta, tilde), atItself),
      ],
    },
    {
      name: "log of zero",
      says: "At t = 1 your variance is 0, or all of β_1: β̃_1 = 0, and its log is -∞. The least variance of the first step needs a stand-in: take that of the step after it.",
      planted: [
        betweenWith(inLog, atItself),
        (v, t, beta, tilde) => (t === 1 ? beta[1] : inLog(v, beta[t], tilde[t])),
      ] satisfies Between[],
    },
    {
      name: "deviation for variance",
      says: "That is a standard deviation. β_t, β̃_t and what lies between them are variances: no root.",
      planted: [betweenWith((v, beta, tilde) => sqrt(inLog(v, beta, tilde)))],
    },
    {
      name: "still a logarithm",
      says: "That is the logarithm of the variance: one function is missing at the end.",
      planted: [betweenWith((v, beta, tilde) => v * log(beta) + (1 - v) * log(tilde))],
    },
  ],
  notice:
    "Whatever v a network gives, the variance is positive, and v between 0 and 1 stays between the two extremes.",
  trials: [
    [0.3, 1],
    [0.3, 2],
    [0.8, 4],
  ].map(([v, t]) => betweenTrial(v, t)),
});

function betweenTrial(v: number, t: number): Trial {
  const beta = [0, 0.05, 0.1, 0.2, 0.4];
  const tilde = [0, 0, 0.0345, 0.0918, 0.2161];
  return {
    asked: `Your variance with v = ${v}, t = ${t}, beta = [${beta.join(", ")}] and tilde = [${tilde.join(", ")}]`,
    ask(answer) {
      const variance = called(answer, "(v, t, beta, tilde) => …") as Between | undefined;
      return numbersOf(variance?.(v, t, beta, tilde));
    },
  };
}

/** 06.3: log SNR from the values of any increasing function. */
type Stretch = (g: readonly number[], from: number, to: number) => unknown;

const stretchWith =
  (value: (g: number, first: number, last: number, from: number, to: number) => number): Stretch =>
  (g, from, to) =>
    g.map((one) => value(one, g[0], g[g.length - 1], from, to));
const share = (g: number, first: number, last: number): number => (g - first) / (last - first);

const stretch = compared({
  id: "06.3",
  title: "end points that stay",
  solution: stretchWith((g, first, last, from, to) => from + (to - from) * share(g, first, last)),
  misconceptions: [
    {
      name: "the last end drifts",
      says: "It begins where it should, but ends wherever g takes it. If g grows while it is learned, so does the range: divide by how far g rises in all.",
      planted: [
        stretchWith((g, first, _, from, to) => from + (to - from) * (g - first)),
        stretchWith((g, first, _, from) => from - (g - first)),
        stretchWith((g, first, last, from, to) => from + ((to - from) * (g - first)) / last),
      ],
    },
    {
      name: "not shifted",
      says: "It does not begin at the given value: g does not begin at 0. Take away g[0] first, then both ends can be pinned.",
      planted: [
        stretchWith((g, _, last, from, to) => from + ((to - from) * g) / last),
        stretchWith((g, first, last, from, to) => from + ((to - from) * g) / (last - first)),
        stretchWith((g, _first, _last, from, to) => from + (to - from) * g),
      ],
    },
    {
      name: "log SNR that rises",
      says: "Your log SNR grows with u, as g does. Noise is added along the way, so it must fall, from the first value to the second.",
      planted: [
        stretchWith((g, first, last, from, to) => to + (from - to) * share(g, first, last)),
        stretchWith((g, first, last, from, to) => from - (to - from) * share(g, first, last)),
      ],
    },
    {
      name: "SNR for log SNR",
      says: "These are the SNR, not their logarithms, or the logarithm was taken once too often. `from` and `to` are log SNR already.",
      planted: [
        stretchWith((g, first, last, from, to) => exp(from + (to - from) * share(g, first, last))),
        stretchWith((g, first, last, from, to) => exp(from) + (exp(to) - exp(from)) * share(g, first, last)),
      ],
    },
  ],
  notice:
    "What the network learns is only the path. The ends, and with them the meaning of the bound, are out of its reach.",
  trials: [stretchTrial([0.5, 0.8, 1.5, 3], 6, -4), stretchTrial([-1, -0.4, 0, 0.2, 0.9], 5, -9)],
});

function stretchTrial(g: readonly number[], from: number, to: number): Trial {
  return {
    asked: `Your log SNR with g = [${g.join(", ")}], from = ${from} and to = ${to}`,
    ask(answer) {
      const stretched = called(answer, "(g, from, to) => …") as Stretch | undefined;
      return numbersOf(stretched?.(g, from, to));
    },
  };
}

/** The exercises of the notebook "06-noise-schedules". */
export const noiseSchedules: readonly Exercise[] = [drownsAt, between, stretch];
