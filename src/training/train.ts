import { tf } from "../backend/tf";
import { checkInteger } from "../errors";
import { progress, type ProgressOptions } from "../progress";
import { lossCurve } from "./loss-curve";

export interface TrainOptions extends Pick<ProgressOptions, "label" | "screen" | "every"> {
  /** How often the step is called. */
  readonly steps: number;
  /** The live picture: called when one is drawn, which takes at most a tenth of the time; the losses so far if omitted. */
  readonly picture?: () => unknown;
}

/** What training has left besides the parameters. */
export interface Training {
  /** The loss of each step. */
  readonly losses: Float32Array;
}

/** Repeats a training step, with progress, the loss and a live picture on the screen (lecture, Algorithm 18.1: "repeat … until
 * converged"). An interrupt of the cell ends it between two steps: the parameters keep what they have learned so far, and
 * running the cell again goes on from there.
 * @param step makes one step, and returns its loss: a scalar, which is disposed of here
 * @throws RangeError for a bad number of steps, or as soon as a loss is not finite; InterruptedError */
export async function train(step: () => tf.Tensor, options: TrainOptions): Promise<Training> {
  const { steps, label = "training", picture, ...display } = options;
  checkInteger("steps", steps, 1);
  const losses = new Float32Array(steps);
  const bar = progress(steps, { label, ...display });
  let shown = 0;
  for await (const i of bar) {
    const loss = tf.tidy(() => step().dataSync()[0]);
    if (!Number.isFinite(loss)) throw new RangeError(divergedAt(i, loss));
    losses[i - 1] = loss;
    shown = i === 1 ? loss : shown + (loss - shown) * Math.max(0.02, 1 / i);
    bar.report({ loss: shown });
    // Not at once: the first losses say nothing, and a curve needs some.
    if (i === 10) bar.picture(picture ?? ((): unknown => lossCurve(losses.subarray(0, i), steps)));
    if (i > 10 && !picture) bar.picture((): unknown => lossCurve(losses.subarray(0, i), steps));
  }
  return { losses };
}

const divergedAt = (step: number, loss: number): string =>
  `The loss is ${loss} at step ${step}: training has diverged. Use a smaller learning rate, or clip the gradients, and make ` +
  "the network anew, since its parameters are not finite any more.";
