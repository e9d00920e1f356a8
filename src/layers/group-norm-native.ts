/** Group normalisation for the native backend. The formulas are those of group-norm-plain.ts, arranged such that only
 * sums over the pixels and a few elementwise operations touch tensors as large as x; the rest has one number for each
 * channel or group of a sample. What is large is freed early, so that the next operation finds memory at hand. */
import { rawOp } from "../backend/raw-op";
import { tf } from "../backend/tf";
import { lastSize } from "./checks";
import type { GroupNormOptions } from "./group-norm";
import { meanOver } from "./operations";
import { siluForward, siluGradient } from "./silu";
import type { Forward } from "./with-gradient";

/** The value y = x a + (offset - mean a), where a = r scale and r = 1 / √(variance + ε), then silu(y) if asked. */
export function groupNormForward<R extends tf.Rank>(
  x: tf.Tensor<R>,
  scale: tf.Tensor,
  offset: tf.Tensor,
  { groups, epsilon, silu }: Required<GroupNormOptions>,
): Forward<tf.Tensor<R>> {
  const mean = perChannel(groupMean(pixelMean(x), groups), x);
  const variance = tf.tidy(() => groupMean(pixelMean(tf.squaredDifference(x, mean)), groups));
  const r = tf.rsqrt(tf.add(variance, epsilon));
  const scales = tf.reshape(scale, [1, groups, -1]);
  const a = alongPixels(tf.mul(r, scales), x);
  const y = tf.add<tf.Tensor<R>>(tf.mul(x, a), tf.sub(offset, tf.mul(mean, a)));
  if (!silu) return { value: y, saved: [x, mean, r, scales, a] };
  const { value, saved } = siluForward(y);
  return { value, saved: [x, mean, r, scales, a, ...saved] };
}

/** The gradients to x, scale and offset. That to x is dy a - r² m₂ (x - mean) - r m₁, where m₁ is the mean over a group
 * of dy scale, and m₂ that of dy scale (x - mean) r. */
export function groupNormBackward(
  dValue: tf.Tensor,
  [x, mean, r, scales, a, ...ofSilu]: readonly tf.Tensor[],
  { groups, silu }: Required<GroupNormOptions>,
): [dx: tf.Tensor, dScale: tf.Tensor, dOffset: tf.Tensor] {
  const dy = silu ? tf.tidy(() => siluGradient(dValue, ofSilu)) : dValue;
  const shifted = tf.sub(x, mean);
  const dOffsets = inGroups(pixelMean(dy), groups);
  const dScales = tf.tidy(() => tf.mul(inGroups(pixelMean(tf.mul(dy, shifted)), groups), r));
  const m1 = meanOver(tf.mul(dOffsets, scales), [2], true);
  const m2 = meanOver(tf.mul(dScales, scales), [2], true);
  const slope = perChannel(tf.mul(tf.square(r), m2), x);
  const shift = perChannel(tf.mul(r, m1), x);
  const dx = tf.sub(tf.sub(tf.mul(dy, a), tf.mul(shifted, slope)), shift);
  return [dx, overSamples(dScales, x), overSamples(dOffsets, x)];
}

/** Means over all axes between the first and the last, [batch, channels]. In two steps, which loses fewer digits than
 * one long sum and is faster. */
function pixelMean(x: tf.Tensor): tf.Tensor {
  const between = [...x.shape.keys()].slice(1, -1);
  const last = between.pop();
  if (last === undefined) return x;
  const rows = meanOver(x, [last]);
  return between.length > 0 ? meanOver(rows, between) : rows;
}

/** [batch, channels] as [batch, groups, channels of one group]. */
function inGroups(x: tf.Tensor, groups: number): tf.Tensor {
  return tf.reshape(x, [x.shape[0], groups, -1]);
}

/** Means over the channels of each group, [batch, groups, 1]. */
function groupMean(x: tf.Tensor, groups: number): tf.Tensor {
  return meanOver(inGroups(x, groups), [2], true);
}

/** [batch, groups, 1] repeated for all channels of a group, to be combined with x. */
function perChannel(values: tf.Tensor, x: tf.Tensor): tf.Tensor {
  const [batch, groups] = values.shape;
  const shape = tf.tensor1d([batch, groups, lastSize(x) / groups], "int32");
  return alongPixels(rawOp("BroadcastTo", { T: "float32", Tidx: "int32" }, [values, shape]), x);
}

/** One number for each channel of a sample as [batch, 1, …, 1, channels], to be combined with x. */
function alongPixels(values: tf.Tensor, x: tf.Tensor): tf.Tensor {
  return tf.reshape(
    values,
    x.shape.map((size, axis) => (axis === 0 || axis === x.shape.length - 1 ? size : 1)),
  );
}

/** Means over the pixels, [batch, groups, channels of one group], as sums over all pixels and samples, [channels]. */
function overSamples(means: tf.Tensor, x: tf.Tensor): tf.Tensor {
  const pixels = tf.util.sizeFromShape(x.shape.slice(1, -1));
  return tf.mul(tf.reshape(tf.sum(means, 0), [-1]), pixels);
}
