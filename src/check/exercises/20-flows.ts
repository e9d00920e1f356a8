import { called } from "../answers";
import { compared, type Trial } from "../compared";
import type { Exercise } from "../exercise";
import { numbersOf } from "../numbers";

/** 20.1: x̂ from z_t and the velocity û = ε̂ - x̂. */
type FromVelocity = (z: number, velocity: number, alpha: number) => number;

/** The planted answers differ from the solution in one part each; n is √α + √(1-α). */
const fromVelocity =
  (of: (z: number, velocity: number, a: number, b: number, n: number) => number): FromVelocity =>
  (z, velocity, alpha) => {
    const [a, b] = [Math.sqrt(alpha), Math.sqrt(1 - alpha)];
    return of(z, velocity, a, b, a + b);
  };

const guess = compared({
  id: "20.1",
  title: "the data from the velocity",
  solution: fromVelocity((z, velocity, _, b, n) => (z - b * velocity) / n),
  misconceptions: [
    {
      name: "the other end",
      says: "That is ε̂, the other end of the path: the velocity leads from the data to the noise. To find the data, go against it.",
      planted: [fromVelocity((z, velocity, a, _, n) => (z + a * velocity) / n)],
    },
    {
      name: "along the velocity",
      says: "You go on towards the noise. The velocity ε̂ - x̂ leads away from the data: to find them, go against it.",
      planted: [
        fromVelocity((z, velocity, _, b, n) => (z + b * velocity) / n),
        fromVelocity((z, velocity, _, b) => z + b * velocity),
      ],
    },
    {
      name: "taken for the noise",
      says: "That is right if ε̂ is predicted: (z - √(1-α) ε̂)/√α. The velocity is ε̂ - x̂. Put ε̂ = x̂ + û into z = √α x̂ + √(1-α) ε̂, and see what then stands before x̂.",
      planted: [fromVelocity((z, velocity, a, b) => (z - b * velocity) / a)],
    },
    {
      name: "taken for v",
      says: "That is right if v = √α ε - √(1-α) x is predicted, for which √α and √(1-α) are squared and add up to 1. Here they are added as they are.",
      planted: [fromVelocity((z, velocity, a, b) => a * z - b * velocity)],
    },
    {
      name: "z taken for y",
      says: "z is not on the straight path: its weights √α and √(1-α) add up to more than 1. Divide it by their sum, and y = (1-τ) x + τ ε is.",
      planted: [
        fromVelocity((z, velocity, _, b, n) => z - (b / n) * velocity),
        fromVelocity((z, velocity, _, b) => z - b * velocity),
      ],
    },
    {
      name: "τ without the sum",
      says: "y is right, and the way back too long: on the path z/(√α + √(1-α)) lies at τ = √(1-α)/(√α + √(1-α)), so √(1-α) is divided by the sum, too.",
      planted: [
        fromVelocity((z, velocity, _, b, n) => z / n - b * velocity),
        fromVelocity((z, velocity, _, b, n) => z / n - b ** 2 * velocity),
      ],
    },
  ],
  notice:
    "x̂ = y - τ û: from where you are, against the velocity, for as long as you have been on the way. Nothing is divided by √α, so it holds where nothing is left of the data, too.",
  trials: [
    [0.7, -1.1, 0.64],
    [-1.4, 0.3, 0.1],
    [0.2, 2, 0],
  ].map(([z, velocity, alpha]): Trial => ({
    asked: `Your x̂ for z = ${z}, û = ${velocity} and α = ${alpha}`,
    async ask(answer) {
      const x = called(answer, "(z, velocity, alpha) => x̂") as FromVelocity | undefined;
      return numbersOf(x?.(z, velocity, alpha));
    },
  })),
});

/** 20.2: a step of Euler's method on the path, from τ to an earlier one. */
type EulerStep = (y: number, guess: number, from: number, to: number) => number;
const step = (of: EulerStep): EulerStep => of;

const eulerStep = compared({
  id: "20.2",
  title: "a step along the velocity",
  solution: step((y, x, from, to) => y + ((to - from) * (y - x)) / from),
  misconceptions: [
    {
      name: "away from the data",
      says: "The step goes towards the noise. τ falls while samples are made: the step is the velocity times (to - from), which is negative.",
      planted: [step((y, x, from, to) => y + ((from - to) * (y - x)) / from)],
    },
    {
      name: "a distance for a velocity",
      says: "y - x̂ is the way from the data to y, for which τ was needed; the velocity is (y - x̂)/τ.",
      planted: [step((y, x, from, to) => y + (to - from) * (y - x))],
    },
    {
      name: "velocity at the end",
      says: "You divide by the τ to which the step leads. Euler's method takes the velocity where the step begins; at the last step, to τ = 0, yours would be infinite.",
      planted: [step((y, x, from, to) => y + ((to - from) * (y - x)) / to)],
    },
    {
      name: "all the way",
      says: "That is x̂, the end of the straight path as it looks from here. But x̂ is a mean over all data that may be meant: go only as far as `to`, and look again.",
      planted: [step((_, x) => x)],
    },
    {
      name: "x̂ noised by y",
      says: "y is mixed as if it were noise: (1-τ) x̂ + τ ε̂ needs ε̂, which is what x̂ leaves of y: ε̂ = x̂ + (y - x̂)/τ.",
      planted: [step((y, x, _, to) => (1 - to) * x + to * y)],
    },
  ],
  notice:
    "It is (1-r) x̂ + r y with r = to/from: between where you are and where you believe to end, in the proportion of the times. DDIM makes the same step in z, and so does Euler's method in σ.",
  trials: [
    [1.2, 0.4, 0.8, 0.6],
    [-0.7, 0.5, 0.5, 0.1],
    [0.9, -0.2, 0.2, 0],
  ].map(([y, x, from, to]): Trial => ({
    asked: `Your y at τ = ${to}, from y = ${y} at τ = ${from} with x̂ = ${x}`,
    async ask(answer) {
      const next = called(answer, "(y, guess, from, to) => y") as EulerStep | undefined;
      return numbersOf(next?.(y, x, from, to));
    },
  })),
});

/** 20.3: how much a squared error of x̂ counts in the loss of the velocity. */
type Counted = (alpha: number) => number;
const counted =
  (of: (a: number, b: number) => number): Counted =>
  (alpha) =>
    of(Math.sqrt(alpha), Math.sqrt(1 - alpha));

const weight = compared({
  id: "20.3",
  title: "what the loss of the velocity counts",
  solution: counted((a, b) => ((a + b) / b) ** 2),
  misconceptions: [
    {
      name: "an error, not its square",
      says: "û is off by (√α + √(1-α))/√(1-α) times as much as x̂. The loss is its square.",
      planted: [counted((a, b) => (a + b) / b)],
    },
    {
      name: "the loss of the noise",
      says: "That is SNR, what a network counts that predicts the noise: ε̂ is off by √α/√(1-α) as much as x̂. But û = ε̂ - x̂, and both are off, in opposite directions.",
      planted: [counted((a, b) => (a / b) ** 2)],
    },
    {
      name: "both squares added",
      says: "You have added the squares, as for errors that have nothing to do with each other: that is the loss of v. Here the errors of ε̂ and x̂ are one: add first, then square.",
      planted: [counted((_, b) => 1 / b ** 2)],
    },
    {
      name: "errors that cancel",
      says: "The errors do not cancel: if x̂ is too large, ε̂ is too small, since both must make the same z. In ε̂ - x̂ they add up.",
      planted: [counted((a, b) => (a / b - 1) ** 2)],
    },
    {
      name: "the other way round",
      says: "That is how much an error of û counts in the loss of x̂. Asked is the opposite.",
      planted: [counted((a, b) => (b / (a + b)) ** 2)],
    },
    {
      name: "measured in the noise",
      says: "That is in units of ‖ε - ε̂‖². In units of ‖x - x̂‖², the sum is divided by √(1-α).",
      planted: [counted((a, b) => ((a + b) / a) ** 2)],
    },
  ],
  notice:
    "It is 1/τ². The noise counts SNR, v counts SNR + 1, and the flow (√SNR + 1)²: at small τ all are alike, and at τ = 1 the noise counts nothing, the other two 1.",
  trials: [0.36, 0.9, 0].map((alpha): Trial => ({
    asked: `Your weight for α = ${alpha}`,
    async ask(answer) {
      const of = called(answer, "(alpha) => weight") as Counted | undefined;
      return numbersOf(of?.(alpha));
    },
  })),
});

/** Exercises of notebook 20, "From diffusion to flows". */
export const flows: readonly Exercise[] = [guess, eulerStep, weight];
