import { checkShape, checkType } from "../errors";
import { hasRawOps, rawOp } from "../backend/raw-op";
import { tf } from "../backend/tf";
import { philoxWords, type SeedWords } from "./philox";

/** What makes random numbers repeatable: a whole number, two 32-bit words, or an int32 tensor of shape [2], which may
 * be computed (as from a step counter) and is then never read on the host by the native backend. */
export type Seed = number | SeedWords | tf.Tensor;

/** A new seed from a seed and a number, as `foldIn(seed, step)`: one stream for each number, unrelated to the others.
 * Equals TensorFlow's `stateless_fold_in`.
 * @param data a whole number, or an int32 scalar
 * @throws RangeError or TypeError for a bad seed or number */
export function foldIn(seed: Seed, data: number | tf.Tensor): Seed {
  if (!(seed instanceof tf.Tensor) && typeof data === "number") {
    return [philoxWords(seedWords(seed), 1)[0] | 0, checkedInteger("data", data) | 0];
  }
  return tf.tidy(() => {
    const number = typeof data === "number" ? tf.scalar(checkedInteger("data", data), "int32") : data;
    checkType("data", number, "int32");
    checkShape("data", number.shape, []);
    return tf.stack([randomInteger(seedTensor(seed)), number]);
  });
}

/** Restarts the stream from which draws without a seed take theirs. */
export function setSeed(seed: Seed): void {
  checkSeed(seed);
  stream = { root: seed, draws: 0 };
}

/** Runs an action whose draws without a seed depend on the given seed alone. */
export function withSeed<Result>(seed: Seed, action: () => Result): Result {
  checkSeed(seed);
  const outer = stream;
  stream = { root: seed, draws: 0 };
  try {
    return action();
  } finally {
    stream = outer;
  }
}

/** The next seed of the stream for draws without one. */
export function nextSeed(): Seed {
  return foldIn(stream.root, stream.draws++);
}

let stream: { root: Seed; draws: number } = { root: 0, draws: 0 };

/** The seed as an int32 tensor of shape [2]. */
export function seedTensor(seed: Seed): tf.Tensor {
  if (!(seed instanceof tf.Tensor)) return tf.tensor1d([...seedWords(seed)], "int32");
  checkSeed(seed);
  return seed;
}

/** The seed's two words; a tensor is read on the host, which only backends without stateless operations need. */
export function seedWords(seed: Seed): SeedWords {
  checkSeed(seed);
  if (seed instanceof tf.Tensor) return [...seed.dataSync<"int32">()] as unknown as SeedWords;
  if (typeof seed !== "number") return seed;
  return [seed | 0, Math.floor(seed / 2 ** 32) | 0];
}

function checkSeed(seed: Seed): void {
  if (seed instanceof tf.Tensor) {
    checkType("seed", seed, "int32");
    checkShape("seed", seed.shape, [2]);
  } else if (typeof seed === "number") {
    checkedInteger("seed", seed);
  } else {
    seed.forEach((word, i) => checkedInteger(`seed[${i}]`, word));
  }
}

function checkedInteger(name: string, value: number): number {
  if (Number.isSafeInteger(value)) return value;
  throw new RangeError(`${name} is ${String(value)}; use a whole number.`);
}

/** The first word of the seed's stream as an int32 scalar. */
function randomInteger(seed: tf.Tensor): tf.Tensor {
  if (!hasRawOps()) return tf.scalar(philoxWords(seedWords(seed), 1)[0] | 0, "int32");
  const types = { dtype: "int32", T: "int32", Tseed: "int32" } as const;
  return rawOp("StatelessRandomUniformFullInt", types, [tf.tensor1d([], "int32"), seed]);
}
