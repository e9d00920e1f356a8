import type { Parameters } from "./parameters";

/** A part of a network, for its summary. */
export interface Part {
  readonly name: string;
  /** Of what it gives for one sample, such as [height, width, channels]. */
  readonly shape: readonly number[];
  /** The numbers in it that are learned. */
  readonly parameters: number;
  /** Floating point operations for one sample; a multiplication and an addition count as two. */
  readonly flops: number;
}

/** Notes the parts of a network while they are made. Each number of a matrix or filter is used once for each place of the
 * part's result, times two for multiplying and adding; what else a part does comes with it.
 * @param own of the part's operations that no parameter takes part in, as in attention */
export function partList(parameters: Parameters): {
  readonly parts: Part[];
  readonly part: <Made>(name: string, shape: readonly number[], make: () => Made, own?: number) => Made;
} {
  const parts: Part[] = [];
  return {
    parts,
    part: (name, shape, make, own = 0) => {
      const before = parameters.variables.length;
      const made = make();
      const added = parameters.variables.slice(before).map((variable, i) => ({
        size: variable.size,
        rank: variable.rank,
        name: parameters.names[before + i],
      }));
      const places = shape.slice(0, -1).reduce((product, size) => product * size, 1);
      // The time's layers in a block run once for a sample, not for each of its pixels.
      const uses = (parameter: (typeof added)[number]): number =>
        parameter.rank < 2 || parameter.name.endsWith("/table")
          ? 0
          : parameter.name.endsWith("/time/weights")
            ? 1
            : places;
      parts.push({
        name,
        shape,
        parameters: added.reduce((sum, { size }) => sum + size, 0),
        flops: own + added.reduce((sum, each) => sum + 2 * each.size * uses(each), 0),
      });
      return made;
    },
  };
}

/** The parts of a network, and what they have together. */
export const partTotals = (
  parts: readonly Part[],
): { readonly parts: readonly Part[]; readonly parameterCount: number; readonly flops: number } => ({
  parts,
  parameterCount: parts.reduce((sum, each) => sum + each.parameters, 0),
  flops: parts.reduce((sum, each) => sum + each.flops, 0),
});
