import type { tf } from "../backend/tf";
import { byName, type Network } from "../network";
import type { MovingAverage, Optimizer } from "../optimizer";

/** All that a training step changes, by name: what a checkpoint has to hold for training to go on as if nothing had happened.
 * @returns `network/…`, `optimizer/…` and `average/…` */
export function trainingState({
  network,
  optimizer,
  average,
}: {
  readonly network: Pick<Network, "names" | "parameters">;
  readonly optimizer: Optimizer;
  readonly average?: MovingAverage;
}): Record<string, tf.Variable> {
  const named = (part: string, variables: Readonly<Record<string, tf.Variable>>): [string, tf.Variable][] =>
    Object.entries(variables).map(([name, variable]) => [`${part}/${name}`, variable]);
  return Object.fromEntries([
    ...named("network", byName(network, network.parameters)),
    ...named("optimizer", optimizer.state),
    ...(average ? named("average", average.state) : []),
  ]);
}
