import type { tf } from "../backend/tf";
import { distanceBias } from "./distance-bias";

/** How tokens attend to each other that are all there at once: of the heads, every other one looks back and the others ahead, so that
 * what opens and what closes are told apart; and in pairs of heads from near to far, -slope · distance is added to the product of query and
 * key, with the slopes 1, 1/2, 1/4, …, and 0 for the last pair (Press et al. 2021, "Train short, test long", ALiBi). A single head that is
 * left looks everywhere.
 * @returns float32 [heads, length, length], for the `bias` of attention */
export function lookingAround(length: number, heads: number): tf.Tensor3D {
  const pairs = Math.floor(heads / 2);
  const views = Array.from({ length: heads }, (_, head) => {
    const pair = Math.floor(head / 2);
    const single = pair >= pairs;
    return {
      back: single || head % 2 === 0,
      ahead: single || head % 2 === 1,
      slope: pair < pairs - 1 ? 2 ** -pair : 0,
    };
  });
  return distanceBias(length, views);
}
