import { tf } from "../backend/tf";
import { compile } from "../compile";
import type { Classifier } from "../network";
import { pace } from "../notebook/pace";

/** What a classifier says of many images. */
export interface Described {
  /** float32 [count, features]: what distances of samples are measured on. */
  readonly features: tf.Tensor2D;
  /** P(c | x), float32 [count, classes]. */
  readonly probabilities: tf.Tensor2D;
}

export interface DescribeOptions {
  /** The time of each image, int32 [count], for a classifier of noisy ones; all clean if omitted. */
  readonly t?: tf.Tensor1D;
  /** How many images at once. */
  readonly batch?: number;
}

/** Runs a classifier over many images, some at a time.
 * @param images float32 [count, size, size, channels]
 * @throws InterruptedError */
export async function describeImages(
  { classify }: Pick<Classifier, "classify">,
  images: tf.Tensor4D,
  { t, batch = 250 }: DescribeOptions = {},
): Promise<Described> {
  const count = images.shape[0];
  const step = compile((x: tf.Tensor, times?: tf.Tensor) => {
    const { logits, features } = classify(x, times && { t: times });
    return { features, probabilities: tf.softmax(logits) };
  });
  const paced = pace();
  const made: { readonly features: tf.Tensor; readonly probabilities: tf.Tensor }[] = [];
  try {
    for (let from = 0; from < count; from += batch) {
      const size = Math.min(batch, count - from);
      const part = <R extends tf.Rank>(all: tf.Tensor<R>): tf.Tensor<R> => all.slice(from, size);
      made.push(tf.tidy(() => step(part(images), t && part(t))));
      await paced();
    }
    return {
      features: tf.concat(made.map(({ features }) => features as tf.Tensor2D)),
      probabilities: tf.concat(made.map(({ probabilities }) => probabilities as tf.Tensor2D)),
    };
  } finally {
    step.dispose();
    for (const each of made) tf.dispose([each.features, each.probabilities]);
  }
}
