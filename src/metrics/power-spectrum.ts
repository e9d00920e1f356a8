import { tf } from "../backend/tf";
import { checkShape } from "../errors";

/** How strong each spatial frequency is in pictures. */
export interface PowerSpectrum {
  /** Cycles per pixel, from 1/size to 1/2. */
  readonly frequency: Float64Array;
  /** Mean of |F|²/size² over directions and pictures: white noise of variance 1 has 1 at every frequency. */
  readonly power: Float64Array;
}

/** The power spectrum of square pictures, averaged over directions: the discrete Fourier transform F of each picture, its
 * squares in rings around frequency 0, which is left out, since it is the mean brightness. For photographs it falls
 * about like 1/frequency² (Field 1987, "Relations between the statistics of natural images and the response properties
 * of cortical cells"). No window is applied, so edges that do not match count as fine detail.
 * @param images float32 [batch, size, size, 1]
 * @throws RangeError for another shape */
export function powerSpectrum(images: tf.Tensor4D): PowerSpectrum {
  const [count, size] = images.shape;
  checkShape("images", images.shape, [null, size, size, 1]);
  const squares = tf.tidy(() => {
    const [cos, sin] = fourierMatrices(size);
    const pictures = images.reshape<tf.Tensor3D>([count, size, size]);
    const times = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => tf.matMul(a, b);
    const [rows, crossRows] = [
      times(broadcast(cos, count), pictures),
      times(broadcast(sin, count), pictures),
    ];
    const [cosines, sines] = [broadcast(cos, count), broadcast(sin, count)];
    const real = times(rows, cosines).sub(times(crossRows, sines));
    const imaginary = times(rows, sines).add(times(crossRows, cosines));
    return real
      .square()
      .add(imaginary.square())
      .mean(0)
      .div(size ** 2)
      .dataSync<"float32">();
  });
  return rings(squares, size);
}

/** cos and sin of 2π j k / size. */
function fourierMatrices(size: number): [tf.Tensor2D, tf.Tensor2D] {
  const angles = Float64Array.from(
    { length: size * size },
    (_, i) => (2 * Math.PI * ((Math.floor(i / size) * (i % size)) % size)) / size,
  );
  const matrix = (wave: (angle: number) => number): tf.Tensor2D =>
    tf.tensor2d(Float32Array.from(angles, wave), [size, size]);
  return [matrix(Math.cos), matrix(Math.sin)];
}

const broadcast = (matrix: tf.Tensor2D, count: number): tf.Tensor =>
  tf.tile(matrix.expandDims(0), [count, 1, 1]);

/** Means over rings of whole frequencies, 1 … size/2. */
function rings(squares: Float32Array, size: number): PowerSpectrum {
  const half = Math.floor(size / 2);
  const sums = new Float64Array(half + 1);
  const counts = new Float64Array(half + 1);
  const signed = (k: number): number => (k <= size / 2 ? k : k - size);
  squares.forEach((value, i) => {
    const ring = Math.round(Math.hypot(signed(Math.floor(i / size)), signed(i % size)));
    if (ring < 1 || ring > half) return;
    sums[ring] += value;
    counts[ring]++;
  });
  return {
    frequency: Float64Array.from({ length: half }, (_, i) => (i + 1) / size),
    power: Float64Array.from({ length: half }, (_, i) => sums[i + 1] / counts[i + 1]),
  };
}
