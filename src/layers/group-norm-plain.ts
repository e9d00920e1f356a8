/** Group normalisation as in the books, for every backend. */
import { tf } from "../backend/tf";
import { lastSize } from "./checks";
import type { GroupNormOptions } from "./group-norm";
import { sumToLast } from "./operations";
import { siluForward, siluGradient } from "./silu";
import type { Forward } from "./with-gradient";

/** The value y = x̂ scale + offset, where x̂ = (x - mean) · r and r = 1 / √(variance + ε), then silu(y) if asked. */
export function groupNormForward<R extends tf.Rank>(
  x: tf.Tensor<R>,
  scale: tf.Tensor,
  offset: tf.Tensor,
  { groups, epsilon, silu }: Required<GroupNormOptions>,
): Forward<tf.Tensor<R>> {
  const grouped = inGroups(x, groups);
  const shifted = tf.sub(grouped, groupMean(grouped));
  const r = tf.rsqrt(tf.add(groupMean(tf.square(shifted)), epsilon));
  const normal = tf.reshape(tf.mul(shifted, r), x.shape);
  const y = tf.add<tf.Tensor<R>>(tf.mul(normal, scale), offset);
  if (!silu) return { value: y, saved: [normal, r, scale] };
  const { value, saved } = siluForward(y);
  return { value, saved: [normal, r, scale, ...saved] };
}

/** The gradients to x, scale and offset. With dx̂ = dy scale, that to x is
 * r (dx̂ - mean(dx̂) - x̂ mean(dx̂ x̂)), means over each group. */
export function groupNormBackward(
  dValue: tf.Tensor,
  [normal, r, scale, ...ofSilu]: readonly tf.Tensor[],
  { groups, silu }: Required<GroupNormOptions>,
): [dx: tf.Tensor, dScale: tf.Tensor, dOffset: tf.Tensor] {
  const dy = silu ? siluGradient(dValue, ofSilu) : dValue;
  const dNormal = inGroups(tf.mul(dy, scale), groups);
  const grouped = inGroups(normal, groups);
  const along = tf.mul(grouped, groupMean(tf.mul(dNormal, grouped)));
  const dx = tf.mul(tf.sub(tf.sub(dNormal, groupMean(dNormal)), along), r);
  return [tf.reshape(dx, dy.shape), sumToLast(tf.mul(dy, normal)), sumToLast(dy)];
}

/** x [batch, ..., channels] as [batch, pixels, groups, channels of one group]. */
function inGroups(x: tf.Tensor, groups: number): tf.Tensor {
  const channels = lastSize(x);
  const pixels = tf.util.sizeFromShape(x.shape.slice(1, -1));
  return tf.reshape(x, [x.shape[0], pixels, groups, channels / groups]);
}

/** Means over the groups, [batch, 1, groups, 1]. */
function groupMean(x: tf.Tensor): tf.Tensor {
  return tf.mean(x, [1, 3], true);
}
