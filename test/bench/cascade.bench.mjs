// @ts-check
/**
 * The cascade of landscapes beside the single model, on more pictures than a notebook has time for: Fréchet distance at 64 × 64 pixels with
 * its error, the share of landscapes with water, and the distance over the time s of the noise on the condition. It writes
 * `notebooks/measured/cascade.json`, which notebook 16 shows.
 *
 * `npm run bench cascade -- --quick`: few pictures and nothing written, to try it out. All of it takes about 10 minutes on two cores.
 */
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { printTable } from "./unet/workers.mjs";
import { landscapeDistance } from "./landscape-distance.mjs";
import { writeMeasured } from "./measured.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
/** @type {typeof import("../../src/index")} */
const course = createRequire(import.meta.url)(join(root, "dist", "lib", "index.js"));
const { tf } = course;

const quick = process.argv.includes("--quick");
const [samples, real, parts] = quick ? [16, 100, 4] : [300, 2000, 20];
const noises = quick ? [0, 100] : [0, 50, 100, 200, 300];
const calls = { base: 40, enlarger: 10, single: 20 };
const precision = course.fasterPrecision();
const screen = { pictures: false, show() {} };

const base = course.loadModel("landscapes", { precision });
const enlarger = course.loadModel("landscapes-enlarged", { precision });
const single = course.loadModel("landscapes-64", { precision });
const { schedule } = base;
/** @param {number} count */
const timesOf = (count) => course.samplingTimes(schedule, count);

const measured = await landscapeDistance({ real, parts });

const test = course.landscapes({ count: samples, size: 64, seed: 22 });
const small = await course.generate(base, {
  ...{ count: samples, times: timesOf(calls.base), seed: 23, screen },
});
const alone = await course.generate(single, {
  ...{ count: samples, times: timesOf(calls.single), seed: 24, screen },
});
const slowly = await course.generate(single, {
  ...{ count: samples, times: timesOf(2 * calls.single), seed: 24, screen },
});
const rows = [
  await measured("real", test),
  await measured("real, made small and large", course.upsample(course.downsample(test), 2)),
  await measured("base, enlarged pixels", course.upsample(small, 2)),
  await measured("single model", alone),
  await measured("single model, twice the calls", slowly),
];
const noise = [];
for (const s of noises) {
  const condition = course.enlarged(small, s, { schedule, seed: 25 });
  const images = await course.generate(enlarger, {
    ...{ condition, times: timesOf(calls.enlarger), seed: 26, screen },
  });
  noise.push({ s, ...(await measured(`cascade, s = ${s}`, images)) });
  tf.dispose([images, { ...condition }]);
}

console.log(`\n${samples} pictures each, ${real} real ones as reference, ${precision}:`);
printTable([
  ["", "distance", "error", "water"],
  ...[...rows, ...noise].map(({ name, distance, error, water }) => [
    ...[name, distance.toFixed(2), error.toFixed(2), `${(100 * water).toFixed(1)} %`],
  ]),
]);

if (!quick) {
  const content = {
    command: "npm run bench cascade",
    samples,
    reference: real,
    calls,
    precision,
    rows,
    noise,
  };
  writeMeasured("cascade", content);
}
