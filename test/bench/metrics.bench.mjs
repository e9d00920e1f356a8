// @ts-check
/**
 * What measuring costs, beside the least that it could: distances of samples beside sorting them, distances of features beside the matrix
 * products in them, and the digits from their cache beside the package. In turns, so that all see the same machine; medians.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { inTurn } from "./in-turn.mjs";
import { median } from "./statistics.mjs";
import { printTable } from "./unet/workers.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const require = createRequire(import.meta.url);
/** @type {typeof import("../../src/index")} */
const course = require(join(root, "dist", "lib", "index.js"));
/** @type {typeof import("../../src/data/digit-store")} */
const { readDigits } = require(join(root, "dist", "lib", "data", "digit-store.js"));
const { tf } = course;

const rounds = 7;
const numbers = [1, 2].map((seed) => Float64Array.from(course.randomNormal([100_000], seed).dataSync()));
/** @param {number} count @param {number} size @param {number} seed */
const cloud = (count, size, seed) =>
  /** @type {import("@tensorflow/tfjs-core").Tensor2D} */ (course.randomNormal([count, size], seed));
const features = [cloud(10_000, 256, 1), cloud(10_000, 256, 2)];
const [images, others] = [cloud(1000, 784, 3), cloud(9000, 784, 4)];
const standard = { cdf: (/** @type {number} */ x) => 1 / (1 + Math.exp(-1.702 * x)) };
const folder = mkdtempSync(join(tmpdir(), "metrics-bench-"));
let files = 0;

/** @param {() => import("@tensorflow/tfjs-core").Tensor} product */
const products = (product) => tf.tidy(() => void product().sum().dataSync());

/** @type {{ what: string, beside: string, ways: { own: () => unknown, least: () => unknown } }[]} */
const rows = [
  {
    what: "wasserstein1 of 100,000 numbers each",
    beside: "sorting both",
    ways: {
      own: () => course.wasserstein1(numbers[0], numbers[1]),
      least: () => numbers.map((each) => each.slice().sort()),
    },
  },
  {
    what: "wasserstein1 of 100,000 numbers and a distribution",
    beside: "sorting, and its function at each",
    ways: {
      own: () => course.wasserstein1(numbers[0], standard),
      least: () => numbers[0].slice().sort().map(standard.cdf),
    },
  },
  {
    what: "frechetDistance of 10,000 points of 256 features each",
    beside: "two products of features",
    ways: {
      own: () => course.frechetDistance(features[0], features[1]),
      least: () => {
        for (const each of features) products(() => tf.matMul(each, each, true));
      },
    },
  },
  {
    what: "nearestNeighbours, 5 of 9,000, for 1,000 images of 784 pixels",
    beside: "the product of all",
    ways: {
      own: () => course.nearestNeighbours(images, others, { count: 5 }),
      least: () => products(() => tf.matMul(images, others, false, true)),
    },
  },
  {
    what: "digits by the package",
    beside: "from the cache",
    ways: { own: () => readDigits(join(folder, `${files++}.bin`)), least: () => readDigits() },
  },
];

readDigits();
const table = [["", "times as long as", "", "of its own, ms"]];
for (const { what, beside, ways } of rows) {
  const { own, least } = ways;
  const seconds = await inTurn({ own: async () => own(), least: async () => least() }, rounds);
  const ratio = median(seconds.own.map((each, i) => each / seconds.least[i]));
  table.push([what, beside, ratio.toPrecision(2), (1000 * median(seconds.own)).toPrecision(2)]);
}
rmSync(folder, { recursive: true });
printTable(table);
