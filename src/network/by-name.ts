import type { tf } from "../backend/tf";

/** Values in the order of a network's parameters, such as these themselves or their averages, by the names of the parameters. */
export function byName(
  { names }: { readonly names: readonly string[] },
  values: readonly tf.Variable[],
): Record<string, tf.Variable> {
  return Object.fromEntries(names.map((name, i) => [name, values[i]]));
}
