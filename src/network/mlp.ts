import { tf } from "../backend/tf";
import { checkInteger, checkShape } from "../errors";
import { dense, silu } from "../layers";
import { foldIn, randomNormal, type Seed } from "../random";
import { nextSeed } from "../random/seed";
import type { Network } from "./network";
import { timeEmbedding } from "./time-embedding";

export interface MlpOptions {
  /** D, how many numbers a point has. */
  readonly size: number;
  /** T of the schedule for which it is. */
  readonly steps: number;
  /** Numbers in a hidden layer. */
  readonly width?: number;
  /** Residual blocks. */
  readonly depth?: number;
  /** Of the first parameters. */
  readonly seed?: Seed;
}

/** A multilayer perceptron for points of few dimensions: z enters a row of residual blocks, h ← h + W₂ silu(W₁ h + U e), where e is an
 * embedding of t, so that each block knows the time. The last layer starts at 0, so that the network begins by predicting 0.
 * @returns predict: z float32 [batch, size]
 * @throws RangeError for sizes that are not whole numbers of 1 or more */
export function mlp(options: MlpOptions): Network {
  const { size, steps, width = 128, depth = 2, seed = nextSeed() } = options;
  for (const [name, value] of Object.entries({ size, steps, width, depth })) checkInteger(name, value, 1);
  const parameters: tf.Variable[] = [];
  /** Weights with the variance 1/inputs, which keeps the variance of what they are multiplied by (LeCun et al. 1998), and zeros. */
  const layer = (inputs: number, outputs: number, gain = 1): void => {
    const place = foldIn(seed, parameters.length);
    const weights = tf.tidy(() =>
      tf.variable(randomNormal([inputs, outputs], place).mul(gain / Math.sqrt(inputs))),
    );
    parameters.push(
      weights,
      tf.tidy(() => tf.variable(tf.zeros([outputs]))),
    );
  };
  layer(size, width);
  layer(embeddingSize, width);
  for (let block = 0; block < depth; block++) {
    layer(width, width);
    layer(width, width);
    layer(width, width);
  }
  layer(width, size, 0);

  const predict: Network["predict"] = (z, t, values = parameters) => {
    checkShape("z", z.shape, [null, size]);
    return tf.tidy(() => {
      let next = 0;
      const through = (x: tf.Tensor): tf.Tensor => dense(x, values[next++], values[next++]);
      let h = through(z);
      const embedded = silu(through(timeEmbedding(t, steps, embeddingSize)));
      for (let block = 0; block < depth; block++) {
        const inner = through(h).add(through(embedded));
        h = h.add(through(silu(inner)));
      }
      return through(silu(h));
    });
  };
  return {
    parameters,
    predict,
    dispose() {
      tf.dispose(parameters);
    },
  };
}

const embeddingSize = 64;
