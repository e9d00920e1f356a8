import type { tf } from "../backend/tf";

/** Gives variables the values of tensors of the same names: all of them, or none if anything does not fit.
 * @param variables such as the parameters of a network and the state of its optimizer
 * @param tensors as loaded; they stay the caller's
 * @throws RangeError that lists what is missing, what nobody asked for, and which shapes or types differ */
export function restore(
  variables: Readonly<Record<string, tf.Variable>>,
  tensors: Readonly<Record<string, tf.Tensor>>,
): void {
  const wanted = Object.keys(variables);
  const both = wanted.filter((name) => Object.hasOwn(tensors, name));
  const problems = [
    list("missing", wanted.filter((name) => !Object.hasOwn(tensors, name)).map(quote)),
    list(
      "superfluous",
      Object.keys(tensors)
        .filter((name) => !Object.hasOwn(variables, name))
        .map(quote),
    ),
    list(
      "different",
      both.flatMap((name) => difference(name, variables[name], tensors[name])),
    ),
    list(
      "disposed of",
      both.filter((name) => variables[name].isDisposed || tensors[name].isDisposed).map(quote),
    ),
  ].filter((problem) => problem !== undefined);
  if (problems.length > 0) {
    throw new RangeError(
      `The tensors do not fit the variables, none of which has been changed. ${problems.join(" ")}`,
    );
  }
  for (const name of wanted) variables[name].assign(tensors[name]);
}

const quote = (name: string): string => JSON.stringify(name);

function difference(name: string, variable: tf.Variable, tensor: tf.Tensor): string[] {
  const [found, needed] = [describe(tensor), describe(variable)];
  return found === needed ? [] : [`${quote(name)} is ${found} instead of ${needed}`];
}

const describe = ({ dtype, shape }: tf.Tensor): string => `${dtype} [${shape.join(", ")}]`;

/** The first five, and how many there are. */
function list(title: string, items: readonly string[]): string | undefined {
  if (items.length === 0) return undefined;
  const more = items.length > most ? `, and ${items.length - most} more` : "";
  return `${items.length} ${title}: ${items.slice(0, most).join(", ")}${more}.`;
}

const most = 5;
