import { tf } from "../backend/tf";
import { foldIn, randomNormal, type Seed } from "../random";

/** A parameter's place: gives its value among those with which a network is run. */
export type Place = (values: readonly tf.Tensor[]) => tf.Tensor;

/** The parameters of a network while it is put together, each with a name by which a checkpoint knows it. */
export interface Parameters {
  readonly variables: readonly tf.Variable[];
  /** In the order of the variables. */
  readonly names: readonly string[];
  /** Normal numbers with the given standard deviation; zeros for a deviation of 0.
   * @throws RangeError for a name that is taken */
  normal(name: string, shape: readonly number[], deviation: number): Place;
  /** One value everywhere.
   * @throws RangeError for a name that is taken */
  filled(name: string, shape: readonly number[], value: number): Place;
}

/** @param seed of all of them: each parameter's numbers depend on its place in the order alone */
export function parameterList(seed: Seed): Parameters {
  const variables: tf.Variable[] = [];
  const names: string[] = [];
  const add = (name: string, value: () => tf.Tensor): Place => {
    if (names.includes(name))
      throw new RangeError(`There are two parameters "${name}"; use another name for each.`);
    const place = variables.length;
    names.push(name);
    variables.push(tf.tidy(() => tf.variable(value())));
    return (values) => values[place];
  };
  return {
    variables,
    names,
    normal: (name, shape, deviation) => {
      if (deviation === 0) return add(name, () => tf.zeros([...shape]));
      const place = foldIn(seed, variables.length);
      return add(name, () => randomNormal([...shape] as [number], place).mul(deviation));
    },
    filled: (name, shape, value) => add(name, () => tf.fill([...shape], value)),
  };
}

/** The same list, for parameters that are to be learned more slowly: each is kept as a multiple of its value. Adam moves every number by
 * about the learning rate, whatever the gradient's size, so that the value moves by so many times less (Karras et al. 2018,
 * "Progressive growing of GANs", section 4.1: equalized learning rate). */
export function slower(parameters: Parameters, factor: number): Parameters {
  const place = (kept: Place): Place => {
    return (values) => kept(values).div(factor);
  };
  return {
    variables: parameters.variables,
    names: parameters.names,
    normal: (name, shape, deviation) => place(parameters.normal(name, shape, deviation * factor)),
    filled: (name, shape, value) => place(parameters.filled(name, shape, value * factor)),
  };
}
