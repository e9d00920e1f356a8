// @ts-check
/**
 * DALL-E 2 in the world of shapes, judged by its exact checker. How well pictures follow captions that training never shows: with a prior,
 * the decoder being told the embedding alone or the caption besides; told the captions' embeddings instead; by the model that reads captions
 * and nothing else; and, as the ceiling of decoding, told the embeddings of the pictures that a rule draws. What of a picture is kept in its variations, beside chance. What the difference of two captions changes, and
 * what it leaves. How often the colours of two groups change places. How often pictures and captions find each other in the space of the
 * pairs. It writes `notebooks/measured/unclip.json`, which notebook 18 shows.
 *
 * `npm run bench unclip -- --quick`: few pictures and nothing written, to try it out. All of it takes about 20 minutes on two cores.
 */
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { attributes, cells, kept, percent, rounded, withError } from "./alignment.mjs";
import { printTable } from "./unet/workers.mjs";
import { writeMeasured } from "./measured.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
/** @type {typeof import("../../src/index")} */
const course = createRequire(import.meta.url)(join(root, "dist", "lib", "index.js"));
const { tf } = course;

/** @typedef {import("../../src/index").Alignment} Alignment */
/** @typedef {import("../../src/index").CaptionedPair} CaptionedPair */
/** @typedef {import("../../src/index").CaptionedImages} CaptionedImages */
/** @typedef {import("../../src/index").RetrievalShares} RetrievalShares */
/** @typedef {import("@tensorflow/tfjs-core").Tensor4D} Tensor4D */

const quick = process.argv.includes("--quick");
const [asked, pictures, each, calls, seed] = quick ? [12, 4, 2, 4, 13] : [300, 100, 4, 20, 13];
/** γ of the decoder, where it draws from noise: it listens to embeddings better than without guidance (Ramesh et al. 2022, section 2.1). */
const gamma = 2;
const etas = quick ? [1] : [0, 0.5, 1];
const precision = course.fasterPrecision();
const models = {
  pair: course.loadPair("world-pair"),
  prior: course.loadPrior("world-prior"),
  decoder: course.loadModel("world-decoder", { precision }),
};
const direct = course.loadModel("world", { precision });
const times = course.samplingTimes(models.decoder.schedule, calls);
const screen = { pictures: false, show() {} };
const { captions, images } = course.worldPictures({
  count: asked,
  seed,
  split: "heldOutCaptions",
  captions: "full",
});

/** @typedef {{ captions: readonly string[], images: Tensor4D }} Asked */

/** What captions ask for, drawn in one way; the prior's guess is a sample, or the caption's own embedding. */
const by =
  (/** @type {"both" | "embedding"} */ told, /** @type {"none" | {}} */ prior = {}) =>
  async (/** @type {Asked} */ { captions }) => {
    const made = await course.generateByCaption(models, captions, {
      told,
      prior,
      decoder: { times, gamma },
      seed,
      screen,
    });
    made.embeddings.dispose();
    return made.images;
  };

/** The decoder told what the prior is to guess. */
function ofPictures(/** @type {number} */ gamma) {
  return async (/** @type {Asked} */ asked) => {
    const embedded = await course.embedPairs(models.pair, asked);
    const drawn = await course.decode(models.decoder, embedded.images, { times, gamma, seed, screen });
    tf.dispose([embedded.images, embedded.captions]);
    return drawn;
  };
}

/** @type {Record<string, (asked: Asked) => Promise<Tensor4D>>} */
const ways = {
  "prior and caption": by("both"),
  prior: by("embedding"),
  none: by("embedding", "none"),
  picture: ofPictures(gamma),
  "picture, unguided": ofPictures(1),
  direct: ({ captions }) =>
    course.generate(direct, { captions, guidance: { gamma: 1 }, times, seed, screen }),
};

/** @type {{ way: string, found: Alignment }[]} */
const byWay = [];
for (const [way, draw] of Object.entries(ways)) {
  const made = await draw({ captions, images });
  byWay.push({ way, found: await course.alignment(made, captions) });
  made.dispose();
  console.log(`${way}: ${cells(byWay[byWay.length - 1].found)[0]}`);
}
const drawn = await course.alignment(images, captions);

const some = /** @type {Tensor4D} */ (images.slice(0, pictures));
const ofSome = captions.slice(0, pictures);
/** @type {{ eta: number, rows: import("../../src/index").KeptAttribute[] }[]} */
const keptIn = [];
for (const eta of etas) {
  const varied = await course.variations(models, some, { each, eta, times, seed, screen });
  keptIn.push({ eta, rows: await course.keptAttributes(ofSome, varied) });
  varied.dispose();
}

/** Of scenes with one red group, it is to become blue. */
const shares = [0, 0.125, 0.25, 0.375, 0.5];
const single = course.worldPictures({ count: 8 * pictures, seed, groups: 1, captions: "full" });
const red = single.captions.flatMap((caption, i) => (/\bred\b/.test(caption) ? [i] : []));
const edited = red.slice(0, quick ? 2 : 60);
const from = edited.map((i) => single.captions[i]);
const to = from.map((caption) => caption.replace("red", "blue"));
const reds = /** @type {Tensor4D} */ (tf.gather(single.images, edited));
const ofShares = await course.textDifferences(models, reds, { from, to, shares, times, seed, screen });
const edits = [];
for (const [k, share] of shares.entries()) {
  const rows = edited.map((_, i) => i * shares.length + k);
  edits.push({ share, found: await course.alignment(tf.gather(ofShares, rows), to) });
}

/** @typedef {import("../../src/index").Scene} Scene */
/** Scenes of two groups that differ in colour and shape, and the same with their colours exchanged. */
const double = course.worldPictures({
  ...{ count: 3 * pictures, seed, groups: 2 },
  ...{ split: "heldOutCaptions", captions: "full" },
});
const differ = (/** @type {Scene} */ [a, b]) => a.colour !== b.colour && a.shape !== b.shape;
const told = double.scenes.flatMap((scene, i) => (differ(scene) ? [i] : [])).slice(0, pictures);
const exchanged = (/** @type {Scene} */ [a, b]) => [
  { ...a, colour: b.colour },
  { ...b, colour: a.colour },
];
const twoGroups = {
  captions: told.map((i) => double.captions[i]),
  images: /** @type {Tensor4D} */ (tf.gather(double.images, told)),
};
/** The share of pictures in which each colour goes with its shape and place. @param {boolean[]} outcomes */
function shareOf(outcomes) {
  const share = outcomes.filter(Boolean).length / outcomes.length;
  return { share: rounded(share), error: rounded(Math.sqrt((share * (1 - share)) / outcomes.length)) };
}
const groups = [];
for (const way of ["picture", "prior", "prior and caption", "direct"]) {
  const made = await ways[way](twoGroups);
  const size = made.size / told.length;
  const pixels = await made.data();
  const agrees = (/** @type {(scene: Scene) => import("../../src/index").SceneDescription} */ described) =>
    told.map((row, i) => {
      const picture = pixels.subarray(i * size, (i + 1) * size);
      const { colour, shape, place } = course.checkCaption(picture, described(double.scenes[row]));
      return Boolean(colour && shape && place);
    });
  groups.push({ way, right: shareOf(agrees((scene) => scene)), swapped: shareOf(agrees(exchanged)) });
  made.dispose();
}

/** @param {CaptionedPair} pair @param {CaptionedImages} given @param {boolean} sameCaption whether an equal caption is as right */
async function found(pair, given, sameCaption = true) {
  const embedded = await course.embedPairs(pair, given);
  const ids = sameCaption ? given.captions : undefined;
  const result = await course.retrieval(embedded.images, embedded.captions, { ...(ids && { ids }) });
  tf.dispose([embedded.images, embedded.captions]);
  return result;
}
const emojiPair = course.loadPair("emoji-pair");
const partial = course.worldPictures({ count: asked, seed, split: "heldOutCaptions" });
/** @type {[string, Awaited<ReturnType<typeof found>>][]} */
const searches = [
  ["captions that say everything", await found(models.pair, { images, captions })],
  ["captions that leave things out", await found(models.pair, partial, false)],
];
for (const split of /** @type {const} */ (["train", "heldOutCombinations", "heldOut"])) {
  const all = course.loadEmoji({ split });
  const names = all.captions.slice(0, 100);
  const first = /** @type {Tensor4D} */ (all.images.slice(0, names.length));
  searches.push([`emoji, ${split}`, await found(emojiPair, { images: first, captions: names })]);
}

console.log(
  `\n${asked} captions that training never shows, ${calls} calls of DPM-Solver++, ${precision}; percent`,
);
printTable([
  ["told", ...attributes],
  ...byWay.map(({ way, found }) => [way, ...cells(found)]),
  ["drawn by rule", ...cells(drawn)],
]);
console.log(`\nKept in ${each} variations of each of ${pictures} pictures, percent`);
printTable([
  ["", "by chance", ...etas.map((eta) => `η = ${eta}`)],
  ...keptIn[0].rows.map(({ attribute, byChance }, i) => [
    attribute,
    percent(byChance),
    ...keptIn.map(({ rows }) => withError(rows[i].kept, rows[i].standardError)),
  ]),
]);
console.log(`\n${edited.length} red groups on their way to blue, judged by their new captions, percent`);
printTable([["share", ...attributes], ...edits.map(({ share, found }) => [String(share), ...cells(found)])]);
console.log(`\nColour, shape and place of two groups, ${told.length} pictures, percent`);
printTable([
  ["told", "right", "colours exchanged"],
  ...groups.map(({ way, right, swapped }) => [
    way,
    withError(right.share, right.error),
    withError(swapped.share, swapped.error),
  ]),
]);
console.log("\nFound at once, percent");
/** @param {RetrievalShares} shares */
const shown = ({ top1, standardError }) => withError(top1, standardError);
printTable([
  ["", "among", "captions by pictures", "pictures by captions", "chance"],
  ...searches.map(([name, { captions, images, among }]) => [
    name,
    String(among),
    shown(captions),
    shown(images),
    percent(captions.chance),
  ]),
]);

if (!quick) {
  const content = {
    command: "npm run bench unclip",
    ...{ calls, sampler: "DPM-Solver++", gamma, precision, seed },
    ways: {
      captions: asked,
      split: "heldOutCaptions",
      rows: byWay.map(({ way, found }) => ({ way, ...kept(found) })),
      drawn: kept(drawn),
    },
    kept: {
      ...{ pictures, each },
      rows: keptIn.map(({ eta, rows }) => ({
        eta,
        rows: rows.map(({ attribute, kept, standardError, byChance }) => ({
          attribute,
          ...{ kept: rounded(kept), error: rounded(standardError), byChance: rounded(byChance) },
        })),
      })),
    },
    edits: {
      pictures: edited.length,
      rows: edits.map(({ share, found }) => ({ share, ...kept(found) })),
    },
    groups: { pictures: told.length, rows: groups },
    retrieval: searches.map(([name, { captions, images, among }]) => ({
      ...{ name, among, chance: rounded(captions.chance) },
      captions: { top1: rounded(captions.top1), error: rounded(captions.standardError) },
      images: { top1: rounded(images.top1), error: rounded(images.standardError) },
    })),
  };
  writeMeasured("unclip", content);
}
