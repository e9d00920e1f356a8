import type { tf } from "../backend/tf";
import { distanceBias } from "./distance-bias";

/** How tokens of a text attend to each other: to those up to themselves alone, as in CLIP's texts (Radford et al. 2021), and, head by
 * head, less to those farther back: -slope · distance is added to the product of query and key (Press et al. 2021, "Train short, test
 * long", ALiBi). The slopes are 1, 1/2, 1/4, …; the last head's is 0. "On the left" so finds the colour that was named just before it,
 * and not that of the rest of the sentence.
 * @returns float32 [heads, length, length], for the `bias` of attention */
export const lookingBack = (length: number, heads: number): tf.Tensor3D =>
  distanceBias(
    length,
    Array.from({ length: heads }, (_, head) => ({
      back: true,
      ahead: false,
      slope: head + 1 < heads ? 2 ** -head : 0,
    })),
  );
