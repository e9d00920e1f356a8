import { tf } from "../backend/tf";

/** Where a head of an attention looks. */
export interface HeadView {
  /** At tokens that come before. */
  readonly back: boolean;
  /** At tokens that come later. */
  readonly ahead: boolean;
  /** How much less it attends to a token for each place of distance. */
  readonly slope: number;
}

/** What is added to the products of query and key: -slope · distance where a head looks (Press et al. 2021, "Train short, test long", ALiBi), and
 * elsewhere a number that leaves nothing.
 * @returns float32 [heads, length, length], for the `bias` of attention */
export function distanceBias(length: number, heads: readonly HeadView[]): tf.Tensor3D {
  const values = heads.flatMap(({ back, ahead, slope }) =>
    Array.from({ length: length * length }, (_, at) => {
      const further = (at % length) - Math.floor(at / length);
      const seen = further === 0 || (further < 0 ? back : ahead);
      return seen ? -slope * Math.abs(further) : hidden;
    }),
  );
  return tf.tensor3d(values, [heads.length, length, length]);
}

/** Far below all products, and within the range of bfloat16. */
const hidden = -1e9;
