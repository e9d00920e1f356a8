import { tf } from "../backend";
import { FormError, numbersOf } from "./numbers";

/** The answer as a function; undefined if there is no answer yet.
 * @throws FormError for anything else */
export function called(answer: unknown, signature: string): unknown {
  if (answer === undefined || typeof answer === "function") return answer;
  throw new FormError(`The answer should be a function ${signature}; pass its name without calling it.`);
}

/** The numbers that a formula gives for each entry of lists of equal length. It may be written for tensors or for numbers: on
 * tensors, + and * make NaN or text; a formula written for numbers is just as right on numbers. */
export async function elementwise(
  formula: (...values: tf.Tensor[]) => unknown,
  ...lists: readonly (readonly number[])[]
): Promise<number[] | undefined> {
  const given = await formula(...lists.map((list) => tf.tensor1d([...list])));
  if (typeof given !== "string" && !Number.isNaN(given)) return numbersOf(given);
  const ofNumbers = formula as unknown as (...values: number[]) => unknown;
  return numbersOf(lists[0].map((_, i) => ofNumbers(...lists.map((list) => list[i]))));
}
