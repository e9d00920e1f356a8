import { tf } from "../backend/tf";

/** How tokens attend to each other that are all there at once: of the heads, every other one looks back and the others ahead, so that
 * what opens and what closes are told apart; and in pairs of heads from near to far, -slope · distance is added to the product of query and
 * key, with the slopes 1, 1/2, 1/4, …, and 0 for the last pair (Press et al. 2021, "Train short, test long", ALiBi). A single head that is
 * left looks everywhere.
 * @returns float32 [heads, length, length], for the `bias` of attention */
export function lookingAround(length: number, heads: number): tf.Tensor3D {
  const pairs = Math.floor(heads / 2);
  const values: number[] = [];
  for (let head = 0; head < heads; head++) {
    const pair = Math.floor(head / 2);
    const slope = pair < pairs - 1 ? 2 ** -pair : 0;
    for (let i = 0; i < length; i++) {
      for (let j = 0; j < length; j++) {
        const turnedAway = pair < pairs && (head % 2 === 0 ? j > i : j < i);
        values.push(turnedAway ? hidden : -slope * Math.abs(i - j));
      }
    }
  }
  return tf.tensor3d(values, [heads, length, length]);
}

/** Far below all products, and within the range of bfloat16. */
const hidden = -1e9;
