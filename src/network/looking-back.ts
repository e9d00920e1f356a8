import { tf } from "../backend/tf";

/** How tokens of a text attend to each other: to those up to themselves alone, as in CLIP's texts (Radford et al. 2021), and, head by
 * head, less to those farther back: -slope · distance is added to the product of query and key (Press et al. 2021, "Train short, test
 * long", ALiBi). The slopes are 1, 1/2, 1/4, …; the last head's is 0. "On the left" so finds the colour that was named just before it,
 * and not that of the rest of the sentence.
 * @returns float32 [heads, length, length], for the `bias` of attention */
export function lookingBack(length: number, heads: number): tf.Tensor3D {
  const values = new Float32Array(heads * length * length);
  for (let head = 0; head < heads; head++) {
    const slope = head + 1 < heads ? 2 ** -head : 0;
    for (let i = 0; i < length; i++) {
      for (let j = 0; j < length; j++) {
        values[(head * length + i) * length + j] = j > i ? hidden : slope * (j - i);
      }
    }
  }
  return tf.tensor3d(values, [heads, length, length]);
}

/** Of tokens that come later: far below all products, and within the range of bfloat16. */
const hidden = -1e9;
