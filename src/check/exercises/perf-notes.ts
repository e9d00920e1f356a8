import { tf } from "../../backend";
import { compile } from "../../compile";
import { compared, type Trial } from "../compared";
import type { Exercise } from "../exercise";
import { FormError, numbersOf } from "../numbers";

/** P.1: a tensor whose largest number is above 10 is divided by it. */
type Clip = (a: tf.Tensor) => tf.Tensor;

const clipping = compared({
  id: "P.1",
  title: "clip without looking",
  solution: (a: tf.Tensor) => {
    const m = tf.max(a);
    return tf.div(a, tf.where(tf.greater(m, 10), m, 1));
  },
  misconceptions: [
    {
      name: "always divided",
      says: "Tensors whose largest number is 10 or less are divided, too. Their divisor must be 1.",
      planted: [
        (a: tf.Tensor) => tf.div(a, tf.max(a)),
        (a: tf.Tensor) => tf.div(a, tf.maximum(1, tf.max(a))),
      ],
    },
    {
      name: "divided by the bound",
      says: "What is above 10 is divided by 10, or brought down to 10. Divide by the largest number m: then the largest is 1.",
      planted: [
        (a: tf.Tensor) => tf.div(a, tf.where(tf.greater(tf.max(a), 10), 10, 1)),
        (a: tf.Tensor) => tf.div(a, tf.maximum(1, tf.div(tf.max(a), 10))),
      ],
    },
    {
      name: "number by number",
      says: "Each number is treated by itself. The largest number decides for the whole tensor.",
      planted: [
        (a: tf.Tensor) => tf.where(tf.greater(a, 10), tf.div(a, tf.max(a)), a),
        (a: tf.Tensor) => tf.minimum(a, 10),
      ],
    },
  ],
  notice: "The graph holds both cases, and the numbers choose. It is traced once for all of them.",
  trials: [
    [1, 2, 4],
    [5, 20, -40],
    [0, 12, 11],
  ].map(clipTrial),
});

function clipTrial(numbers: number[]): Trial {
  return {
    asked: `Your step, compiled, with [${numbers.join(", ")}]`,
    async ask(answer) {
      if (answer !== undefined && typeof answer !== "function") {
        throw new FormError("The answer should be a function (a) => …; pass its name without calling it.");
      }
      if (!answer) return undefined;
      const step = compile(answer as Clip);
      try {
        return await numbersOf(step(tf.tensor1d(numbers)));
      } finally {
        step.dispose();
      }
    },
  };
}

/** P.2: how often a step was traced, and what came out. */
interface Traced {
  readonly traces: number;
  readonly value: number;
}

const tracing = compared({
  id: "P.2",
  title: "traced again and again",
  solution: { traces: 1, value: 0.504 } satisfies Traced,
  misconceptions: [
    {
      name: "still a number",
      says: "The step is still traced at each call. Its rate must come as a tensor: tf.scalar(rate) at the call, tf.Tensor in the step.",
      planted: [{ traces: 3, value: 0.504 }],
    },
    {
      name: "the first rate for ever",
      says: "The step is traced once, but the rate of the first call has become a constant: it must be an argument of the step.",
      planted: [{ traces: 1, value: 0.729 }],
    },
    {
      name: "nothing assigned",
      says: "The variable has kept its 1. The step must give it its new value: v.assign(…).",
      planted: [
        { traces: 1, value: 1 },
        { traces: 3, value: 1 },
      ],
    },
  ],
  notice: "Three rates, one graph: what changes from call to call is a tensor.",
  trials: [
    {
      asked: "[traces, v] after the rates 0.1, 0.2 and 0.3, from v = 1,",
      ask(answer) {
        const given = typeof answer === "function" ? (answer as () => unknown)() : answer;
        if (given === undefined) return Promise.resolve(undefined);
        const { traces, value } = given as Partial<Traced>;
        if (typeof traces !== "number" || typeof value !== "number") {
          throw new FormError(
            "The answer should be { traces, value }: how often it was traced, and the number in v.",
          );
        }
        return Promise.resolve([traces, value]);
      },
    },
  ],
});

/** The exercises of the notebook "perf-notes". */
export const perfNotes: readonly Exercise[] = [clipping, tracing];
