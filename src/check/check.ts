import { InterruptedError } from "../notebook/host";
import { displaySymbol, type Displayable } from "../notebook/show";
import type { Exercise } from "./exercise";
import { exercises } from "./exercises";
import { FormError } from "./numbers";
import { outcome, type Outcome } from "./outcome";
import { TodoError } from "./todo";

/** An outcome that is on its way: `check(…)` and `await check(…)` as the last line of a cell are both shown. */
export type Checking = Promise<Outcome> & Displayable;

/** Checks the answer to an exercise of the notebooks.
 *
 *     check("01.1", noisingStep)
 *
 * A wrong answer, an error inside it or no answer at all never throws: the outcome says so.
 * @throws RangeError for an unknown exercise. */
export function check(id: string, answer: unknown): Checking {
  const exercise = exercises.find((candidate) => candidate.id === id);
  if (!exercise) {
    const known = exercises.map((candidate) => candidate.id).join(", ");
    throw new RangeError(`There is no exercise "${id}"; there are: ${known}.`);
  }
  return checkExercise(exercise, answer);
}

/** Checks an answer to an exercise that is not in the course's list. */
export function checkExercise(exercise: Exercise, answer: unknown): Checking {
  const work = judge(exercise, answer);
  return Object.assign(work, {
    [displaySymbol]: async () => (await work)[displaySymbol](),
  });
}

async function judge(exercise: Exercise, answer: unknown): Promise<Outcome> {
  const { id, title, notice } = exercise;
  const result = (facts: Omit<Outcome, "exercise" | typeof displaySymbol>): Outcome =>
    outcome({ exercise: id, ...facts }, title);
  try {
    const verdict = await exercise.examine(answer);
    if (!verdict)
      return result({ status: "unanswered", says: ["Write your answer above, and run both cells."] });
    if (verdict.right)
      return result({ status: "passed", says: verdict.report ? [verdict.report, notice] : [notice] });
    const { fault, misconception } = verdict;
    if (!misconception) return result({ status: "failed", says: [fault] });
    return result({ status: "failed", misconception: misconception.name, says: [misconception.says, fault] });
  } catch (error) {
    if (error instanceof InterruptedError) throw error;
    if (error instanceof TodoError) return result({ status: "unanswered", says: [error.message] });
    return result({ status: "failed", says: sentences(error) });
  }
}

/** What an error thrown by the answer tells a reader who is new to the language. */
const advice: Readonly<Record<string, string>> = {
  TypeError:
    "A value is of another kind than the line expects: often undefined (a wrong name or index), or a number where a tensor belongs.",
  ReferenceError:
    "A name is used that is not defined: look for a slip of the pen, or a cell above that has not been run.",
};

function sentences(error: unknown): string[] {
  if (error instanceof FormError) return [error.message];
  if (!(error instanceof Error)) return [`Your code stopped by throwing ${String(error)}.`];
  const hint = advice[error.name];
  return [`Your code stopped with ${error.name}: ${error.message}`, ...(hint ? [hint] : [])];
}
