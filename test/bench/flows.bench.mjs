// @ts-check
/**
 * Flow matching beside v on the cosine schedule, for digits: two networks that differ in nothing but schedule and prediction
 * (`npm run train -- digits-v`, `-- digits-flow`). How far are as many samples as there are held-out digits, of the same classes, from the
 * training digits, by how many calls of the network? Each network is sampled with even times of its own schedule, and at the noise levels that
 * even times of the other's would have: the first is what a user gets, the second tells the training from the choice of times.
 * It writes `notebooks/measured/flows.json`, which notebook 20 shows.
 *
 * `npm run bench flows -- --quick`: few samples and calls and nothing written, to try it out. All of it takes about 10 minutes on two cores.
 */
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { jackknife } from "./jackknife.mjs";
import { writeMeasured } from "./measured.mjs";
import { rowsOf, rowsOfClasses, shuffledRows, withoutRows } from "./rows.mjs";
import { printTable } from "./unet/workers.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
/** @type {typeof import("../../src/index")} */
const course = createRequire(import.meta.url)(join(root, "dist", "lib", "index.js"));
const { ddim, dpmSolver, frechetDistance, samplingTimes, tf } = course;

/** @typedef {import("../../src/index").Schedule} Schedule */
/** @typedef {import("../../src/index").Sampler} Sampler */

const quick = process.argv.includes("--quick");
const allCalls = quick ? [3, 5] : [2, 3, 5, 10, 20];
const parts = quick ? 4 : 10;
const precision = course.fasterPrecision();
const screen = { pictures: false, show() {} };

const judge = course.loadClassifier("digit-classifier");
const features = async (/** @type {import("@tensorflow/tfjs-core").Tensor4D} */ images) =>
  (await course.describeImages(judge, images)).features;
const heldOut = course.loadDigits(quick ? { split: "heldOut", count: 100 } : { split: "heldOut" });
const train = course.loadDigits(quick ? { split: "train", count: 1000 } : { split: "train" });
const reference = await features(train.images);
const labels = Array.from(heldOut.labels);

/** How many digits of its class come before each. */
const rank = labels.map((label, i) => labels.slice(0, i).filter((other) => other === label).length);

/** @param {import("@tensorflow/tfjs-core").Tensor2D} rows */
const distanceOf = (rows) =>
  jackknife(rows, {
    parts,
    partOf: (row) => rank[row] % parts,
    of: (some) => frechetDistance(some, reference),
  });

/** The times of a schedule at which there is as much noise as at those of another. @param {Schedule} own @param {Schedule} other */
const likeTimesOf = (own, other, /** @type {number} */ calls) => {
  const nearest = (/** @type {number} */ alpha) =>
    own.alpha.reduce(
      (best, value, t) => (Math.abs(value - alpha) < Math.abs(own.alpha[best] - alpha) ? t : best),
      0,
    );
  const between = samplingTimes(other, calls).slice(1, -1);
  return [own.steps, ...between.map((t) => nearest(other.alpha[t])), 0];
};

const [byV, byFlow] = /** @type {const} */ (["digits-v", "digits-flow"]).map((name) => ({
  name,
  model: course.loadModel(name, { precision }),
}));
const pairs = [
  [byV, byFlow],
  [byFlow, byV],
];
/** @type {[sampler: string, draw: Sampler, times: "own" | "other"][]} */
const samplers = [
  ["DDIM", ddim, "own"],
  ["DDIM", ddim, "other"],
  ["DPM-Solver++", dpmSolver, "own"],
];
const ways = pairs.flatMap((pair) => samplers.map((sampler) => /** @type {const} */ ([pair, sampler])));

const rows = [];
const table = [];
for (const [[{ name, model }, other], [sampler, draw, times]] of ways) {
  const { schedule } = model;
  const cells = [];
  for (const calls of allCalls) {
    const images = await course.generate(model, {
      ...{ labels, sampler: draw, seed: 5, screen },
      times:
        times === "own" ? samplingTimes(schedule, calls) : likeTimesOf(schedule, other.model.schedule, calls),
    });
    const described = await features(images);
    const found = await distanceOf(described);
    tf.dispose([images, described]);
    const [distance, error] = [found.value, found.error].map((number) => Number(number.toFixed(4)));
    rows.push({ name, sampler, times, calls, distance, error });
    cells.push(`${distance.toFixed(3)} ± ${error.toFixed(3)}`);
    console.log(`${name}, ${sampler}, ${times} times, ${calls} calls: ${distance} ± ${error}`);
  }
  table.push([name, sampler, times, ...cells]);
}

/** Training digits of the held-out ones' classes, in the place of samples, to all others. */
const chosen = rowsOfClasses(shuffledRows(train.labels.length), train.labels, labels);
const real = rowsOf(reference, chosen);
const others = withoutRows(reference, chosen);
const floor = Number((await frechetDistance(real, others)).toFixed(4));

console.log(`\n${labels.length} digits of each kind, ${precision}; as many real ones: ${floor.toFixed(3)}`);
printTable([["network", "sampler", "times", ...allCalls.map((calls) => `${calls} calls`)], ...table]);
if (!quick) {
  const content = { command: "npm run bench flows", samples: labels.length, precision, floor };
  writeMeasured("flows", { ...content, rows });
}
