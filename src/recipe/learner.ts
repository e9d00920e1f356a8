import { tf } from "../backend/tf";
import { byName, type Network } from "../network";
import type { Details } from "../checkpoint";
import {
  adam,
  clipByGlobalNorm,
  movingAverage,
  valueAndGradients,
  warmupCosine,
  type LearningRate,
} from "../optimizer";
import { trainingState } from "../training";
import type { RecipeRun } from "./recipe";

export interface LearnerOptions {
  readonly network: Pick<Network, "names" | "parameters" | "dispose">;
  readonly learningRate: LearningRate;
  /** The longest gradient, as a norm over all parameters. */
  readonly clip: number;
  /** What stays of the moving average at each step. */
  readonly decay: number;
}

/** How a recipe of one stage learns. */
export interface LearningSettings {
  /** The highest learning rate of Adam, and the steps in which it is reached; it falls to 0 by half a cosine. */
  readonly learningRate: { readonly peak: number; readonly warmup: number };
  /** The longest gradient, as a norm over all parameters. */
  readonly clip?: number;
  /** What stays of the moving average at each step. */
  readonly decay?: number;
  readonly batch: number;
  readonly steps: number;
  readonly seed?: number;
}

/** What every recipe learns with: Adam, clipped gradients, moving averages of the parameters. */
export interface Learner extends Pick<RecipeRun, "variables" | "weights" | "dispose"> {
  /** In the order of the network's parameters. */
  readonly averages: readonly tf.Variable[];
  /** Within a training step: moves the parameters down the loss, and the averages after them; the loss. */
  readonly learn: (loss: () => tf.Tensor) => tf.Scalar;
}

export function learner({ network, learningRate, clip, decay }: LearnerOptions): Learner {
  const optimizer = adam(network.parameters, { learningRate });
  const average = movingAverage(network.parameters, { decay });
  const { averages } = average;
  return {
    averages,
    learn(loss) {
      const { value, gradients } = valueAndGradients(loss, network.parameters);
      optimizer.apply(clipByGlobalNorm(gradients, clip).gradients);
      average.update();
      return value;
    },
    variables: trainingState({ network, optimizer, average }),
    weights: byName(network, averages),
    dispose() {
      for (const each of [network, optimizer, average]) each.dispose();
    },
  };
}

/** The learner of a recipe of one stage. */
export const oneStageLearner = (
  network: LearnerOptions["network"],
  { learningRate, steps, clip, decay }: Required<LearningSettings>,
): Learner => learner({ network, learningRate: warmupCosine({ ...learningRate, steps }), clip, decay });

/** How it learns, for a checkpoint. */
export const learningDetails = ({
  learningRate,
  clip,
  decay,
  batch,
  steps,
  seed,
}: Required<LearningSettings>): Details => ({
  ...{ learningRate: { ...learningRate }, clip, decay, batch, steps, seed },
});
