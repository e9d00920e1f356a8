import { tf } from "../backend/tf";
import { checkInteger, checkShape, checkType } from "../errors";

export interface SeamContrast {
  /** 1 where seams cannot be told from other columns, more where they show, less where they are blurred. */
  readonly contrast: number;
  /** By how the pictures differ, which must be independent of one another; NaN for one picture alone. */
  readonly standardError: number;
}

/** How much seams show: the mean |difference| of neighbouring columns across the seams, divided by that of all other neighbours.
 * The standard error of this ratio of two means is that of its linear part (Cochran 1977, "Sampling techniques", section 2.11).
 * @param images float32 [count, height, width, channels]
 * @param columns where the seams are, each as the column to the right of it: from 1 to width - 1
 * @throws RangeError or TypeError for a shape, type or columns that do not fit, none, or all of them */
export async function seamContrast(images: tf.Tensor4D, columns: readonly number[]): Promise<SeamContrast> {
  checkType("images", images, "float32");
  checkShape("images", images.shape, [null, null, null, null]);
  const [count, , width] = images.shape;
  columns.forEach((column, i) => {
    checkInteger(`columns[${i}]`, column, 1, width - 1);
  });
  const seams = new Set(columns);
  checkInteger("The number of different columns", seams.size, 1, width - 2);
  const differences = await columnDifferences(images);
  const means = Array.from({ length: count }, (_, n) => {
    const ofPicture = Array.from(differences.subarray(n * (width - 1), (n + 1) * (width - 1)));
    const mean = (wanted: boolean): number =>
      average(ofPicture.filter((_, i) => seams.has(i + 1) === wanted));
    return { seam: mean(true), other: mean(false) };
  });
  const other = average(means.map((each) => each.other));
  const contrast = average(means.map((each) => each.seam)) / other;
  const squares = means.map((each) => (each.seam - contrast * each.other) ** 2);
  return { contrast, standardError: Math.sqrt(average(squares) / (count - 1)) / other };
}

/** The mean |difference| between each column and the next, [count · (width - 1)]. */
async function columnDifferences(images: tf.Tensor4D): Promise<Float32Array> {
  const means = tf.tidy(() => {
    const pairs = images.shape[2] - 1;
    const right = images.slice([0, 0, 1, 0], [-1, -1, pairs, -1]);
    return right
      .sub(images.slice([0, 0, 0, 0], [-1, -1, pairs, -1]))
      .abs()
      .mean([1, 3]);
  });
  const values = await means.data<"float32">();
  means.dispose();
  return values;
}

const average = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
