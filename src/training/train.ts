import { tf } from "../backend/tf";
import { checkInteger } from "../errors";
import { InterruptedError } from "../notebook/host";
import { progress, type ProgressOptions } from "../progress";
import { foldIn, withSeed, type Seed } from "../random";
import { lossCurve } from "./loss-curve";
import { startRun, type TrainingCheckpoint } from "./resume";

export interface TrainOptions extends Pick<ProgressOptions, "label" | "screen" | "every"> {
  /** How many steps are wanted, those of a checkpoint among them. */
  readonly steps: number;
  /** The live picture: called with the losses so far when one is drawn, which takes at most a tenth of the time. Their curve if
   * omitted. */
  readonly picture?: (losses: Float32Array) => unknown;
  /** Draws without a seed in step i come from `foldIn(seed, i)`, whatever was drawn before. 0 if there is a checkpoint; without
   * one and without a seed, from the stream of `setSeed`. */
  readonly seed?: Seed;
  /** A file in which training survives the end of its process. A run that goes on from it gives bit for bit what one without a
   * break gives. */
  readonly checkpoint?: TrainingCheckpoint;
  /** Called after each step, as for evaluations; what it returns is awaited. It must not draw from the stream of random numbers. */
  readonly callback?: (state: { readonly step: number; readonly loss: number }) => unknown;
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
 * @throws RangeError for a bad number of steps, or as soon as a loss is not finite, which is not saved; InterruptedError; the
 * errors of a checkpoint */
export async function train(step: () => tf.Tensor, options: TrainOptions): Promise<Training> {
  const { steps, label = "training", checkpoint, callback, seed = checkpoint && 0, ...others } = options;
  const { picture = (made: Float32Array): unknown => lossCurve(made, steps), ...display } = others;
  checkInteger("steps", steps, 1);
  const run = startRun(steps, checkpoint);
  const { losses } = run;
  const left = Array.from({ length: steps - run.step }, (_, i) => run.step + i + 1);
  const bar = progress(left, { label: run.step > 0 ? `${label}, from step ${run.step}` : label, ...display });
  const first = run.step + 1;
  let shown = 0;
  try {
    for await (const i of bar) {
      const made = seed === undefined ? step : (): tf.Tensor => withSeed(foldIn(seed, i), step);
      const loss = tf.tidy(() => made().dataSync()[0]);
      if (!Number.isFinite(loss)) throw new RangeError(divergedAt(i, loss, checkpoint));
      losses[i - 1] = loss;
      run.step = i;
      shown = i === first ? loss : shown + (loss - shown) * Math.max(0.02, 1 / (i - first + 1));
      bar.report({ loss: shown });
      // Not at once: the first losses say nothing, and a curve needs some.
      if (i === Math.max(10, first)) bar.picture(() => picture(losses.subarray(0, run.step)));
      await callback?.({ step: i, loss });
      run.save("if due");
    }
  } catch (error) {
    // Any other error may have come in the middle of a step.
    if (error instanceof InterruptedError) run.save("now");
    throw error;
  }
  run.save("now");
  return { losses };
}

/** The parameters are not finite any more: this state is not saved. */
function divergedAt(step: number, loss: number, checkpoint: TrainingCheckpoint | undefined): string {
  const state = checkpoint
    ? `${checkpoint.file} keeps the last state that was saved.`
    : "Make the network anew, since its parameters are not finite any more.";
  return `The loss is ${loss} at step ${step}: training has diverged. Use a smaller learning rate, or clip the gradients. ${state}`;
}
