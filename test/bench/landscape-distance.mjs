// @ts-check
/** How far landscapes of 64 × 64 pixels are from real ones. */
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { jackknife } from "./jackknife.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
/** @type {typeof import("../../src/index")} */
const course = createRequire(import.meta.url)(join(root, "dist", "lib", "index.js"));
const { tf } = course;

/**
 * @param {{ real: number, parts: number }} options  how many real ones are the reference, and of how many parts the jackknife leaves out one
 * @returns a function that measures the Fréchet distance of images by the features of `landscape-classifier`, with the jackknife's error,
 * and the share of landscapes with water
 */
export async function landscapeDistance({ real, parts }) {
  const judge = course.loadClassifier("landscape-classifier");
  /** @param {import("@tensorflow/tfjs").Tensor4D} images */
  const described = (images) => course.describeImages(judge, images);
  const reference = (await described(course.landscapes({ count: real, size: 64, seed: 21 }))).features;
  return (
    /** @param {string} name @param {import("@tensorflow/tfjs").Tensor4D} images */
    async (name, images) => {
      const { features, probabilities } = await described(images);
      const { value, error } = await jackknife(features, {
        parts,
        of: (rows) => course.frechetDistance(rows, reference),
      });
      const kinds = Array.from(course.likeliestClasses(probabilities), (k) => course.landscapeKinds[k]);
      tf.dispose([features, probabilities]);
      const row = {
        name,
        distance: Number(value.toFixed(4)),
        error: Number(error.toFixed(4)),
        water: Number((kinds.filter((kind) => kind.includes("water")).length / features.shape[0]).toFixed(4)),
      };
      console.log(`${name}: ${row.distance.toFixed(2)} ± ${row.error.toFixed(2)}`);
      return row;
    }
  );
}
