import { checkInteger } from "../errors";
import { hasRawOps, rawOp } from "../backend/raw-op";
import { tf } from "../backend/tf";
import { normalValues, uniformValues } from "./distributions";
import type { SeedWords } from "./philox";
import { nextSeed, seedTensor, seedWords, type Seed } from "./seed";

/** Standard normal numbers, N(0, 1), of the given shape (float32). The same seed gives the same numbers on every
 * backend, to float32 rounding. Without one, each call takes the next of a stream that {@link setSeed} restarts.
 * @throws RangeError for a bad shape or seed */
export function randomNormal<R extends tf.Rank>(shape: tf.ShapeMap[R], seed?: Seed): tf.Tensor<R> {
  return draw(shape, seed, "StatelessRandomNormal", normalValues);
}

/** Numbers uniform on [0, 1), of the given shape (float32); seeds as for {@link randomNormal}.
 * @throws RangeError for a bad shape or seed */
export function randomUniform<R extends tf.Rank>(shape: tf.ShapeMap[R], seed?: Seed): tf.Tensor<R> {
  return draw(shape, seed, "StatelessRandomUniform", uniformValues);
}

function draw<R extends tf.Rank>(
  shape: tf.ShapeMap[R],
  seed: Seed | undefined,
  operation: string,
  values: (seed: SeedWords, count: number) => Float32Array,
): tf.Tensor<R> {
  shape.forEach((size, axis) => {
    checkInteger(`shape[${axis}]`, size, 0);
  });
  return tf.tidy(() => {
    const source = seed ?? nextSeed();
    if (!hasRawOps()) {
      const count = shape.reduce((product, size) => product * size, 1);
      return tf.tensor<R>(values(seedWords(source), count), shape, "float32");
    }
    const inputs = [tf.tensor1d([...shape], "int32"), seedTensor(source)];
    return rawOp(operation, { dtype: "float32", T: "int32", Tseed: "int32" }, inputs) as tf.Tensor<R>;
  });
}
