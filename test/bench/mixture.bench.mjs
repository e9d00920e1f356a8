// @ts-check
/**
 * How near a trained network comes to the truth: Wasserstein-1 distance of 100,000 samples to as many true numbers of the
 * book's mixture, for five seeds, beside the distance of truth to truth and that of the perfect denoiser.
 */
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { mean } from "./statistics.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
/** @type {typeof import("../../src/index")} */
const course = createRequire(import.meta.url)(join(root, "dist", "lib", "index.js"));
const { bookMixture, cosineSchedule, tf, wasserstein1 } = course;

const count = 100_000;
/** So many numbers to learn from that their own distance from the truth does not count. */
const examples = 1_000_000;
const steps = 3500;
const batch = 4096;
const schedule = cosineSchedule(100);

/** @typedef {import("@tensorflow/tfjs-core").Tensor} Tensor */

/** @param {number} seed */
const truth = (seed, size = count) => Float32Array.from(bookMixture.sample(size, seed));

/**
 * Algorithm 18.1.
 * @param {number} seed
 */
function trained(seed) {
  course.setSeed(seed);
  const data = tf.tensor2d(truth(seed, examples), [examples, 1]);
  const network = course.mlp({ size: 1, steps: schedule.steps, width: 48, depth: 2, seed });
  const { parameters } = network;
  const learningRate = course.warmupCosine({ peak: 4e-3, warmup: 100, steps });
  const optimizer = course.adam(parameters, { learningRate });
  const average = course.movingAverage(parameters);
  const step = course.compile(() => {
    const index = tf.cast(tf.mul(course.randomUniform([batch]), examples), "int32");
    const x = tf.gather(data, index);
    const t = course.randomTimes(batch, schedule, { stratified: true });
    const loss = () => course.denoisingLoss(network.predict, x, schedule, { t });
    const { value, gradients } = course.valueAndGradients(loss, parameters);
    optimizer.apply(gradients);
    average.update();
    return value;
  });
  for (let i = 0; i < steps; i++) step().dispose();
  const predict = course.compile((/** @type {Tensor} */ z, /** @type {Tensor} */ t) =>
    network.predict(z, t, { parameters: average.averages }),
  );
  return course.denoiserOf(predict, "noise", schedule);
}

/**
 * @param {import("../../src/index").Denoiser} denoise
 * @param {number} seed
 * @param {import("../../src/index").ReverseVariance} [variance]
 */
async function distance(denoise, seed, variance = course.betaVariance) {
  const z = course.randomNormal([count, 1], 100 + seed);
  const samples = await course.ancestral(denoise, z, schedule, { variance, seed: 200 + seed });
  return wasserstein1(samples.dataSync(), truth(300 + seed));
}

const perfect = course.exactDenoiser(bookMixture, schedule);
const bestVariance = course.varianceTable(
  course.optimalVariance(course.exactErrors(bookMixture, schedule), schedule),
);

/** @type {Record<string, number>[]} */
const rows = [];
for (const seed of [1, 2, 3, 4, 5]) {
  const start = performance.now();
  const denoise = trained(seed);
  const seconds = (performance.now() - start) / 1000;
  rows.push({
    "truth to truth": wasserstein1(truth(400 + seed), truth(300 + seed)),
    "perfect denoiser": await distance(perfect, seed),
    "perfect denoiser, best σ²": await distance(perfect, seed, bestVariance),
    "trained network": await distance(denoise, seed),
  });
  console.log(`seed ${seed}: ${seconds.toFixed(0)} s of training`);
}
for (const name of Object.keys(rows[0])) {
  const values = rows.map((row) => row[name]);
  const each = values.map((value) => value.toFixed(4)).join("  ");
  console.log(`${name.padEnd(28)} ${each}   mean ${mean(values).toFixed(4)}`);
}
