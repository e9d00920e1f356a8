import type { tf } from "../backend/tf";
import { checkInteger, checkType } from "../errors";
import { levelValues } from "./discrete-decoder";

/** Images as whole numbers. */
export interface DiscreteImages {
  /** Of each pixel of each image. */
  readonly pixels: Uint16Array;
  /** The value that each level stands for. */
  readonly values: Float64Array;
  readonly count: number;
  /** D, the numbers of an image. */
  readonly size: number;
}

/** Reads off the levels of images whose pixels have `levels` equally spaced values in [-1, 1].
 * @param x [batch, ...]
 * @throws RangeError naming the first pixel that has another value; TypeError for another type */
export async function discreteImages(x: tf.Tensor, levels: number): Promise<DiscreteImages> {
  const values = levelValues(levels);
  checkInteger("the number of images", x.shape[0] ?? 0, 1);
  checkType("x", x, "float32");
  const data = await x.data<"float32">();
  const pixels = new Uint16Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const place = ((data[i] + 1) * (levels - 1)) / 2;
    const level = Math.round(place);
    // float32 is off by far less, and values that were rounded elsewhere by far more.
    if (!(Math.abs(place - level) < 0.01 && level >= 0 && level < levels)) {
      throw new RangeError(
        `x[${placeOf(i, x.shape).join(", ")}] is ${data[i]}, which is none of the ${levels} levels from -1 to 1; requantize, ` +
          `as by Math.round((x + 1) / 2 * ${levels - 1}) / ${levels - 1} * 2 - 1.`,
      );
    }
    pixels[i] = level;
  }
  return { pixels, values, count: x.shape[0], size: data.length / x.shape[0] };
}

/** The indices of the i-th number. */
function placeOf(i: number, shape: readonly number[]): number[] {
  let rest = i;
  const place = shape.map(() => 0);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    place[axis] = rest % shape[axis];
    rest = Math.floor(rest / shape[axis]);
  }
  return place;
}
