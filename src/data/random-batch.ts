import { hasRawOps, rawOp } from "../backend/raw-op";
import { tf } from "../backend/tf";
import { checkInteger, checkShape, checkType } from "../errors";
import { nextSeed, seedTensor, seedWords } from "../random/seed";
import { philoxWords } from "../random/philox";

/** How the images of a batch are varied, each in its own way. */
export interface Augmentation {
  /** Mirrors an image, left for right, with probability 1/2. */
  readonly flip?: boolean;
  /** Moves an image by -shift … shift whole pixels across, and by as many, drawn separately, down. Its outermost pixels fill
   * what becomes free. */
  readonly shift?: number;
}

/** How a batch is drawn. */
export interface BatchOptions {
  /** The number of images. */
  readonly size: number;
  /** One for each image of the data; the batch then has labels, too. */
  readonly labels?: Int32Array | tf.Tensor1D;
  readonly augment?: Augmentation;
  /** Images are drawn in runs of so many that follow each other, such as those that are easily taken for one another; it divides both numbers
   * of images. 1 if omitted. */
  readonly runs?: number;
}

/** Images drawn at random. */
export interface Batch {
  /** [size, height, width, channels] float32. */
  readonly x: tf.Tensor4D;
  /** Which images of the data they are, int32 [size]: captions and the like follow by `tf.gather`. */
  readonly index: tf.Tensor1D;
}

/** Images drawn at random, with their labels. */
export interface LabelledBatch extends Batch {
  /** int32 [size]. */
  readonly labels: tf.Tensor1D;
}

/** Draws a batch with replacement, each image with the same probability (lecture, Algorithm 18.1: the batch of its loop). To be called
 * within a training step, also a compiled one: all of it, augmentation too, is part of the step's graph. It draws from the
 * step's stream of random numbers, the images first, so that augmentation does not change which ones they are.
 * @param images float32 [count, height, width, channels]
 * @throws RangeError or TypeError for images or labels that do not fit, or a bad option */
export function randomBatch(
  images: tf.Tensor4D,
  options: BatchOptions & Required<Pick<BatchOptions, "labels">>,
): LabelledBatch;
export function randomBatch(images: tf.Tensor4D, options: BatchOptions): Batch;
export function randomBatch(images: tf.Tensor4D, options: BatchOptions): Batch | LabelledBatch {
  const { size, labels, augment = {}, runs = 1 } = options;
  checkShape("images", images.shape, [null, null, null, null]);
  checkType("images", images, "float32");
  if (images.shape[0] === 0) throw new RangeError(noImage(images));
  checkInteger("size", size, 1);
  checkInteger("runs", runs, 1);
  checkInteger("size / runs", size / runs, 1);
  checkInteger("the number of images / runs", images.shape[0] / runs, 1);
  return tf.tidy(() => {
    const [count] = images.shape;
    const index = inRuns(randomIndices(size / runs, count / runs), runs);
    const x = augmented(tf.gather(images, index), augment);
    return labels ? { x, index, labels: tf.gather(labelTensor(labels, count), index) } : { x, index };
  });
}

/** All rows of the runs. */
const inRuns = (run: tf.Tensor1D, length: number): tf.Tensor1D =>
  length === 1
    ? run
    : run
        .mul(tf.scalar(length, "int32"))
        .expandDims(1)
        .add(tf.range(0, length, 1, "int32"))
        .flatten();

const noImage = ({ shape }: tf.Tensor): string =>
  `images has the shape [${shape.join(", ")}]; there is no image to draw.`;

function labelTensor(labels: Int32Array | tf.Tensor1D, count: number): tf.Tensor1D {
  const tensor = labels instanceof tf.Tensor ? labels : tf.tensor1d(labels, "int32");
  checkShape("labels", tensor.shape, [count]);
  checkType("labels", tensor, "int32");
  return tensor;
}

/** Gathers each image's pixels anew, from where mirror and shift say. */
function augmented(x: tf.Tensor4D, { flip = false, shift = 0 }: Augmentation): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  checkInteger("shift", shift, 0, Math.min(height, width) - 1);
  if (!flip && shift === 0) return x;
  const shifts = (): tf.Tensor => randomIndices(batch, 2 * shift + 1).sub(tf.scalar(shift, "int32"));
  const rows = places(height, shift > 0 ? shifts() : undefined);
  const columns = mirrored(places(width, shift > 0 ? shifts() : undefined), width, batch, flip);
  const pixel = integers(batch)
    .reshape([batch, 1, 1])
    .mul(tf.scalar(height, "int32"))
    .add(rows.expandDims(2))
    .mul(tf.scalar(width, "int32"))
    .add(columns.expandDims(1));
  const pixels = x.reshape<tf.Tensor2D>([batch * height * width, channels]);
  return tf.gather(pixels, pixel.flatten()).reshape(x.shape);
}

const integers = (count: number): tf.Tensor1D => tf.range(0, count, 1, "int32");

/** From which row, or column, each one of a shifted image comes: int32 [batch, length], or [1, length] without shifts. */
function places(length: number, shifts: tf.Tensor | undefined): tf.Tensor {
  const own = integers(length).expandDims(0);
  if (!shifts) return own;
  return own
    .sub(shifts.expandDims(1))
    .maximum(tf.scalar(0, "int32"))
    .minimum(tf.scalar(length - 1, "int32"));
}

/** The image is mirrored before it is shifted. */
function mirrored(columns: tf.Tensor, width: number, batch: number, flip: boolean): tf.Tensor {
  if (!flip) return columns;
  const chosen = randomIndices(batch, 2).expandDims(1);
  const mirror = tf.scalar(width - 1, "int32").sub(columns);
  return columns.add(chosen.mul(mirror.sub(columns)));
}

/** Whole numbers 0 … below - 1, int32 [count]: each as probable as the others, but for a part of below / 2³². Numbers made
 * of float32, which has 2²³ between 0 and 1, would favour some images of a large set over others by several percent. */
export function randomIndices(count: number, below: number): tf.Tensor1D {
  const seed = nextSeed();
  if (!hasRawOps()) {
    return tf.tensor1d(
      Int32Array.from(philoxWords(seedWords(seed), count), (word) => word % below),
      "int32",
    );
  }
  const inputs = [
    tf.tensor1d([count], "int32"),
    seedTensor(seed),
    tf.scalar(0, "int32"),
    tf.scalar(below, "int32"),
  ];
  const types = { dtype: "int32", T: "int32", Tseed: "int32" } as const;
  return rawOp("StatelessRandomUniformInt", types, inputs) as tf.Tensor1D;
}
