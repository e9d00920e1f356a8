// @ts-check
/**
 * How well pictures follow their captions, judged by the exact checker of the world of shapes. Two tables: over the scale γ, for captions
 * that training never shows; and at the best γ of these, for captions of training, for others, and for pairs of colour and shape
 * that training never shows. It writes `notebooks/measured/text-to-image.json`, which notebook 14 shows.
 *
 * `npm run bench text-to-image -- --quick`: few pictures and nothing written, to try it out. All of it takes about 20 minutes on two cores.
 */
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { attributes, cells, kept } from "./alignment.mjs";
import { printTable } from "./unet/workers.mjs";
import { writeMeasured } from "./measured.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
/** @type {typeof import("../../src/index")} */
const course = createRequire(import.meta.url)(join(root, "dist", "lib", "index.js"));

/** @typedef {import("../../src/index").WorldSplit} WorldSplit */
/** @typedef {import("../../src/index").Alignment} Alignment */

const quick = process.argv.includes("--quick");
const [inSweep, atBest, calls, seed] = quick ? [20, 20, 20, 11] : [300, 600, 20, 11];
const scales = quick ? [1, 2] : [1, 1.5, 2, 3, 5];
const precision = course.fasterPrecision();
const model = course.loadModel("world", { precision });
const times = course.samplingTimes(model.schedule, calls);
const screen = { pictures: false, show() {} };

/** Captions that say everything, and the pictures that a rule draws of them. @param {WorldSplit} split @param {number} count */
const asked = (split, count) => course.worldPictures({ count, seed, split, captions: "full" });

/** @param {readonly string[]} captions @param {number} gamma @returns {Promise<Alignment>} */
async function measured(captions, gamma) {
  const images = await course.generate(model, { captions, guidance: { gamma }, times, seed, screen });
  const found = await course.alignment(images, captions);
  images.dispose();
  return found;
}

console.log(`${calls} calls of DPM-Solver++, ${precision}; shares of pictures in percent\n`);
const { captions, images } = asked("heldOutCaptions", inSweep);
const drawn = await course.alignment(images, captions);
images.dispose();
/** @type {{ gamma: number, found: Alignment }[]} */
const sweep = [];
for (const gamma of scales) {
  sweep.push({ gamma, found: await measured(captions, gamma) });
  console.log(`γ = ${gamma}: ${cells(sweep[sweep.length - 1].found)[0]}`);
}
const best = sweep.reduce((a, b) => (b.found.all.share > a.found.all.share ? b : a)).gamma;

/** @type {{ split: WorldSplit, found: Alignment }[]} */
const splits = [];
for (const split of /** @type {const} */ (["train", "heldOutCaptions", "heldOutPairs"])) {
  const { captions, images } = asked(split, atBest);
  images.dispose();
  splits.push({ split, found: await measured(captions, best) });
  console.log(`${split}: ${cells(splits[splits.length - 1].found)[0]}`);
}

console.log(`\nOver γ, ${inSweep} captions that training never shows:`);
printTable([
  ["", ...attributes],
  ...sweep.map(({ gamma, found }) => [`γ = ${gamma}`, ...cells(found)]),
  ["drawn by rule", ...cells(drawn)],
]);
console.log(`\nγ = ${best}, ${atBest} captions each:`);
printTable([["", ...attributes], ...splits.map(({ split, found }) => [split, ...cells(found)])]);

if (!quick) {
  const content = {
    command: "npm run bench text-to-image",
    ...{ calls, sampler: "DPM-Solver++", precision, seed },
    sweep: {
      captions: inSweep,
      split: "heldOutCaptions",
      rows: sweep.map(({ gamma, found }) => ({ gamma, ...kept(found) })),
    },
    splits: {
      captions: atBest,
      gamma: best,
      rows: splits.map(({ split, found }) => ({ split, ...kept(found) })),
    },
    drawn: kept(drawn),
  };
  writeMeasured("text-to-image", content);
}
