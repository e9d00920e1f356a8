import { existsSync } from "node:fs";
import { tf } from "../backend/tf";
import { loadCheckpoint, restore, saveCheckpoint, type Details } from "../checkpoint";
import { checkNumber } from "../errors";

/** How training survives the end of its process. */
export interface TrainingCheckpoint {
  /** The file. If it is there, training goes on from it. */
  readonly file: string;
  /** All that a step changes, by name; see {@link trainingState}. */
  readonly variables: Readonly<Record<string, tf.Variable>>;
  /** Seconds between two savings: a process that is killed loses no more than these. */
  readonly every?: number;
  /** What else the file is to tell, asked for at each saving. */
  readonly details?: () => Details;
}

/** Where a run of training stands. */
export interface Run {
  /** Steps that have been made, in this process and before. */
  step: number;
  /** The loss of each step, of which the first `step` have been made. */
  readonly losses: Float32Array;
  /** Saves if it is time to, or in any case. */
  save(when: "if due" | "now"): void;
}

/** A run from its beginning, or from where its checkpoint is.
 * @throws Error for a file that cannot be read
 * @throws RangeError if it is that of other variables, or more steps have been made than are wanted */
export function startRun(steps: number, checkpoint: TrainingCheckpoint | undefined): Run {
  const losses = new Float32Array(steps);
  if (!checkpoint) return { step: 0, losses, save: () => undefined };
  const { file, variables, every = 60, details } = checkpoint;
  checkNumber("checkpoint.every", every, 0);
  const run: Run = {
    step: existsSync(file) ? load(file, variables, losses) : 0,
    losses,
    save(when) {
      const time = performance.now() / 1000;
      if (run.step === saved || (when === "if due" && time < due)) return;
      tf.tidy(() => {
        const made = tf.tensor1d(losses.subarray(0, run.step));
        const told = { ...details?.(), step: run.step };
        saveCheckpoint(file, { tensors: { ...variables, [lossName]: made }, details: told });
      });
      saved = run.step;
      due = performance.now() / 1000 + every;
    },
  };
  let saved = run.step;
  let due = performance.now() / 1000 + every;
  return run;
}

const lossName = "training/losses";

/** Restores the variables, copies the losses, and returns how many steps they stand for. */
function load(file: string, variables: TrainingCheckpoint["variables"], losses: Float32Array): number {
  const { tensors, details } = loadCheckpoint(file);
  try {
    const { [lossName]: made, ...state } = tensors as Record<string, tf.Tensor | undefined>;
    const { step } = details as { readonly step?: unknown };
    if (!made || typeof step !== "number") {
      throw new RangeError(`${file} is a checkpoint, but not one of train: it does not tell the step.`);
    }
    if (step > losses.length) {
      throw new RangeError(
        `${file} has ${step} steps, more than the ${losses.length} that are wanted; use more steps or another file.`,
      );
    }
    restore(variables, state as Record<string, tf.Tensor>);
    losses.set(made.dataSync<"float32">());
    return step;
  } finally {
    tf.dispose(tensors);
  }
}
