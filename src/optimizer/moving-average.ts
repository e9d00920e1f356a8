import { tf } from "../backend/tf";
import { updateInPlace } from "../compile/update";
import { checkNumber } from "../errors";

export interface MovingAverageOptions {
  /** The part of the average that stays at each step. */
  readonly decay?: number;
  /** Averages over few steps at first: the decay at step t is at most (1 + t)/(10 + t). */
  readonly warmup?: boolean;
}

/** Averages of parameters. */
export interface MovingAverage {
  /** In the order of the parameters. */
  readonly averages: readonly tf.Variable[];
  /** Moves the averages towards the parameters; to be called once in each step of training. */
  update(): void;
  /** Everything that a checkpoint must hold, by name. */
  readonly state: Readonly<Record<string, tf.Variable>>;
  dispose(): void;
}

/** Exponential moving averages of parameters, which sample better than the parameters themselves (Polyak and Juditsky
 * 1992; Ho et al. 2020, section 4): average ← decay·average + (1 - decay)·parameter. They start as the parameters.
 * @throws RangeError for a decay outside [0, 1) */
export function movingAverage(
  parameters: readonly tf.Variable[],
  { decay = 0.999, warmup = true }: MovingAverageOptions = {},
): MovingAverage {
  checkNumber("decay", decay, 0, 1 - Number.EPSILON);
  const averages = parameters.map((parameter) => tf.tidy(() => tf.variable(tf.add(parameter, 0), false)));
  const steps = tf.tidy(() => tf.variable(tf.scalar(0), false));
  const update = (): void => {
    tf.tidy(() => {
      const t: tf.Scalar = tf.add(steps, 1);
      const kept = warmup ? tf.minimum(decay, tf.div(tf.add(t, 1), tf.add(t, 10))) : tf.scalar(decay);
      const part = tf.sub(1, kept);
      parameters.forEach((parameter, i) => {
        tf.tidy(() => {
          const away = tf.sub(averages[i], parameter);
          const done = updateInPlace("ResourceApplyGradientDescent", attributes, [averages[i]], [part, away]);
          if (!done) averages[i].assign(tf.sub(averages[i], tf.mul(part, away)));
        });
      });
      steps.assign(t);
    });
  };
  return {
    averages,
    update,
    state: { steps, ...Object.fromEntries(averages.map((average, i) => [`average/${i}`, average])) },
    dispose() {
      for (const variable of [steps, ...averages]) variable.dispose();
    },
  };
}

const attributes = { T: "float32", use_locking: false } as const;
