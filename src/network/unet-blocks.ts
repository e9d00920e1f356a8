/** The blocks of a U-Net. */
import { tf } from "../backend/tf";
import { attention, attentionWeights, silu } from "../layers";
import { randomUniform } from "../random";
import { convolution, linear, normalisation } from "./modules";
import type { PredictOptions } from "./network";
import type { Parameters } from "./parameters";
import type { EncodedText } from "./text-encoder";

/** What comes with each run of the network. */
export interface Run {
  readonly values: readonly tf.Tensor[];
  /** What is known besides z: time and condition, float32 [batch, timeWidth]; for blocks that are told it. */
  readonly embedded?: tf.Tensor | undefined;
  /** The caption, for a network that takes one. */
  readonly text?: EncodedText | undefined;
  /** Whether dropout is on. */
  readonly training: boolean;
  /** Who looks on. */
  readonly watch?: PredictOptions["watch"] | undefined;
}

/** A block: images in, images out. */
export type Block = (x: tf.Tensor, run: Run) => tf.Tensor;

/** How the time enters a residual block: its embedding is added to every pixel (lecture, "Cascaded Conditional Generation":
 * spatial addition; Ho et al. 2020), or scales and shifts the normalised channels (adaptive group normalisation; Dhariwal &
 * Nichol 2021, section 3). */
export type TimeEntry = "add" | "adaptive";

export interface ResidualOptions {
  readonly inputs: number;
  readonly outputs: number;
  readonly groups: number;
  readonly dropout: number;
  /** For a block that is told the time. */
  readonly time?: TimeEntry;
  readonly timeWidth?: number;
}

/** A ResNet block, x + conv(dropout(silu(norm(conv(silu(norm(x))) and time)))), with a 1×1 convolution on x where the number of
 * channels changes. Its last filter starts at 0, so that the block begins by passing x on. */
export function residualBlock(parameters: Parameters, name: string, options: ResidualOptions): Block {
  const { inputs, outputs, timeWidth = 0, groups, time, dropout } = options;
  const adaptive = time === "adaptive";
  const norm1 = normalisation(parameters, `${name}/norm1`, inputs, groups, { silu: true });
  const conv1 = convolution(parameters, `${name}/conv1`, inputs, outputs);
  const entry = time && linear(parameters, `${name}/time`, timeWidth, adaptive ? 2 * outputs : outputs);
  const norm2 = normalisation(parameters, `${name}/norm2`, outputs, groups, { silu: !adaptive });
  const conv2 = convolution(parameters, `${name}/conv2`, outputs, outputs, { gain: 0 });
  const skip =
    inputs === outputs ? undefined : convolution(parameters, `${name}/skip`, inputs, outputs, { kernel: 1 });
  const everywhere = (x: tf.Tensor): tf.Tensor => x.reshape([-1, 1, 1, outputs]);

  return (x, { values, embedded, training }) => {
    let h = conv1(norm1(x, values), values);
    const told = embedded && entry?.(embedded, values);
    if (told && adaptive) {
      const [scale, shift] = tf.split(told, 2, 1).map(everywhere);
      h = silu(norm2(h, values).mul(scale.add(1)).add(shift));
    } else {
      h = norm2(told ? h.add(everywhere(told)) : h, values);
    }
    if (training && dropout > 0) h = dropped(h, dropout);
    return conv2(h, values).add(skip ? skip(x, values) : x);
  };
}

/** Self-attention between all pixels, added to x (Ho et al. 2020, appendix B). Its last weights start at 0. */
export function attentionBlock(
  parameters: Parameters,
  name: string,
  { channels, heads, groups }: { readonly channels: number; readonly heads: number; readonly groups: number },
): Block {
  const norm = normalisation(parameters, `${name}/norm`, channels, groups);
  const project = linear(parameters, `${name}/qkv`, channels, 3 * channels);
  const out = linear(parameters, `${name}/out`, channels, channels, 0);
  return (x, { values, watch }) => {
    const tokens = norm(x, values).reshape([x.shape[0], -1, channels]);
    const [query, key, value] = tf.split(project(tokens, values), 3, 2);
    watch?.(`${name}/weights`, attentionWeights(query, key, { heads }));
    return out(attention(query, key, value, { heads }), values)
      .reshape(x.shape)
      .add(x);
  };
}

/** Sets a share of the numbers to 0 and divides the others by what is left, so that the mean stays (Srivastava et al. 2014). */
function dropped(x: tf.Tensor, share: number): tf.Tensor {
  const kept = randomUniform(x.shape as [number])
    .greaterEqual(share)
    .cast("float32");
  return x.mul(kept).div(1 - share);
}
