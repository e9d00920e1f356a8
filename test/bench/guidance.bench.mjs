// @ts-check
/**
 * What guidance gains and costs: 5,000 digits for each scale γ, of the shipped model, in five parts of 1,000 from which the errors come.
 * It writes `notebooks/measured/guidance.json`, which notebook 12 shows.
 *
 * Digits of each class in equal numbers are compared with real ones of each class in equal numbers: Fréchet distances with all training
 * digits, precision and recall with a part of them of the same size. Real digits take the samples' place in the last row.
 *
 * `npm run bench guidance -- --quick`: few samples and nothing written, to try it out. `COURSE_BENCH_PARTS`: how many parts, 5 unless
 * told, 2 or more. All of it takes about 40 minutes on two cores.
 */
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { rowsOf, shuffledRows, withoutRows } from "./rows.mjs";
import { mean, median, standardDeviation } from "./statistics.mjs";
import { printTable } from "./unet/workers.mjs";
import { inTurn } from "./in-turn.mjs";
import { writeMeasured } from "./measured.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
/** @type {typeof import("../../src/index")} */
const course = createRequire(import.meta.url)(join(root, "dist", "lib", "index.js"));
const { dpmSolver, samplingTimes, tf } = course;

/** @typedef {import("../../src/index").GuidanceScale} GuidanceScale */
/** @typedef {import("@tensorflow/tfjs-core").Tensor2D} Tensor2D */
/** @typedef {{ features: Tensor2D, probabilities: Tensor2D }} Described */
/** @typedef {{ mean: number, error: number }} Measured */
/** @typedef {Record<(typeof names)[number], Measured>} Row */

const quick = process.argv.includes("--quick");
const parts = quick ? 2 : Number(process.env.COURSE_BENCH_PARTS ?? 5);
const [size, calls, seed] = [quick ? 100 : 1000, 20, 1];
const precision = course.fasterPrecision();
const model = course.loadModel("digits", { precision });
const { schedule } = model;
const times = samplingTimes(schedule, calls);
const judge = course.loadClassifier("digit-classifier");
const silent = { pictures: false, show() {} };

/** 0, 1, … 9, 0, 1, …: what each sample of a part is asked to be. */
const asked = Int32Array.from({ length: size }, (_, i) => i % 10);

const training = course.loadDigits();
const trained = await course.describeImages(judge, training.images);

/** The rows of each class, in random order. @type {number[][]} */
const ofClass = Array.from({ length: 10 }, () => []);
for (const row of shuffledRows(training.labels.length)) ofClass[training.labels[row]].push(row);

/** Training digits 0, 1, … 9, 0, 1, …: the k-th such set, all of them disjoint. @param {number} k */
const trainingRows = (k) => Array.from(asked, (label, i) => ofClass[label][(k * size + i - label) / 10]);

/** What is measured of a part, beside real digits. @param {Described} part @param {{ all: Tensor2D, set: Tensor2D }} real */
async function measure({ features, probabilities }, { all, set }) {
  const { precision, recall } = await course.precisionRecall(set, features);
  return {
    accuracy: course.accuracy(probabilities, asked),
    frechet: await course.frechetDistance(features, all),
    precision,
    recall,
    // In bits, of the classes found.
    entropy: course.entropyInBits(course.classCounts(probabilities)),
    // Within the classes found.
    pairwise: await course.meanPairwiseDistance(features, course.likeliestClasses(probabilities)),
  };
}
const names = /** @type {const} */ (["accuracy", "frechet", "precision", "recall", "entropy", "pairwise"]);

/**
 * Means over the parts, with their standard errors.
 * @param {(k: number) => Promise<{ part: Described, all: Tensor2D }>} partAt
 * @returns {Promise<Row>}
 */
async function measured(partAt) {
  /** @type {Awaited<ReturnType<typeof measure>>[]} */
  const found = [];
  for (let k = 0; k < parts; k++) {
    const { part, all } = await partAt(k);
    const set = rowsOf(trained.features, trainingRows(k + 1));
    found.push(await measure(part, { all, set }));
    tf.dispose([part.features, part.probabilities, set]);
  }
  const row = names.map((name) => {
    const values = found.map((each) => each[name]);
    return [name, { mean: mean(values), error: standardDeviation(values) / Math.sqrt(parts) }];
  });
  return /** @type {Row} */ (Object.fromEntries(row));
}

/** @param {GuidanceScale} gamma @param {number} k */
async function sampled(gamma, k) {
  const images = await course.generate(model, {
    labels: asked,
    guidance: { gamma },
    times,
    seed: 100 * seed + k,
    screen: silent,
  });
  const part = await course.describeImages(judge, images);
  images.dispose();
  return { part, all: trained.features };
}

/** @param {number} k */
async function real(k) {
  const rows = trainingRows(k);
  const part = {
    features: rowsOf(trained.features, rows),
    probabilities: rowsOf(trained.probabilities, rows),
  };
  return { part, all: withoutRows(trained.features, rows) };
}

/** @type {(readonly [name: string, gamma: GuidanceScale, constant?: number])[]} */
const scales = [
  ...[0, 0.5, 1, 1.25, 2, 4, 8].map((gamma) => /** @type {const} */ ([`γ = ${gamma}`, gamma, gamma])),
  [
    "γ = 2 for .2 T ≤ t ≤ .8 T",
    course.scaleWithin(2, { from: 0.2 * schedule.steps, to: 0.8 * schedule.steps }),
  ],
  ["γ = 2 for t ≤ .6 T", course.scaleWithin(2, { from: 0, to: 0.6 * schedule.steps })],
];

/** Seconds of three steps, guided and not. */
function stepSeconds() {
  const labels = tf.tensor1d(asked.subarray(0, 100), "int32");
  const z = course.randomNormal([100, 28, 28, 1], 1);
  const steps = (/** @type {import("../../src/index").Denoiser} */ denoise) => async () => {
    const x = await dpmSolver(denoise, z, schedule, { times: times.slice(0, 4) });
    await x.data();
    x.dispose();
  };
  return inTurn(
    {
      conditional: steps(model.denoiser({ labels })),
      unconditional: steps(model.denoiser()),
      guided: steps(model.denoiser({ labels, guidance: { gamma: 2 } })),
    },
    quick ? 3 : 15,
  );
}

/** @param {Measured} value */
const text = ({ mean, error }, digits = 3) => `${mean.toFixed(digits)} ± ${error.toFixed(digits)}`;

console.log(`${parts} × ${size} digits for each scale, ${calls} calls of DPM-Solver++, ${precision}`);
/** @type {{ name: string, gamma: number | null, row: Row }[]} */
const rows = [];
for (const [name, gamma, constant] of scales) {
  const start = performance.now();
  rows.push({ name, gamma: constant ?? null, row: await measured((k) => sampled(gamma, k)) });
  console.log(`${name}: ${((performance.now() - start) / 1000).toFixed(0)} s`);
}
const floor = await measured(real);

console.log("");
printTable([
  ["", ...names],
  ...[...rows, { name: "real digits", row: floor }].map(({ name, row }) => [
    name,
    ...names.map((each) => text(row[each], each === "accuracy" ? 4 : 3)),
  ]),
]);

const seconds = await stepSeconds();
const one = seconds.conditional.map((value, i) => (value + seconds.unconditional[i]) / 2);
const ratio = median(seconds.guided.map((value, i) => value / one[i]));
console.log(
  `\na guided step takes ${ratio.toFixed(2)} times as long as one without (100 digits, median of pairs)`,
);

if (!quick) {
  const kept = {
    command: "npm run bench guidance",
    ...{ samples: parts * size, parts, calls, sampler: "DPM-Solver++", precision, seed },
    rows: rows.map(({ name, gamma, row }) => ({ name, gamma, ...row })),
    real: floor,
  };
  writeMeasured("guidance", rounded(kept));
}

/** Without digits that say nothing. @param {unknown} value @returns {unknown} */
function rounded(value) {
  return JSON.parse(JSON.stringify(value), (_, each) =>
    typeof each === "number" ? Number(each.toPrecision(5)) : each,
  );
}
