// @ts-check
/**
 * Latent diffusion beside diffusion of pixels, for landscapes of 64 × 64: Fréchet distance with its error, the time of a training step and
 * of a picture, measured in turn. It writes `notebooks/measured/latent.json`, which notebook 17 shows.
 *
 * `npm run bench latent -- --quick`: few pictures and nothing written, to try it out. `-- --times`: the times alone, anew, in the same file;
 * nothing else should run then. All of it takes about 10 minutes on two cores.
 */
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { printTable } from "./unet/workers.mjs";
import { inTurn } from "./in-turn.mjs";
import { landscapeDistance } from "./landscape-distance.mjs";
import { writeMeasured } from "./measured.mjs";
import { median } from "./statistics.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
/** @type {typeof import("../../src/index")} */
const course = createRequire(import.meta.url)(join(root, "dist", "lib", "index.js"));
const { tf } = course;

const quick = process.argv.includes("--quick");
const [samples, real, parts] = quick ? [16, 100, 4] : [300, 2000, 20];
const precision = course.fasterPrecision();
const screen = { pictures: false, show() {} };
/** @typedef {"landscapes-64" | "landscapes-latent"} Name */
const pixel = course.loadModel("landscapes-64", { precision });
const latent = course.loadModel("landscapes-latent", { precision });
const space = course.loadAutoencoder("landscapes-autoencoder");
/** @param {import("../../src/index").DiffusionModel} model @param {number} count */
const timesOf = ({ schedule }, count) => course.samplingTimes(schedule, count);

/** One training step of a recipe, for the time: data are noise. @param {Name} name @param {number} batch */
function trainingStep(name, batch) {
  const { network: made, schedule, predicts } = course.diffusionRecipes[name];
  const network = made();
  const optimizer = course.adam(network.parameters);
  const labels = network.conditions.classes > 0 ? { labels: tf.zeros([batch], "int32") } : {};
  const step = course.compile(
    () => {
      /** @type {import("@tensorflow/tfjs").Tensor4D} */
      const x = course.randomNormal([batch, ...network.shape]);
      const t = course.randomTimes(batch, schedule);
      /** @type {import("../../src/index").Predictor} */
      const predict = (z, times) => network.predict(z, times, { condition: labels });
      const loss = () => course.denoisingLoss(predict, x, schedule, { predicts, t });
      const { value, gradients } = course.valueAndGradients(loss, network.parameters);
      optimizer.apply(gradients);
      return value;
    },
    { precision },
  );
  return { name, flops: network.flops, parameters: network.parameterCount, step };
}

const batch = quick ? 4 : 64; // as in both recipes
const trainers = {
  pixels: trainingStep("landscapes-64", batch),
  latents: trainingStep("landscapes-latent", batch),
};
const stepSeconds = await inTurn(
  { pixels: () => trainers.pixels.step().data(), latents: () => trainers.latents.step().data() },
  quick ? 1 : 5,
);
for (const { step } of Object.values(trainers)) step.dispose();

const drawn = quick ? 2 : 64;
const few = Array.from({ length: drawn }, (_, i) => i % course.landscapeKinds.length);
const draw =
  (/** @type {import("../../src/index").DiffusionModel} */ model, /** @type {object} */ told) => async () => {
    tf.dispose(await course.generate(model, { ...told, times: timesOf(model, 20), seed: 1, screen }));
  };
const drawSeconds = await inTurn(
  { pixels: draw(pixel, { count: drawn }), latents: draw(latent, { labels: few }) },
  quick ? 1 : 3,
);

const cost = /** @type {const} */ (["pixels", "latents"]).map((way) => {
  const { name, flops, parameters } = trainers[way];
  return {
    ...{ name, gflop: Number((flops / 1e9).toFixed(3)), parameters },
    step: Number(median(stepSeconds[way]).toFixed(4)),
    draw: Number((median(drawSeconds[way]) / drawn).toFixed(4)),
  };
});
const [ofPixels, ofLatents] = cost;
const ratios = {
  gflop: Number((ofPixels.gflop / ofLatents.gflop).toFixed(2)),
  step: Number((ofPixels.step / ofLatents.step).toFixed(2)),
  draw: Number((ofPixels.draw / ofLatents.draw).toFixed(2)),
};
console.log(
  `pixels by latents: ${ratios.gflop} × the operations of a call, ${ratios.step} × the time of a step of ${batch}, ${ratios.draw} × the time of a picture (20 calls, decoder included)`,
);

if (process.argv.includes("--times")) {
  const file = join(root, "notebooks", "measured", "latent.json");
  writeMeasured("latent", {
    ...JSON.parse(readFileSync(file, "utf8")),
    batch,
    drawn,
    precision,
    cost,
    ratios,
  });
  process.exit(0);
}

const measured = await landscapeDistance({ real, parts });
const test = course.labelledLandscapes({ count: samples, size: 64, seed: 22 });
// Unguided, and with the classes of real pictures: then both models are to have the distribution of the data.
const { labels } = test;
/** @param {string} name @param {import("../../src/index").DiffusionModel} model @param {number} calls @param {object} [told] */
const row = async (name, model, calls, told = {}) => {
  const images = await course.generate(model, {
    ...{ count: samples, times: timesOf(model, calls), seed: 24, screen, ...told },
  });
  const found = await measured(name, images);
  images.dispose();
  return { ...found, calls };
};
const copies = await course.inBatches((x) => space.decode(space.encode(x)), test.images);
const rows = [
  { ...(await measured("real", test.images)), calls: 0 },
  { ...(await measured("real, round trip through the latents", copies)), calls: 0 },
  await row("pixels", pixel, 20),
  await row("pixels", pixel, 40),
  await row("latents", latent, 20, { labels }),
  await row("latents", latent, 40, { labels }),
  await row("latents, told nothing", latent, 20),
  await row("latents, guided, gamma = 2", latent, 20, { labels, guidance: { gamma: 2 } }),
];
const roundTrip = {
  psnr: Number(course.peakSignalToNoise(copies, test.images).toFixed(2)),
  detail: Number(course.detailKept(copies, test.images).toFixed(3)),
};

console.log(`\n${samples} pictures each, ${real} real ones as reference, ${precision}:`);
printTable([
  ["", "calls", "distance", "error"],
  ...rows.map(({ name, calls, distance, error }) => [
    ...[name, calls === 0 ? "" : `${calls}`, distance.toFixed(2), error.toFixed(2)],
  ]),
]);
console.log(`\nround trip: PSNR ${roundTrip.psnr} dB, detail kept ${roundTrip.detail}`);
if (!quick) {
  const content = { command: "npm run bench latent", samples, reference: real, batch, drawn, precision };
  writeMeasured("latent", { ...content, rows, roundTrip, cost, ratios });
}
