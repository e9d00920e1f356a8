import { tf } from "../backend/tf";
import { checkInteger } from "../errors";
import { attention, embedding, silu, type AttentionOptions } from "../layers";
import { lookingBack } from "./looking-back";
import { linear, normalisation, type Module } from "./modules";
import { slower, type Parameters } from "./parameters";

export interface TextEncoderOptions {
  /** How its parameters' names begin. */
  readonly name: string;
  /** How many tokens there are: 0 is padding, 1 the start of a text. */
  readonly vocabulary: number;
  /** Tokens of a text, start and padding included. */
  readonly length: number;
  /** Numbers of each token; 64 if omitted. */
  readonly width?: number;
  /** Blocks; 2 if omitted. */
  readonly depth?: number;
  /** 4 if omitted. */
  readonly heads?: number;
}

/** A text as a network reads it. */
export interface EncodedText {
  /** float32 [batch, length, width]: each token in the light of the others. */
  readonly tokens: tf.Tensor;
  /** float32 [batch, length]: 1 for a token, 0 for padding. */
  readonly mask: tf.Tensor;
}

/** A transformer for short texts (Vaswani et al. 2017, its encoder; normalisation before each part as in Radford et al. 2019): tokens
 * and their places as vectors, then blocks of self-attention and a layer of its own for each token. A token attends to those before it,
 * above all to near ones; padding is not attended to.
 * @returns of tokens int32 [batch, length]
 * @throws RangeError for sizes that are no whole numbers of 1 or more, or heads that do not divide the width */
export function textEncoder(
  list: Parameters,
  options: TextEncoderOptions,
): (tokens: tf.Tensor, values: readonly tf.Tensor[]) => EncodedText {
  const { name, vocabulary, length, width, depth, heads } = checked(options);
  const parameters = slower(list, slowness);
  const words = parameters.normal(`${name}/words/table`, [vocabulary, width], 1);
  const places = parameters.normal(`${name}/places/table`, [length, width], 0.5);
  const blocks = Array.from({ length: depth }, (_, i) =>
    transformerBlock(parameters, `${name}/block${i + 1}`, { width, heads }),
  );
  const norm = tokenNorm(parameters, `${name}/norm`, width);
  return (tokens, values) => {
    const mask = tokens.greater(0).cast("float32");
    const bias = lookingBack(length, heads);
    let h = embedding(tokens, words(values)).add<tf.Tensor>(places(values));
    for (const block of blocks) h = block(h, { mask, bias }, values);
    return { tokens: norm(h, values), mask };
  };
}

/** Operations of the attention in a text encoder, which no parameter takes part in. */
export const textAttentionFlops = ({
  length,
  width,
  depth,
}: Required<Omit<TextEncoderOptions, "name">>): number => 4 * depth * length ** 2 * width;

/** At the learning rates of U-Nets, texts that differ in a word that matters little so far would become indistinguishable. */
const slowness = 2;

/** h + attention(norm(h)), and then h + W₂ silu(W₁ norm(h)). */
export function transformerBlock(
  parameters: Parameters,
  name: string,
  { width, heads }: { readonly width: number; readonly heads: number },
): (
  h: tf.Tensor,
  attended: Pick<AttentionOptions, "mask" | "bias">,
  values: readonly tf.Tensor[],
) => tf.Tensor {
  const norm1 = tokenNorm(parameters, `${name}/norm1`, width);
  const project = linear(parameters, `${name}/qkv`, width, 3 * width);
  const mixed = linear(parameters, `${name}/mixed`, width, width, 0.5);
  const norm2 = tokenNorm(parameters, `${name}/norm2`, width);
  const inner = linear(parameters, `${name}/inner`, width, 4 * width);
  const outer = linear(parameters, `${name}/outer`, 4 * width, width, 0.5);
  return (h, attended, values) => {
    const [query, key, value] = tf.split(project(norm1(h, values), values), 3, 2);
    const told = h.add<tf.Tensor>(mixed(attention(query, key, value, { heads, ...attended }), values));
    return told.add(outer(silu(inner(norm2(told, values), values)), values));
  };
}

/** Layer normalisation (Ba et al. 2016): of each token by itself. */
export function tokenNorm(parameters: Parameters, name: string, width: number): Module {
  const norm = normalisation(parameters, name, width, 1);
  return (h, values) => norm(h.reshape([-1, width]), values).reshape(h.shape);
}

function checked(options: TextEncoderOptions): Required<TextEncoderOptions> {
  const settings = { ...textDefaults, ...options };
  for (const name of ["vocabulary", "length", "width", "depth", "heads"] as const) {
    checkInteger(`text.${name}`, settings[name], name === "vocabulary" ? 2 : 1);
  }
  const { width, heads } = settings;
  if (width % heads === 0) return settings;
  throw new RangeError(`text.heads is ${heads}, which does not divide the width of ${width}.`);
}

export const textDefaults = { width: 64, depth: 2, heads: 4 } as const;
