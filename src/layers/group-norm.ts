import { hasFusedOps } from "../backend/fused";
import { hasRawOps } from "../backend/raw-op";
import { tf } from "../backend/tf";
import { checkNumber, checkShape } from "../errors";
import { checkFloat, checkLeastRank, checkParts, lastSize } from "./checks";
import * as fused from "./group-norm-fused";
import * as native from "./group-norm-native";
import * as plain from "./group-norm-plain";
import { withGradient } from "./with-gradient";

/** Settings of {@link groupNorm}. */
export interface GroupNormOptions {
  /** How many groups of equally many neighbouring channels there are. */
  readonly groups: number;
  /** Added to the variance; 10⁻⁵ if omitted. */
  readonly epsilon?: number;
  /** Whether to apply {@link silu} to the result, at less cost than by itself. */
  readonly silu?: boolean;
}

/** Group normalisation (Wu and He 2018): in each sample, each group of channels is shifted and scaled to mean 0 and
 * variance 1 over all its numbers; then each channel is multiplied by its scale and gets its offset. The variance is
 * that of the numbers less their mean, so that a mean far above the deviation does no harm.
 * @param x float32 [batch, ..., channels]
 * @param scale float32 [channels]
 * @param offset float32 [channels]
 * @throws RangeError or TypeError for shapes, types or settings that do not fit */
export function groupNorm<R extends tf.Rank>(
  x: tf.Tensor<R>,
  scale: tf.Tensor,
  offset: tf.Tensor,
  { groups, epsilon = 1e-5, silu = false }: GroupNormOptions,
): tf.Tensor<R> {
  checkGroupNorm(x, scale, offset);
  checkParts("groups", groups, "x", lastSize(x));
  checkNumber("epsilon", epsilon, 0);
  const { groupNormForward, groupNormBackward } = hasFusedOps() ? fused : hasRawOps() ? native : plain;
  const settings = { groups, epsilon, silu };
  return withGradient(
    "groupNorm",
    [x, scale, offset],
    () => groupNormForward(x, scale, offset, settings),
    (dy, saved) => groupNormBackward(dy, saved, settings),
  );
}

function checkGroupNorm(x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor): void {
  checkFloat("x", x);
  checkFloat("scale", scale);
  checkFloat("offset", offset);
  checkLeastRank("x", x, 2, "[batch, ..., channels]");
  const channels = lastSize(x);
  checkShape("scale", scale.shape, [channels]);
  checkShape("offset", offset.shape, [channels]);
}
