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

/** Runs a classifier over many clean images, some at a time.
 * @param images float32 [count, size, size, channels]
 * @throws InterruptedError */
export async function describeImages(
  { classify }: Pick<Classifier, "classify">,
  images: tf.Tensor4D,
  { batch = 250 }: { readonly batch?: number } = {},
): Promise<Described> {
  const count = images.shape[0];
  const step = compile((x: tf.Tensor) => {
    const { logits, features } = classify(x);
    return { features, probabilities: tf.softmax(logits) };
  });
  const paced = pace();
  const made: { readonly features: tf.Tensor; readonly probabilities: tf.Tensor }[] = [];
  try {
    for (let from = 0; from < count; from += batch) {
      const size = Math.min(batch, count - from);
      made.push(tf.tidy(() => step(images.slice([from, 0, 0, 0], [size, -1, -1, -1]))));
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
