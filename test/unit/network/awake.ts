import { randomNormal, tf, type Network } from "diffusion";

/** Fills the parameters that a network begins with as zeros, so that every part shows in the result. */
export function awaken<N extends Pick<Network, "parameters">>(network: N): N {
  network.parameters.forEach((parameter, i) => {
    const zero = parameter.dataSync().every((value) => value === 0);
    if (zero) parameter.assign(randomNormal(parameter.shape as [number], 100 + i).mul(0.1));
  });
  return network;
}

/** Compares the gradient of a loss, along a random direction of each parameter, with finite differences.
 * @param loss of the given parameters, or of the network's own
 * @param looked whether a parameter of this name is to be looked at */
export function expectGradients(
  { parameters, names }: Pick<Network, "parameters" | "names">,
  loss: (parameters?: readonly tf.Tensor[]) => tf.Scalar,
  looked: (name: string) => boolean = () => true,
): void {
  const { grads } = tf.variableGrads(() => loss(), [...parameters]);
  parameters.forEach((parameter, i) => {
    if (!looked(names[i])) return;
    const along = randomNormal(parameter.shape as [number], 200 + i).div(Math.sqrt(parameter.size));
    const at = (shift: number): number => {
      const moved = parameters.map((each, j) => (i === j ? each.add(along.mul(shift)) : each));
      return loss(moved).dataSync()[0];
    };
    // Of fourth order: a step that is large enough for float32 bends too much for the second.
    const across = (step: number): number => at(step) - at(-step);
    const difference = (8 * across(0.05) - across(0.1)) / (12 * 0.05);
    const slope = grads[parameter.name].mul(along).sum().dataSync()[0];
    const off = Math.abs(slope - difference);
    expect({ name: names[i], off: off > 0.01 * (1 + Math.abs(slope)) ? off : 0 }).toEqual({
      name: names[i],
      off: 0,
    });
  });
}
