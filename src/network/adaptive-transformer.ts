import { tf } from "../backend/tf";
import { attention, silu } from "../layers";
import { lookingAround } from "./looking-around";
import { linear, type Module } from "./modules";
import type { Parameters } from "./parameters";
import { tokenNorm } from "./text-encoder";

/** A block that all tokens go through together: [batch, length, width] in and out.
 * @param time what the time is embedded as, float32 [batch, width] */
export type AdaptiveBlock = (h: tf.Tensor, time: tf.Tensor, values: readonly tf.Tensor[]) => tf.Tensor;

/** A block of a transformer that knows the time: h + g₁ attention(m₁(h)), and then h + g₂ W₂ silu(W₁ m₂(h)), where
 * m(h) = norm(h) (1 + s) + b. The time makes the gates g, the scales s and the offsets b by one layer, which begins at 0, so that the block
 * begins by changing nothing (adaLN-Zero; Peebles & Xie 2023, "Scalable diffusion models with transformers", section 3.2).
 *
 * Every token attends to all others, to those before and behind it by different heads: a sequence is denoised as a whole, and not from left to right. */
export function adaptiveBlock(
  parameters: Parameters,
  name: string,
  { width, heads }: { readonly width: number; readonly heads: number },
): AdaptiveBlock {
  const adapt = linear(parameters, `${name}/time`, width, 6 * width, 0);
  const norm1 = tokenNorm(parameters, `${name}/norm1`, width);
  const project = linear(parameters, `${name}/qkv`, width, 3 * width);
  const mixed = linear(parameters, `${name}/mixed`, width, width);
  const norm2 = tokenNorm(parameters, `${name}/norm2`, width);
  const inner = linear(parameters, `${name}/inner`, width, 4 * width);
  const outer = linear(parameters, `${name}/outer`, 4 * width, width);
  const attend: Module = (h, values) => {
    const [query, key, value] = tf.split(project(h, values), 3, 2);
    const bias = lookingAround(h.shape[1]!, heads);
    return mixed(attention(query, key, value, { heads, bias }), values);
  };
  const think: Module = (h, values) => outer(silu(inner(h, values)), values);
  return (h, time, values) => {
    const told = tf.split(adapt(time, values).expandDims<tf.Tensor3D>(1), 6, 2);
    const [gate1, scale1, offset1, gate2, scale2, offset2] = told;
    const heard = attend(shifted(norm1(h, values), scale1, offset1), values);
    const between = h.add<tf.Tensor>(heard.mul(gate1));
    const thought = think(shifted(norm2(between, values), scale2, offset2), values);
    return between.add(thought.mul(gate2));
  };
}

const shifted = (h: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor): tf.Tensor =>
  h.mul<tf.Tensor>(scale.add(1)).add(offset);
