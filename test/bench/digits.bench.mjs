// @ts-check
/**
 * How good the shipped digits are: distances of as many samples as there are held-out digits, of the same classes, beside
 * what real digits get; precision and recall, nearest neighbours, likelihood, time.
 *
 * Two references, since the classifier that makes the features, and the diffusion model, have both learned from the training
 * digits, and know them a little better than other real ones:
 *
 * - the training digits: many, so that the distance has little bias, and what papers take. A generator that copied them would be
 *   nearer to them than the held-out digits are: a ratio below 1 is no praise, and the nearest neighbours must be looked at, too.
 * - the held-out digits: few, and nobody has learned from them. Here a copy gets what a training digit gets, a ratio of 1.
 *
 * Each has its floor: real digits of the other split, in the place of the samples. It matters how their classes are drawn. The Fréchet
 * distance of sets that happen to have more of one class than of another is several times as large, so samples with given classes
 * are compared with a floor of exactly these classes, and samples of any class with one of random draws.
 *
 * `npm run bench digits -- --quick`: few samples and calls, to try it out. `--few-calls`: without the rows of 100 calls.
 * `COURSE_BENCH_SEEDS`: how many sets of samples for each row with few calls, 3 unless told.
 * It takes about half an hour on two cores, and about ten minutes with few calls and one seed.
 */
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { rowsOf, rowsOfClasses, shuffledRows, withoutRows } from "./rows.mjs";
import { mean, median, standardDeviation } from "./statistics.mjs";
import { printTable } from "./unet/workers.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
/** @type {typeof import("../../src/index")} */
const course = createRequire(import.meta.url)(join(root, "dist", "lib", "index.js"));
const { ancestral, ddim, dpmSolver, frechetDistance, samplingTimes, tf } = course;

/** @typedef {import("@tensorflow/tfjs-core").Tensor2D} Tensor2D */
/** @typedef {import("@tensorflow/tfjs-core").Tensor4D} Tensor4D */
/** @typedef {import("../../src/index").Sampler} Sampler */
/** @typedef {import("../../src/index").ReverseVariance} ReverseVariance */
/** @typedef {import("../../src/index").Described} Described */
/** @typedef {Described & { images: Tensor4D, labels: Int32Array }} Digits */

const quick = process.argv.includes("--quick");
const fewCalls = process.argv.includes("--few-calls");
const manyCalls = quick ? 25 : 100;
const seeds = quick ? 1 : Number(process.env.COURSE_BENCH_SEEDS ?? 3);
const floorDraws = 20;

const model = course.loadModel("digits");
const { schedule } = model;
const judge = course.loadClassifier("digit-classifier");

/** @param {"train" | "heldOut"} split @returns {Promise<Digits>} */
async function realDigits(split) {
  const digits = course.loadDigits(quick ? { split, count: split === "train" ? 2000 : 100 } : { split });
  return { ...digits, ...(await course.describeImages(judge, digits.images)) };
}

const train = await realDigits("train");
const heldOut = await realDigits("heldOut");
const count = heldOut.labels.length;

/** The held-out digits, every tenth, have a bit of every writer, and are nearer to the training digits than these random draws. */
const order = shuffledRows(train.labels.length);

/** Training digits of the classes of the held-out ones: the k-th such set, all of them disjoint. @param {number} k */
const trainingSet = (k) => rowsOfClasses(order, train.labels, heldOut.labels, k);

/** How many sets of training digits there are, one less than fit: each class has a few digits too few for the last. */
const sets = Math.floor(train.labels.length / count) - 1;

/** @typedef {{ mean: number, deviation: number }} Floor */

/** @param {readonly number[]} values @returns {Floor} */
const floorOf = (values) => ({ mean: mean(values), deviation: standardDeviation(values) });

/** What real digits get. */
async function realFloors() {
  const [toTrain, toHeldOut, kernel] = [[], [], []].map((list) => /** @type {number[]} */ (list));
  for (let k = 0; k < sets; k++) {
    const rows = trainingSet(k);
    const set = rowsOf(train.features, rows);
    toTrain.push(await frechetDistance(set, withoutRows(train.features, rows)));
    toHeldOut.push(await frechetDistance(set, heldOut.features));
    kernel.push((await course.kernelDistance(set, heldOut.features)).distance);
  }
  const draws = { size: count, repeats: floorDraws, seed: 1 };
  const others = train.labels.length - count;
  const atRandom = await course.noiseFloor(frechetDistance, train.features, { ...draws, reference: others });
  const random = await course.noiseFloor(frechetDistance, train.features, {
    ...draws,
    reference: heldOut.features,
  });
  return {
    heldOutToTrain: await frechetDistance(heldOut.features, train.features),
    given: { toTrain: floorOf(toTrain), toHeldOut: floorOf(toHeldOut) },
    // Below 0: sets with exactly the same classes are more alike than independent draws, for which it is unbiased.
    kernel: floorOf(kernel),
    any: {
      toTrain: { mean: atRandom.mean, deviation: atRandom.standardDeviation },
      toHeldOut: { mean: random.mean, deviation: random.standardDeviation },
    },
  };
}

/**
 * σ_t² that is best for the bound where steps are left out (Bao et al. 2022, "Analytic-DPM", theorem 1): the variance of q(z_s | z_t, x),
 * and what the error of x̂, measured on training digits at the times of the sampler, adds to it.
 * @param {readonly number[]} times
 * @returns {Promise<ReverseVariance>}
 */
async function bestVariance(times) {
  const examples = quick ? 20 : 100;
  const x = train.images.slice([0, 0, 0, 0], [examples, -1, -1, -1]);
  const labels = tf.tensor1d(train.labels.subarray(0, examples), "int32");
  const denoise = model.denoiser({ labels });
  /** @type {Map<number, number>} */
  const errors = new Map();
  for (const t of times.slice(0, -1)) {
    const error = tf.tidy(() =>
      denoise(course.diffuse(x, t, schedule, { seed: t }), t)
        .sub(x)
        .square()
        .mean(),
    );
    errors.set(t, (await error.data())[0]);
    error.dispose();
  }
  return (t, schedule, s) => {
    const { x, variance } = course.posteriorWeights(t, schedule, s);
    return variance + x ** 2 * (errors.get(t) ?? NaN);
  };
}

/** @param {ReverseVariance} variance @returns {Sampler} */
const ancestralWith = (variance) => (denoise, z, schedule, options) =>
  ancestral(denoise, z, schedule, { ...options, variance });

/** @typedef {{ name: string, sampler: Sampler, calls: number, given: boolean, seeds: number, gamma?: number }} Way */

/** @returns {Promise<Way[]>} */
async function manyCallWays() {
  const best = await bestVariance(samplingTimes(schedule, manyCalls));
  const samplers = {
    "ancestral, σ² = β": ancestral,
    "ancestral, σ² = β̃": ancestralWith(course.posteriorVariance),
    "ancestral, best σ²": ancestralWith(best),
  };
  const once = { calls: manyCalls, given: true, seeds: 1 };
  return Object.entries(samplers).map(([name, sampler]) => ({ name, sampler, ...once }));
}

/** @returns {Promise<Way[]>} */
async function ways() {
  const both = [true, false];
  const often = (/** @type {Omit<Way, "given" | "seeds">} */ way) =>
    both.map((given) => ({ ...way, given, seeds }));
  return [
    ...often({ name: "DPM-Solver++", sampler: dpmSolver, calls: 20 }),
    ...often({ name: "DPM-Solver++", sampler: dpmSolver, calls: 10 }),
    ...often({ name: "DDIM", sampler: ddim, calls: 20 }),
    ...[1.15, 1.3].map((gamma) => ({
      ...{ name: `DPM-Solver++, γ = ${gamma}`, sampler: dpmSolver, gamma },
      ...{ calls: 20, given: true, seeds },
    })),
    ...(fewCalls ? [] : await manyCallWays()),
  ];
}

/** @param {Way} way @param {number} seed @returns {Promise<Digits>} */
async function drawn({ sampler, calls, given, gamma }, seed) {
  const { labels } = heldOut;
  const images = await course.generate(model, {
    count,
    ...(given && { labels }),
    ...(gamma !== undefined && { guidance: { gamma } }),
    sampler,
    times: samplingTimes(schedule, calls),
    seed,
    screen: { pictures: false, show() {} },
  });
  return { images, labels, ...(await course.describeImages(judge, images)) };
}

/** Of pixels, from each image to the nearest of the training digits. @param {Tensor4D} images */
async function neighbourDistances(images) {
  const found = await course.nearestNeighbours(images, train.images);
  return found.map(([{ distance }]) => distance).sort((a, b) => a - b);
}

/** @param {readonly number[]} sorted @param {number} share */
const quantile = (sorted, share) => sorted[Math.floor(share * (sorted.length - 1))];

/** @param {Digits} digits */
async function judged({ features, probabilities, images, labels }) {
  const { precision, recall } = await course.precisionRecall(heldOut.features, features);
  return {
    accuracy: course.accuracy(probabilities, labels),
    confidence: course.meanConfidence(probabilities),
    entropy: course.entropyInBits(course.classCounts(probabilities)),
    precision,
    recall,
    neighbours: await neighbourDistances(images),
  };
}

/** What a generator gives that copies the training digits. @returns {Digits} */
function copies() {
  const rows = trainingSet(0);
  return {
    images: tf.gather(train.images, tf.tensor1d(rows, "int32")),
    labels: Int32Array.from(rows, (row) => train.labels[row]),
    features: rowsOf(train.features, rows),
    probabilities: rowsOf(train.probabilities, rows),
  };
}

/** @param {Way} way @param {Awaited<ReturnType<typeof realFloors>>} floors */
async function measured(way, floors) {
  const [toTrain, toHeldOut] = [[], []].map((list) => /** @type {number[]} */ (list));
  /** @type {Digits | undefined} */
  let first;
  const start = performance.now();
  for (let seed = 1; seed <= way.seeds; seed++) {
    const digits = await drawn(way, seed);
    toTrain.push(await frechetDistance(digits.features, train.features));
    toHeldOut.push(await frechetDistance(digits.features, heldOut.features));
    if (first) tf.dispose([digits.images, digits.features, digits.probabilities]);
    else first = digits;
  }
  if (!first) throw new Error("COURSE_BENCH_SEEDS must be 1 or more");
  const floor = way.given ? floors.given : floors.any;
  const kernel = await course.kernelDistance(first.features, heldOut.features);
  const result = { toTrain, toHeldOut, floor, kernel, ...(await judged(first)) };
  tf.dispose([first.images, first.features, first.probabilities]);
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  console.log(`${labelOf(way)}: ${way.seeds} × ${count} digits in ${seconds} s`);
  return { way, ...result };
}

/** @param {Way} way */
const labelOf = ({ name, calls, given }) => `${name}, ${calls} calls, ${given ? "by class" : "any class"}`;

/** @param {number} value */
const percent = (value) => `${(100 * value).toFixed(1)} %`;
/** @param {Floor} floor */
const floorText = ({ mean, deviation }, digits = 3) =>
  `${mean.toFixed(digits)} ± ${deviation.toFixed(digits)}`;
/** @param {readonly number[]} values */
const each = (values) => values.map((value) => value.toFixed(3)).join(" ");
/** @param {readonly number[]} sorted */
const neighbourText = (sorted) => [0, 0.05, 0.5].map((share) => quantile(sorted, share).toFixed(2));

async function printLikelihood() {
  const predict = model.predictor();
  const options = { predicts: model.predicts, seed: 1 };
  const x = quick ? heldOut.images.slice([0, 0, 0, 0], [20, -1, -1, -1]) : heldOut.images;
  const examples = train.images.slice([0, 0, 0, 0], [100, -1, -1, -1]);
  const decoderVariance = await course.bestDecoderVariance(predict, examples, schedule, options);
  const variance = course.posteriorVariance;
  const found = await course.bitsPerDimension(predict, x, schedule, {
    ...options,
    variance,
    decoderVariance,
    probabilities: course.timeProbabilities(schedule, variance),
    draws: quick ? 4 : 16,
  });
  const parts = `prior ${found.prior.toFixed(4)}, diffusion ${found.diffusion.toFixed(4)}, reconstruction ${found.reconstruction.toFixed(4)}`;
  console.log(
    `\nheld-out digits, any class: at most ${found.bits.toFixed(4)} ± ${found.error.toFixed(4)} bits per dimension (${parts})`,
  );
}

/** 64 digits, 20 calls: seconds. */
async function printTime() {
  const [digits, calls, rounds] = [64, 20, quick ? 2 : 5];
  const labels = tf.tensor1d(
    Int32Array.from({ length: digits }, (_, i) => i % 10),
    "int32",
  );
  const z = course.randomNormal([digits, 28, 28, 1], 1);
  const denoise = model.denoiser({ labels });
  const times = samplingTimes(schedule, calls);
  /** @type {number[]} */
  const seconds = [];
  for (let round = 0; round <= rounds; round++) {
    const start = performance.now();
    const x = await dpmSolver(denoise, z, schedule, { times });
    await x.data();
    if (round > 0) seconds.push((performance.now() - start) / 1000); // the first one compiles
    x.dispose();
  }
  const { cpu, cores, gpu } = course.deviceReport();
  console.log(
    `\n${digits} digits, ${calls} calls: ${median(seconds).toFixed(2)} s on ${gpu ?? `${cpu}, ${cores} cores`} (median of ${rounds})`,
  );
}

const floors = await realFloors();
const real = await judged(heldOut);
/** @type {Awaited<ReturnType<typeof measured>>[]} */
const rows = [];
for (const way of await ways()) rows.push(await measured(way, floors));

console.log(`\nReal digits: Fréchet distances of ${count}, ± the scatter of one`);
console.log(`held out to training                          ${floors.heldOutToTrain.toFixed(3)}`);
console.log(`training to other training, the same classes  ${floorText(floors.given.toTrain)}`);
console.log(`training to other training, at random         ${floorText(floors.any.toTrain)}`);
console.log(`training to held out, the same classes        ${floorText(floors.given.toHeldOut)}`);
console.log(`training to held out, at random               ${floorText(floors.any.toHeldOut)}`);
console.log(`kernel: training to held out, same classes    ${floorText(floors.kernel, 4)}\n`);

/** @param {Way} way */
const floorToTrain = ({ given }) => (given ? floors.given : floors.any).toTrain.mean;
printTable([
  [
    "Fréchet distance",
    "to training",
    "× floor",
    "to held out",
    "× floor",
    "kernel to held out",
    "each seed, to training",
  ],
  ...rows.map(({ way, toTrain, toHeldOut, floor, kernel }) => [
    labelOf(way),
    mean(toTrain).toFixed(3),
    (mean(toTrain) / floorToTrain(way)).toFixed(2),
    mean(toHeldOut).toFixed(3),
    (mean(toHeldOut) / floor.toHeldOut.mean).toFixed(2),
    `${kernel.distance.toFixed(4)} ± ${kernel.standardError.toFixed(4)}`,
    each(toTrain),
  ]),
]);

console.log("");
printTable([
  ["", "as asked", "sure", "entropy", "precision", "recall", "nearest", "5 %", "median"],
  ...[
    { name: "held-out digits", ...real, precision: NaN, recall: NaN },
    { name: "training digits (a copier)", ...(await judged(copies())) },
    ...rows.map((row) => ({ name: labelOf(row.way), ...row, accuracy: row.way.given ? row.accuracy : NaN })),
  ].map((row) => [
    row.name,
    ...[row.accuracy, row.confidence].map((value) => (Number.isNaN(value) ? "" : percent(value))),
    row.entropy.toFixed(3),
    ...[row.precision, row.recall].map((value) => (Number.isNaN(value) ? "" : value.toFixed(3))),
    ...neighbourText(row.neighbours),
  ]),
]);
console.log(
  "precision and recall of features, against the held-out digits; distances of pixels to the nearest training digit",
);
console.log(`entropy of the classes found, at most ${Math.log2(10).toFixed(3)} bits`);

await printLikelihood();
await printTime();
