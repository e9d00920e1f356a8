import { tf } from "../backend/tf";
import { checkNumber, checkShape } from "../errors";
import type { Condition } from "../network";
import { randomUniform } from "../random";
import type { DerivedCondition } from "./derived";

export interface MaskedContextOptions {
  /** The least and the largest share of height and width that a hole has in training. */
  readonly hole?: readonly [least: number, most: number];
}

/** For completion: what is known of the sample, and where, as the conditional image: a rectangle of it is missing, at a random place
 * (Saharia et al. 2022, "Palette", section 3).
 * @throws RangeError for shares that are not between 0 and 1, or not in order */
export function maskedContext({ hole = [0.25, 1] }: MaskedContextOptions = {}): DerivedCondition {
  const [least, most] = hole;
  checkNumber("hole[0]", least, 0, 1);
  checkNumber("hole[1]", most, least, 1);
  return {
    details: { condition: "masked context", hole: [least, most] },
    of: (x) => {
      const [batch, height, width] = x.shape;
      const mask = tf.tidy(() => {
        const rows = within(batch, height, hole).reshape([batch, height, 1, 1]);
        const columns = within(batch, width, hole).reshape([batch, 1, width, 1]);
        return tf.sub(1, rows.mul(columns));
      });
      const context = contextOf(x, mask);
      mask.dispose();
      return context;
    },
  };
}

/** The condition of samples of which a part is known: for a network that has learned by {@link maskedContext}.
 * @param x float32 [batch, height, width, channels]; what is unknown of it does not count
 * @param mask float32 [batch, height, width, 1]: 1 where x is known, 0 where it is to be made
 * @throws RangeError for shapes that do not fit */
export function contextOf(x: tf.Tensor4D, mask: tf.Tensor): Condition {
  const [batch, height, width] = x.shape;
  checkShape("mask", mask.shape, [batch, height, width, 1]);
  return { image: tf.tidy(() => tf.concat([x.mul(mask), mask], 3)) };
}

/** For each sample 1 on a random stretch of a line, 0 elsewhere: float32 [batch, length]. */
function within(batch: number, length: number, [least, most]: readonly [number, number]): tf.Tensor {
  const size = randomUniform([batch, 1])
    .mul(most - least)
    .add(least)
    .mul(length);
  const start = randomUniform([batch, 1]).mul(tf.sub(length, size));
  const middles = tf.range(0, length).add(0.5).expandDims(0);
  return middles
    .greater(start)
    .logicalAnd(middles.less(start.add(size)))
    .cast("float32");
}
