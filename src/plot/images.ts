import type { Pixels } from "./png";

/** A batch of images [n, h, w, 1 or 3]: a tensor, or any numbers with their shape. */
export type Images =
  | { readonly shape: readonly number[]; dataSync(): ArrayLike<number> }
  | { readonly shape: readonly number[]; readonly values: ArrayLike<number> };

/** Reads a batch as pixels, the range [black, white] spread over 0..255 and clipped.
 * @throws RangeError for another shape, values that do not fill the shape, values that are not numbers, or an empty range. */
export function toPixels(images: Images, [black, white]: readonly [number, number], name: string): Pixels[] {
  const { shape } = images;
  const [count, height, width, channels] = shape;
  if (shape.length !== 4 || shape.some((size) => size < 1) || (channels !== 1 && channels !== 3)) {
    throw new RangeError(
      `${name}: images have the shape [${shape.join(", ")}]; give [n, height, width, 1 or 3].`,
    );
  }
  if (!(black < white))
    throw new RangeError(
      `${name}: range is [${black}, ${white}]; give [value of black, larger value of white].`,
    );
  const values = "values" in images ? images.values : images.dataSync();
  const size = height * width * channels;
  if (values.length !== count * size) {
    throw new RangeError(`${name}: ${values.length} values do not fill the shape [${shape.join(", ")}].`);
  }
  return Array.from({ length: count }, (_, n) => {
    const bytes = new Uint8Array(size);
    for (let i = 0; i < size; i++) {
      const value = values[n * size + i];
      if (Number.isNaN(value))
        throw new RangeError(`${name}: image ${n} holds NaN; the computation before it went wrong.`);
      bytes[i] = Math.round(255 * Math.min(1, Math.max(0, (value - black) / (white - black))));
    }
    return { width, height, channels, bytes };
  });
}

/** Sets images of one size side by side in rows, with white gaps. */
export function tile(images: readonly Pixels[], columns: number, gap: number): Pixels {
  const { width, height, channels } = images[0];
  const rows = Math.ceil(images.length / columns);
  const [w, h] = [columns * (width + gap) - gap, rows * (height + gap) - gap];
  const bytes = new Uint8Array(w * h * channels).fill(255);
  images.forEach((image, n) => {
    const [left, top] = [(n % columns) * (width + gap), Math.floor(n / columns) * (height + gap)];
    for (let y = 0; y < height; y++) {
      const row = image.bytes.subarray(y * width * channels, (y + 1) * width * channels);
      bytes.set(row, ((top + y) * w + left) * channels);
    }
  });
  return { width: w, height: h, channels, bytes };
}
