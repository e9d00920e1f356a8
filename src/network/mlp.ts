import { tf } from "../backend/tf";
import { checkInteger, checkShape } from "../errors";
import { silu } from "../layers";
import type { Seed } from "../random";
import { nextSeed } from "../random/seed";
import { linear } from "./modules";
import type { Network } from "./network";
import { parameterList } from "./parameters";
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
  const parameters = parameterList(seed);
  const first = linear(parameters, "first", size, width);
  const embed = linear(parameters, "time", embeddingSize, width);
  const blocks = Array.from({ length: depth }, (_, block) => {
    const part = (name: string): ReturnType<typeof linear> =>
      linear(parameters, `block${block + 1}/${name}`, width, width);
    return { inner: part("inner"), time: part("time"), outer: part("outer") };
  });
  const last = linear(parameters, "last", width, size, 0);
  const { variables, names } = parameters;

  const predict: Network["predict"] = (z, t, { parameters: values = variables } = {}) => {
    checkShape("z", z.shape, [null, size]);
    return tf.tidy(() => {
      const embedded = silu(embed(timeEmbedding(t, steps, embeddingSize), values));
      let h = first(z, values);
      for (const { inner, time, outer } of blocks) {
        const hidden = inner(h, values).add(time(embedded, values));
        h = h.add(outer(silu(hidden), values));
      }
      return last(silu(h), values);
    });
  };
  return {
    parameters: variables,
    names,
    predict,
    dispose() {
      tf.dispose([...variables]);
    },
  };
}

const embeddingSize = 64;
