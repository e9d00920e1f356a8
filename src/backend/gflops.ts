import { tf } from "./tf";

/** Billions of floating-point operations in a second. */
export interface Gflops {
  /** Product of two square matrices. */
  readonly matMul: number;
  /** 3 × 3 convolution of 32 images of 32 × 32 pixels with as many channels in as out. */
  readonly conv2d: number;
}

/** Settings of {@link measureGflops}. */
export interface GflopsOptions {
  /** Seconds for each of the two. */
  readonly seconds?: number;
}

/** How fast this device multiplies matrices and convolves images, by doing so for about half a second each (with
 * larger sizes the faster it is). Multiplication and addition count as two operations. */
export async function measureGflops({ seconds = 0.5 }: GflopsOptions = {}): Promise<Gflops> {
  return {
    matMul: await rate(matMul, [256, 512, 1024, 2048, 4096, 8192], seconds),
    conv2d: await rate(conv2d, [16, 32, 64, 128, 256, 512], seconds),
  };
}

/** Work of one size: its inputs, one run, and how many operations a run takes. */
interface Work {
  readonly inputs: readonly tf.Tensor[];
  run(): tf.Tensor;
  readonly operations: number;
}

function matMul(size: number): Work {
  const [a, b] = [tf.ones([size, size]), tf.ones([size, size])];
  return { inputs: [a, b], run: () => tf.matMul(a, b), operations: 2 * size ** 3 };
}

function conv2d(channels: number): Work {
  const images = tf.ones<tf.Rank.R4>([32, 32, 32, channels]);
  const filters = tf.ones<tf.Rank.R4>([3, 3, channels, channels]);
  return {
    inputs: [images, filters],
    run: () => tf.conv2d(images, filters, 1, "same"),
    operations: 2 * 32 ** 3 * 9 * channels ** 2,
  };
}

/** Operations in a nanosecond. Each size tells whether the next one would still run a few times. */
async function rate(
  make: (size: number) => Work,
  sizes: readonly number[],
  seconds: number,
): Promise<number> {
  let measured = { operations: 0, once: 0 };
  for (const size of sizes) {
    const work = make(size);
    try {
      const expected = (measured.once * work.operations) / measured.operations;
      if (expected > seconds / 4) return measured.operations / measured.once / 1e9;
      await timed(work, 1); // the first run also chooses and compiles
      const once = await timed(work, 1);
      const runs = Math.max(1, Math.floor(seconds / sizes.length / once));
      measured = { operations: work.operations, once: (await timed(work, runs)) / runs };
    } finally {
      tf.dispose([...work.inputs]);
    }
  }
  return measured.operations / measured.once / 1e9;
}

/** Seconds for some runs, until the last one's result is there. */
async function timed(work: Work, runs: number): Promise<number> {
  const start = performance.now();
  for (let i = 1; i < runs; i++) work.run().dispose();
  const value = tf.tidy(() => work.run().flatten().slice(0, 1));
  await value.data();
  value.dispose();
  return (performance.now() - start) / 1000;
}
