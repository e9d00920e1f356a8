import { tf } from "../../backend/tf";
import { attention, attentionWeights } from "../../layers";
import { linear, normalisation, type Module } from "../modules";
import type { Parameters } from "../parameters";
import type { EncodedText } from "../text-encoder";
import type { Block } from "../unet-blocks";

export interface CrossAttentionOptions {
  readonly channels: number;
  /** Makes key and value of a token, side by side: [batch, tokens, 2 · channels]. */
  readonly tell: Module;
  readonly heads: number;
  readonly groups: number;
  /** Pixels of an image, if each asks also for what belongs to its own place: "left" is found by pixels on the left. */
  readonly pixels?: number | undefined;
}

/** Attention of pixels to words, added to x: each pixel asks, each word has a key to be found by and a value to be given (lecture,
 * "Cascaded Conditional Generation": text – cross-attention; Rombach et al. 2022, equation 4). Its last weights start at 0.
 * @returns a block for a run that has a text; `…/weights` of it can be watched, [batch, heads, pixels, tokens] */
export function crossAttentionBlock(
  parameters: Parameters,
  name: string,
  { channels, tell, heads, groups, pixels }: CrossAttentionOptions,
): Block {
  const norm = normalisation(parameters, `${name}/norm`, channels, groups);
  const ask = linear(parameters, `${name}/query`, channels, channels);
  const places = pixels && parameters.normal(`${name}/places/table`, [pixels, channels], 1);
  const out = linear(parameters, `${name}/out`, channels, channels, 0);
  return (x, { values, text, watch }) => {
    const { tokens, mask } = text as EncodedText;
    const asked = ask(norm(x, values).reshape([x.shape[0], -1, channels]), values);
    const query = places ? asked.add<tf.Tensor>(places(values)) : asked;
    const [key, value] = tf.split(tell(tokens, values), 2, 2);
    watch?.(`${name}/weights`, attentionWeights(query, key, { heads, mask }));
    return out(attention(query, key, value, { heads, mask }), values)
      .reshape(x.shape)
      .add(x);
  };
}
