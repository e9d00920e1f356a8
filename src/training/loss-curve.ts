import { lines, type Figure } from "../plot";
import { checkInteger } from "../errors";

/** The losses of training as a curve, each point the mean over a hundredth of the steps: single losses vary with the times and
 * the noise that were drawn.
 * @param steps how far the axis goes; as far as there are losses if omitted
 * @throws RangeError if there are no losses */
export function lossCurve(losses: ArrayLike<number>, steps: number = losses.length): Figure {
  checkInteger("the number of losses", losses.length, 1);
  const size = Math.max(1, Math.ceil(losses.length / 100));
  const means = Array.from({ length: Math.floor(losses.length / size) }, (_, i) => {
    let sum = 0;
    for (let j = i * size; j < (i + 1) * size; j++) sum += losses[j];
    return { x: (i + 0.5) * size, y: sum / size };
  });
  const name = size === 1 ? "each step" : `mean of ${size} steps`;
  return lines([{ name, x: means.map(({ x }) => x), y: means.map(({ y }) => y) }], {
    title: "Loss while training",
    x: { title: "training step", unit: "steps", domain: [0, steps] },
    y: { title: "loss", unit: null },
    legend: "loss",
    height: 220,
  });
}
