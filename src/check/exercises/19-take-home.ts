import { called } from "../answers";
import { compared, type Trial } from "../compared";
import type { Exercise } from "../exercise";
import { FormError, numbersOf } from "../numbers";

/** 19.1: the variance of a best guess. */
type OfGuess = (loss: number) => unknown;

const guessWith =
  (variance: (loss: number) => number, correlation: (loss: number) => number): OfGuess =>
  (loss) => ({ variance: variance(loss), correlation: correlation(loss) });
const rest = (loss: number): number => 1 - loss;
const root = (loss: number): number => Math.sqrt(1 - loss);

const guess = compared({
  id: "19.1",
  title: "the variance of a best guess",
  solution: guessWith(rest, root),
  misconceptions: [
    {
      name: "unit normal",
      says: "A variance of 1 whatever the loss: that is what the statement says, and what the table does not. A best guess is a mean over all that might be, and means vary less.",
      planted: [
        guessWith(() => 1, root),
        guessWith(() => 1, rest),
        guessWith(
          () => 1,
          () => 1,
        ),
      ],
    },
    {
      name: "the error is added",
      says: "This would be right if the guess were the noise with an error added to it, independent of the noise. It is the other way round: the noise is the guess plus an error that is uncorrelated with the guess.",
      planted: [
        guessWith(
          (loss) => 1 + loss,
          (loss) => 1 / Math.sqrt(1 + loss),
        ),
        guessWith((loss) => 1 + loss, root),
        guessWith((loss) => 1 + loss, rest),
      ],
    },
    {
      name: "the loss itself",
      says: "The loss is the variance of what could not be guessed. What could be is the rest.",
      planted: [
        guessWith((loss) => loss, root),
        guessWith(
          (loss) => loss,
          (loss) => Math.sqrt(loss),
        ),
        guessWith((loss) => loss, rest),
      ],
    },
    {
      name: "the deviation",
      says: "This is the standard deviation of the guess. Its square is the variance.",
      planted: [guessWith(root, root), guessWith(root, rest)],
    },
    {
      name: "the covariance",
      says: "The variance is right. But what you call correlation is the covariance: divide it by both deviations, that of the guess and that of the noise (which is 1).",
      planted: [guessWith(rest, rest)],
    },
    {
      name: "a perfect guess",
      says: "A correlation of 1 would be a guess from which the noise can be computed exactly. Then the loss were 0.",
      planted: [guessWith(rest, () => 1)],
    },
  ],
  notice:
    "Variances add up: 1 = variance of the guess + loss. A network that made its predictions unit normal would have a larger loss than it needs.",
  trials: [0.3, 0.05, 0.9].map(guessTrial),
});

function guessTrial(loss: number): Trial {
  return {
    asked: `{ variance, correlation } for a loss of ${loss}`,
    async ask(answer) {
      const of = called(answer, "(loss) => ({ variance, correlation })") as OfGuess | undefined;
      return numbersOf(of?.(loss), ["variance", "correlation"]);
    },
  };
}

/** 19.2: what nothing else beats in both. */
interface Candidate {
  readonly name: string;
  readonly cost: number;
  readonly distance: number;
}
type Front = (rows: readonly Candidate[]) => unknown;
type Dominates = (a: Candidate, b: Candidate) => boolean;

const frontWith =
  (dominates: Dominates, order: (a: Candidate, b: Candidate) => number = (a, b) => a.cost - b.cost): Front =>
  (rows) =>
    rows
      .filter((row) => !rows.some((other) => other !== row && dominates(other, row)))
      .sort(order)
      .map(({ name }) => name);
const dominates: Dominates = (a, b) =>
  a.cost <= b.cost && a.distance <= b.distance && (a.cost < b.cost || a.distance < b.distance);

const front = compared({
  id: "19.2",
  title: "nothing is both cheaper and better",
  solution: frontWith(dominates),
  misconceptions: [
    {
      name: "the two extremes",
      says: "Only the cheapest and the best are there. What lies between may be cheaper than the best and better than the cheapest.",
      planted: [
        (rows: readonly Candidate[]) => {
          const cheapest = rows.reduce((a, b) => (b.cost < a.cost ? b : a));
          const best = rows.reduce((a, b) => (b.distance < a.distance ? b : a));
          return [...new Set([cheapest.name, best.name])];
        },
      ],
    },
    {
      name: "one winner",
      says: "There is one name only. Which of the others is best depends on what may be paid: keep all that nothing beats in both.",
      planted: [
        (rows: readonly Candidate[]) => [rows.reduce((a, b) => (b.distance < a.distance ? b : a)).name],
        (rows: readonly Candidate[]) => [rows.reduce((a, b) => (b.cost < a.cost ? b : a)).name],
        (rows: readonly Candidate[]) => [
          rows.reduce((a, b) => (b.cost * b.distance < a.cost * a.distance ? b : a)).name,
        ],
      ],
    },
    {
      name: "better in one is enough",
      says: "A way is thrown out as soon as another one is better in one of both. It has to be at most as dear and at most as far away.",
      planted: [frontWith((a, b) => a.cost < b.cost || a.distance < b.distance)],
    },
    {
      name: "ties are kept",
      says: "A way that costs the same as another one and is farther away (or is as far and dearer) is still there. Dominated also means: equal in one, and worse in the other.",
      planted: [frontWith((a, b) => a.cost < b.cost && a.distance < b.distance)],
    },
    {
      name: "equals throw each other out",
      says: "Two ways that are equal in both have thrown each other out. Neither is better than the other in anything.",
      planted: [frontWith((a, b) => a.cost <= b.cost && a.distance <= b.distance)],
    },
    {
      name: "another order",
      says: "The right names, in another order: the cheapest first.",
      planted: [
        frontWith(dominates, (a, b) => b.cost - a.cost),
        frontWith(dominates, () => 0),
        frontWith(dominates, (a, b) => a.name.localeCompare(b.name)),
      ],
    },
    {
      name: "the dominated ones",
      says: "These are the ones that are dominated; the others are asked for.",
      planted: [
        (rows: readonly Candidate[]) =>
          rows
            .filter((row) => rows.some((other) => dominates(other, row)))
            .sort((a, b) => a.cost - b.cost)
            .map(({ name }) => name),
      ],
    },
    {
      name: "large is good",
      says: "This is the front of the dearest and farthest ones. Both numbers are good if they are small.",
      planted: [frontWith((a, b) => dominates(b, a))],
    },
  ],
  notice:
    "It is called the Pareto front. A single number, such as quality by cost, would choose one of its ends for you without saying why.",
  trials: [
    frontTrial(
      ["h", 9, 9],
      ["b", 5, 5],
      ["g", 1, 9],
      ["d", 3, 6],
      ["e", 5, 7],
      ["a", 9, 1],
      ["k", 7, 5],
      ["f", 5, 5],
    ),
    frontTrial(["z", 2, 2], ["y", 1, 3], ["x", 3, 1], ["w", 3, 3]),
  ],
});

function frontTrial(...given: readonly (readonly [string, number, number])[]): Trial {
  const rows = given.map(([name, cost, distance]) => ({ name, cost, distance }));
  return {
    asked: `The front of ${given.map(([name, cost, distance]) => `${name} (${cost}, ${distance})`).join(", ")}, as places in this list from 0,`,
    async ask(answer) {
      const of = called(answer, "(rows) => names") as Front | undefined;
      const names = await of?.(rows.map((row) => ({ ...row })));
      if (names === undefined) return undefined;
      if (!Array.isArray(names)) throw new FormError("The answer is no array; give the names of the ways.");
      return numbersOf(names.map((name) => rows.findIndex((row) => row.name === name)));
    },
  };
}

export const takeHome: readonly Exercise[] = [guess, front];
