// @ts-check
/**
 * What the emoji model has learned, and what it remembers. For names of training, for new combinations of what these name, and for
 * new names: how often a picture finds its own name among 100, by a pair of networks that was trained apart, with the real emoji as
 * the ceiling; and how far it is from the nearest emoji of training, with emoji that training never showed as the measure of "far".
 * It writes `notebooks/measured/emoji.json`, which notebook 14 shows.
 *
 * `npm run bench emoji -- --quick`: few pictures and nothing written, to try it out. All of it takes a few minutes on two cores.
 */
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { printTable } from "./unet/workers.mjs";
import { writeMeasured } from "./measured.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
/** @type {typeof import("../../src/index")} */
const course = createRequire(import.meta.url)(join(root, "dist", "lib", "index.js"));
const { tf } = course;

/** @typedef {import("../../src/index").EmojiSplit} EmojiSplit */
/** @typedef {import("@tensorflow/tfjs-core").Tensor4D} Tensor4D */

const quick = process.argv.includes("--quick");
const [most, calls, seed] = [quick ? 16 : 100, 20, 12];
const scales = quick ? [2] : [1, 2];
const precision = course.fasterPrecision();
const model = course.loadModel("emoji", { precision });
const judge = course.loadPair("emoji-pair");
const known = course.loadEmoji();
const times = course.samplingTimes(model.schedule, calls);
const screen = { pictures: false, show() {} };

/** The root mean square distance of a number in [-1, 1] below which a picture counts as a copy. */
const copyBelow = 0.1;

/** @param {Tensor4D} images @param {readonly string[]} captions */
async function measured(images, captions) {
  const embedded = await course.embedPairs(judge, { images, captions });
  const { captions: found, among } = await course.retrieval(embedded.images, embedded.captions, {
    ids: captions,
  });
  const nearest = (await course.nearestNeighbours(images, known.images)).map(([each]) => each);
  tf.dispose([embedded.images, embedded.captions]);
  const [, ...shape] = images.shape;
  const distances = nearest
    .map(({ distance }) => distance / Math.sqrt(shape.reduce((a, b) => a * b)))
    .sort((a, b) => a - b);
  const share = (/** @type {number} */ count) => Number((count / captions.length).toFixed(4));
  return {
    count: captions.length,
    retrieval: { top1: found.top1, error: found.standardError, chance: found.chance, among },
    nearest: {
      median: Number(distances[Math.floor(distances.length / 2)].toFixed(4)),
      copies: share(distances.filter((each) => each < copyBelow).length),
      ofOwnName: share(nearest.filter(({ index }, i) => known.captions[index] === captions[i]).length),
    },
  };
}

/** @type {{ split: EmojiSplit, gamma: number | null, row: Awaited<ReturnType<typeof measured>> }[]} */
const rows = [];
for (const split of /** @type {const} */ (["train", "heldOutCombinations", "heldOut"])) {
  const all = course.loadEmoji({ split });
  const captions = all.captions.slice(0, most);
  const real = /** @type {Tensor4D} */ (all.images.slice(0, captions.length));
  rows.push({ split, gamma: null, row: await measured(real, captions) });
  for (const gamma of scales) {
    const images = await course.generate(model, { captions, guidance: { gamma }, times, seed, screen });
    rows.push({ split, gamma, row: await measured(images, captions) });
    images.dispose();
  }
}

const percent = (/** @type {number} */ share) => (100 * share).toFixed(1);
console.log(`${calls} calls of DPM-Solver++, ${precision}; shares in percent\n`);
printTable([
  [
    "names",
    "pictures",
    "find their name",
    "chance",
    "nearest: median",
    `below ${copyBelow}`,
    "of their own name",
  ],
  ...rows.map(({ split, gamma, row: { count, retrieval, nearest } }) => [
    `${split} (${count})`,
    gamma === null ? "real" : `γ = ${gamma}`,
    `${percent(retrieval.top1)} ± ${percent(retrieval.error)}`,
    percent(retrieval.chance),
    String(nearest.median),
    percent(nearest.copies),
    percent(nearest.ofOwnName),
  ]),
]);

if (!quick) {
  const content = {
    command: "npm run bench emoji",
    ...{ calls, sampler: "DPM-Solver++", precision, seed, copyBelow },
    rows: rows.map(({ split, gamma, row }) => ({ split, gamma, ...row })),
  };
  writeMeasured("emoji", content);
}
