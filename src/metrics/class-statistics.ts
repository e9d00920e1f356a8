import type { tf } from "../backend/tf";
import { checkFinite, checkInteger, checkShape, checkType } from "../errors";

/** How far probabilities may be from adding up to 1. */
const slack = 1e-3;

/** The likeliest class of each image; the first of several.
 * @param probabilities float32 [n, classes], as a softmax gives them
 * @throws RangeError or TypeError for other shapes and types, or rows that are no probabilities */
export function likeliestClasses(probabilities: tf.Tensor2D): Int32Array {
  return Int32Array.from(rowsOf(probabilities), (row) => row.indexOf(largest(row)));
}

/** How many images have each class as their likeliest.
 * @param probabilities float32 [n, classes]
 * @throws RangeError or TypeError for other shapes and types, or rows that are no probabilities */
export function classCounts(probabilities: tf.Tensor2D): Int32Array {
  const counts = new Int32Array(probabilities.shape[1]);
  for (const label of likeliestClasses(probabilities)) counts[label]++;
  return counts;
}

/** p(y) = E p(y | x): the probability of each class, averaged over the images.
 * @param probabilities float32 [n, classes]
 * @throws RangeError or TypeError for other shapes and types, or rows that are no probabilities */
export function meanProbabilities(probabilities: tf.Tensor2D): Float64Array {
  const [count, classes] = probabilities.shape;
  const sums = new Float64Array(classes);
  for (const row of rowsOf(probabilities)) row.forEach((value, k) => (sums[k] += value));
  return sums.map((sum) => sum / count);
}

/** The mean of the largest probability: how sure the classifier is. That of generated images is compared with that of real
 * ones: lower where images lie between the classes, higher where only the typical is generated.
 * @param probabilities float32 [n, classes]
 * @throws RangeError or TypeError for other shapes and types, or rows that are no probabilities */
export function meanConfidence(probabilities: tf.Tensor2D): number {
  const rows = rowsOf(probabilities);
  return rows.reduce((sum, row) => sum + largest(row), 0) / rows.length;
}

/** The share of images whose likeliest class is their label: for generated images, the class that was asked for.
 * @param probabilities float32 [n, classes]
 * @param labels n whole numbers below the number of classes
 * @throws RangeError or TypeError for other shapes and types, rows that are no probabilities, or other labels */
export function accuracy(probabilities: tf.Tensor2D, labels: ArrayLike<number>): number {
  const found = likeliestClasses(probabilities);
  if (labels.length !== found.length) {
    throw new RangeError(`labels has ${labels.length} labels for ${found.length} images; give one for each.`);
  }
  let right = 0;
  found.forEach((label, i) => {
    checkInteger(`labels[${i}]`, labels[i], 0, probabilities.shape[1] - 1);
    if (label === labels[i]) right++;
  });
  return right / found.length;
}

/** The entropy -Σ p log₂ p of a distribution, in bits: log₂ of the number of classes if all are equally frequent, 0 if there
 * is only one. Of {@link meanProbabilities}, or of {@link classCounts}, it says how varied the images are. Counts of n images
 * fall short of the source's entropy by about (classes - 1) / (2 n ln 2) bits (Miller 1955).
 * @param weights probabilities, or counts: numbers of 0 or more, which need not add up to 1
 * @throws RangeError for other numbers, or if all are 0 */
export function entropyInBits(weights: ArrayLike<number>): number {
  checkFinite("weights", weights);
  const values = Array.from(weights);
  const total = values.reduce((sum, value) => sum + value, 0);
  const negative = values.findIndex((value) => value < 0);
  if (negative >= 0) {
    throw new RangeError(`weights[${negative}] is ${values[negative]}; use numbers of 0 or more.`);
  }
  if (total === 0) throw new RangeError("weights add up to 0; at least one must be above 0.");
  return values.reduce(
    (sum, value) => (value > 0 ? sum + (value / total) * Math.log2(total / value) : sum),
    0,
  );
}

/** @throws RangeError or TypeError unless each row has probabilities that add up to 1 */
function rowsOf(probabilities: tf.Tensor2D): Float32Array[] {
  checkType("probabilities", probabilities, "float32");
  checkShape("probabilities", probabilities.shape, [null, null]);
  const [count, classes] = probabilities.shape;
  checkInteger("probabilities.shape[0]", count, 1);
  checkInteger("probabilities.shape[1]", classes, 1);
  const values = probabilities.dataSync<"float32">();
  checkFinite("probabilities", values);
  return Array.from({ length: count }, (_, i) => {
    const row = values.subarray(i * classes, (i + 1) * classes);
    checkProbabilities(`row ${i} of probabilities`, row);
    return row;
  });
}

function checkProbabilities(name: string, row: Float32Array): void {
  const cure = "use probabilities, such as the softmax of logits";
  const sum = row.reduce((total, value) => total + value, 0);
  if (row.some((value) => value < 0)) throw new RangeError(`${name} has a number below 0; ${cure}.`);
  if (Math.abs(sum - 1) > slack) throw new RangeError(`${name} adds up to ${sum}; ${cure}.`);
}

function largest(row: Float32Array): number {
  return row.reduce((most, value) => Math.max(most, value));
}
