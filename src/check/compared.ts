import type { Exercise, Misconception, Verdict } from "./exercise";
import { close } from "./numbers";

/** One question put to an answer. */
export interface Trial {
  /** What was asked, as the reader would write it: "kernel(1.5, t = 3)". */
  readonly asked: string;
  /** Asks it: the numbers that come out, or undefined if there is no answer yet. */
  ask(answer: unknown): Promise<number[] | undefined>;
}

export interface ComparedOptions extends Omit<Exercise, "examine"> {
  readonly trials: readonly Trial[];
  /** Relative above 1, absolute below. */
  readonly tolerance?: number;
}

/** An exercise whose answer is right if it gives the same numbers as the solution in every trial. A wrong answer shows a
 * misconception if it gives the same numbers as one of its planted answers. */
export function compared({ trials, tolerance = 1e-4, ...exercise }: ComparedOptions): Exercise {
  const ask = async (answer: unknown): Promise<number[][] | undefined> => {
    const seen: number[][] = [];
    for (const trial of trials) {
      const numbers = await trial.ask(answer);
      if (numbers === undefined) return undefined;
      seen.push(numbers);
    }
    return seen;
  };
  const same = (seen: number[][], others: number[][]): boolean =>
    seen.every((numbers, i) => close(numbers, others[i], tolerance));
  const recognise = async (seen: number[][]): Promise<Misconception | undefined> => {
    for (const misconception of exercise.misconceptions) {
      for (const planted of misconception.planted) {
        if (same(seen, (await ask(planted))!)) return misconception;
      }
    }
    return undefined;
  };
  return {
    ...exercise,
    async examine(answer: unknown): Promise<Verdict | undefined> {
      const seen = await ask(answer);
      if (seen === undefined) return undefined;
      const wanted = (await ask(exercise.solution))!;
      if (same(seen, wanted)) return { right: true };
      const off = seen.findIndex((numbers, i) => !close(numbers, wanted[i], tolerance));
      const fault = faultOf(trials[off].asked, seen[off], wanted[off]);
      const misconception = await recognise(seen);
      return { right: false, fault, ...(misconception && { misconception }) };
    },
  };
}

function faultOf(asked: string, seen: readonly number[], wanted: readonly number[]): string {
  if (seen.length !== wanted.length) {
    return `${asked} gives ${count(seen.length)}, and ${count(wanted.length)} should come.`;
  }
  if (seen.some(Number.isNaN)) {
    return `${asked} gives NaN: look for the root of a negative number, 0/0, an index outside an array, or + and * between tensors (they need tf.add and tf.mul).`;
  }
  return `${asked} gives ${list(seen)}, and it should be ${list(wanted)}.`;
}

const count = (numbers: number): string => (numbers === 1 ? "one number" : `${numbers} numbers`);

function list(numbers: readonly number[]): string {
  const texts = numbers.slice(0, 4).map((value) => String(Number(value.toPrecision(4))));
  if (numbers.length > 4) texts.push("…");
  return texts.length === 1 ? texts[0] : `[${texts.join(", ")}]`;
}
