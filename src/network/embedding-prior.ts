import { tf } from "../backend/tf";
import { checkInteger, checkShape } from "../errors";
import { embedding } from "../layers";
import type { Seed } from "../random";
import { nextSeed } from "../random/seed";
import { checkTold, type Conditions } from "./conditioning/check-told";
import { captionTokens } from "./conditioning/text";
import { lookingBack } from "./looking-back";
import { linear } from "./modules";
import type { Network, ToldNetwork } from "./network";
import { parameterList } from "./parameters";
import { partList, partTotals, type Part } from "./parts";
import { tokenNorm, transformerBlock } from "./text-encoder";
import { timeEmbedding } from "./time-embedding";

export interface EmbeddingPriorOptions {
  /** Numbers of an embedding. */
  readonly features: number;
  /** T of the schedule for which it is. */
  readonly steps: number;
  /** How many tokens there are, and how many of them a caption has, start and padding included. */
  readonly text: { readonly vocabulary: number; readonly length: number };
  /** Numbers of each place of the sequence; even. */
  readonly width?: number;
  /** Blocks. */
  readonly depth?: number;
  readonly heads?: number;
  /** Of the first parameters. */
  readonly seed?: Seed;
}

/** A network that denoises embeddings of images, told captions. */
export interface EmbeddingPrior extends ToldNetwork {
  /** Of an embedding: [features]. */
  readonly shape: readonly [features: number];
  /** Its parts in the order in which they run. */
  readonly parts: readonly Part[];
  /** The numbers that are learned. */
  readonly parameterCount: number;
  /** Floating point operations of a forward pass, for one embedding. */
  readonly flops: number;
}

/** The network of unCLIP's prior (Ramesh et al. 2022, "Hierarchical text-conditional image generation with CLIP latents", section 2.2;
 * lecture, "DALL-E 2"): a transformer that reads, one after the other, the caption's tokens, the embedding of the caption, the time, the
 * noisy embedding of the image, and a query, from whose place the answer is read off at the end. Tokens attend to those before
 * them, the four that follow to everything (in the paper, to what is before them); padding is not attended to. The last layer starts at 0, so
 * that the network begins by predicting 0.
 *
 * It is told the caption twice: its embedding has what the pair found worth knowing, its tokens all the rest.
 * @returns predict: z float32 [batch, features]; condition.vector is the caption's embedding, scaled as z is
 * @throws RangeError for sizes that are no whole numbers of 1 or more, a width that is odd, or heads that do not divide it */
export function embeddingPrior(options: EmbeddingPriorOptions): EmbeddingPrior {
  const { features, steps, text, width, depth, heads, seed } = checked(options);
  const { vocabulary, length } = text;
  const places = length + others;
  const parameters = parameterList(seed);
  const { parts, part } = partList(parameters);
  const words = part("words", [length, width], () =>
    parameters.normal("words/table", [vocabulary, width], 1),
  );
  const told = (name: string, inputs: number): ReturnType<typeof linear> =>
    part(name, [width], () => linear(parameters, name, inputs, width));
  const caption = told("caption", features);
  const time = told("time", width);
  const noisy = told("noisy", features);
  const order = part("order", [places, width], () => parameters.normal("order/table", [places, width], 0.5));
  const blocks = Array.from({ length: depth }, (_, i) =>
    part(
      `block${i + 1}`,
      [places, width],
      () => transformerBlock(parameters, `block${i + 1}`, { width, heads }),
      4 * places ** 2 * width,
    ),
  );
  const last = part("last", [features], () => {
    const norm = tokenNorm(parameters, "last/norm", width);
    const layer = linear(parameters, "last", width, features, 0);
    return (query: tf.Tensor, values: readonly tf.Tensor[]) => layer(norm(query, values), values);
  });
  const { variables, names } = parameters;
  const conditions: Conditions = { classes: 0, vector: features, image: 0, tokens: length };

  const predict: Network["predict"] = (
    z,
    t,
    { parameters: values = variables, condition = {}, watch } = {},
  ) => {
    checkShape("z", z.shape, [null, features]);
    checkTold(condition, conditions);
    const [batch] = z.shape;
    if (condition.vector) checkShape("condition.vector", condition.vector.shape, [batch, features]);
    return tf.tidy(() => {
      const tokens = captionTokens(condition, batch, length);
      const place = (x: tf.Tensor): tf.Tensor => x.reshape([batch, 1, width]);
      const sequence = tf.concat(
        [
          embedding(tokens, words(values)),
          place(caption(condition.vector ?? tf.zeros([batch, features]), values)),
          place(time(timeEmbedding(t, steps, width), values)),
          place(noisy(z, values)),
          // The query is nothing but its place.
          tf.zeros([batch, 1, width]),
        ],
        1,
      );
      const mask = tf.concat([tokens.greater(0).cast("float32"), tf.ones([batch, others])], 1);
      const attended = { mask, bias: attendedPlaces(length, heads) };
      let h = sequence.add<tf.Tensor>(order(values));
      blocks.forEach((block, i) => {
        h = block(h, attended, values);
        watch?.(`block${i + 1}`, h);
      });
      const [, query] = tf.split(h, [places - 1, 1], 1);
      return last(query.reshape([batch, width]), values);
    });
  };
  return {
    parameters: variables,
    names,
    predict,
    shape: [features],
    conditions,
    ...partTotals(parts),
    dispose() {
      tf.dispose([...variables]);
    },
  };
}

/** Places after the tokens: caption's embedding, time, noisy embedding, query. */
const others = 4;

/** What is added to the products of queries and keys: tokens look back as those of the pair's captions do; the others see all.
 * @returns float32 [heads, length + 4, length + 4] */
function attendedPlaces(length: number, heads: number): tf.Tensor {
  const tokens = tf.pad(
    lookingBack(length, heads),
    [
      [0, 0],
      [0, 0],
      [0, others],
    ],
    hidden,
  );
  return tf.concat([tokens, tf.zeros([heads, others, length + others])], 1);
}

/** Of what comes later: far below all products, and within the range of bfloat16. */
const hidden = -1e9;

function checked(options: EmbeddingPriorOptions): Required<EmbeddingPriorOptions> {
  const settings = { width: 64, depth: 3, heads: 4, seed: options.seed ?? nextSeed(), ...options };
  const { width, heads, text } = settings;
  for (const name of ["features", "steps", "width", "depth", "heads"] as const) {
    checkInteger(name, settings[name], 1);
  }
  checkInteger("text.vocabulary", text.vocabulary, 2);
  checkInteger("text.length", text.length, 1);
  if (width % 2 !== 0) throw new RangeError(`width is ${width}; use an even number, for sines and cosines.`);
  if (width % heads === 0) return settings;
  throw new RangeError(`heads is ${heads}, which does not divide the width of ${width}.`);
}
