import { tf } from "../../backend";
import { called } from "../answers";
import { compared, type Trial } from "../compared";
import type { Exercise } from "../exercise";
import { numbersOf } from "../numbers";

/** 08.1: the pixels along a side of z that one number after a stack of convolutions depends on. */
interface Convolution {
  readonly kernel: number;
  readonly stride: number;
}
type ReceptiveField = (layers: readonly Convolution[]) => number;

/** @param distance what a layer counts as the distance of two of its input's pixels, in pixels of z, from that of the layer before
 * and its own stride: the planted answers differ in it, and in what is done with it */
const fieldWith =
  (
    next: (distance: number, stride: number) => number,
    { early = false }: { readonly early?: boolean } = {},
  ): ReceptiveField =>
  (layers) => {
    let [field, distance] = [1, 1];
    for (const { kernel, stride } of layers) {
      if (early) distance = next(distance, stride);
      field += (kernel - 1) * distance;
      if (!early) distance = next(distance, stride);
    }
    return field;
  };
const times = (distance: number, stride: number): number => distance * stride;
const receptive = fieldWith(times);
const fieldOf = (of: ReceptiveField): ReceptiveField => of;

const receptiveField = compared({
  id: "08.1",
  title: "the receptive field",
  solution: receptive,
  misconceptions: [
    {
      name: "whole kernels added",
      says: "Each layer has added its whole kernel. A window of 3 reaches one pixel further on either side of what was seen before: its middle is already counted.",
      planted: [
        fieldOf((layers) => layers.reduce((sum, { kernel }) => sum + kernel, 0)),
        fieldOf((layers) => {
          let [field, distance] = [0, 1];
          for (const { kernel, stride } of layers) {
            field += kernel * distance;
            distance *= stride;
          }
          return field;
        }),
      ],
    },
    {
      name: "kernels multiplied",
      says: "The kernels are multiplied. Windows of neighbouring pixels overlap nearly completely, so that a field grows by addition: it is strides that multiply.",
      planted: [fieldOf((layers) => layers.reduce((product, { kernel }) => product * kernel, 1))],
    },
    {
      name: "strides ignored",
      says: "All layers count as if they worked on pixels of z. After a stride of 2, neighbours are two pixels of z apart: a window reaches twice as far.",
      planted: [fieldWith((distance) => distance)],
    },
    {
      name: "stride counted too early",
      says: "A layer's own stride has widened its own window. The window lies on the layer's input; the stride sets how far apart its results are, which the next layer sees.",
      planted: [fieldWith(times, { early: true })],
    },
    {
      name: "strides do not pile up",
      says: "Only the stride of the last layer counts. Two halvings make a distance of four pixels of z: strides multiply along the stack.",
      planted: [
        fieldWith((_, stride) => stride),
        fieldWith((distance, stride) => (stride > 1 ? stride : distance)),
      ],
    },
    {
      name: "strides added",
      says: "The strides are added up. Halving what has been halved leaves a quarter: distances multiply.",
      planted: [
        fieldWith((distance, stride) => distance + stride - 1),
        fieldWith((distance, stride) => distance + stride),
      ],
    },
    {
      name: "radius",
      says: "That is how far the field reaches to one side. Its size counts both sides, and the pixel in the middle.",
      planted: [
        fieldOf((layers) => (receptive(layers) - 1) / 2),
        fieldOf((layers) => (receptive(layers) + 1) / 2),
      ],
    },
  ],
  notice:
    "At full size each 3×3 convolution adds two pixels. After two halvings it adds eight, and costs a sixteenth.",
  trials: [
    [
      [3, 1],
      [3, 1],
      [3, 1],
    ],
    [
      [3, 1],
      [3, 2],
      [3, 1],
      [3, 2],
      [3, 1],
    ],
    [
      [5, 1],
      [3, 2],
      [1, 1],
      [3, 2],
      [5, 2],
      [3, 1],
    ],
  ].map((layers) => fieldTrial(layers.map(([kernel, stride]) => ({ kernel, stride })))),
});

function fieldTrial(layers: readonly Convolution[]): Trial {
  const shown = layers.map(({ kernel, stride }) => `${kernel}×${kernel} of stride ${stride}`).join(", ");
  return {
    asked: `Your field of ${shown}`,
    async ask(answer) {
      const field = called(answer, "(layers) => pixels") as
        ((layers: readonly Convolution[]) => unknown) | undefined;
      return numbersOf(field?.(layers));
    },
  };
}

/** 08.2: the channels that each block on the way up takes, in the order in which they run. */
type ChannelsIn = (width: number, multipliers: readonly number[]) => number[];

interface Joint {
  /** Channels from below. */
  readonly at: number;
  /** Channels that the block gives. */
  readonly own: number;
  /** Whether it is the first block of its level. */
  readonly first: boolean;
  readonly kept: number;
}

/** A U-Net with one block a level on the way down, two on the way up.
 * @param take from the channels of what was kept; the last kept comes first */
const channelsWith =
  (
    inputs: (joint: Joint) => number,
    take: (kept: number[]) => number | undefined = (kept) => kept.pop(),
  ): ChannelsIn =>
  (width, multipliers) => {
    const levels = multipliers.map((multiplier) => width * multiplier);
    const kept = [width, ...levels.flatMap((own, level) => (level < levels.length - 1 ? [own, own] : [own]))];
    let at = levels[levels.length - 1];
    const result: number[] = [];
    for (const own of levels.reverse()) {
      for (const first of [true, false]) {
        result.push(inputs({ at, own, first, kept: take(kept) ?? 0 }));
        at = own;
      }
    }
    return result;
  };
const joined = channelsWith(({ at, kept }) => at + kept);

const channelsIn = compared({
  id: "08.2",
  title: "channels on the way up",
  solution: joined,
  misconceptions: [
    {
      name: "added instead of concatenated",
      says: "These are the channels that come from below. What was kept is not added to them but set beside them: the channels of both enter the block.",
      planted: [channelsWith(({ at }) => at)],
    },
    {
      name: "only what was kept",
      says: "These are the channels that were kept. They do not replace what comes from below, which knows the whole picture: both enter.",
      planted: [channelsWith(({ kept }) => kept)],
    },
    {
      name: "twice its own",
      says: "Each block takes twice what it gives. That holds only where both partners have the block's own width: the first block of a level still gets the channels of the level below, and what was kept may come from another level, too.",
      planted: [channelsWith(({ own }) => 2 * own)],
    },
    {
      name: "first in, first out",
      says: "What was kept first is used first. Then images of different sizes would meet: the way up begins with the smallest, which was kept last.",
      planted: [
        channelsWith(
          ({ at, kept }) => at + kept,
          (kept) => kept.shift(),
        ),
      ],
    },
    {
      name: "one connection for each level",
      says: "Only one block of each level has got a connection. Here everything on the way down is kept, the first convolution and the halvings too: each block on the way up takes one of them.",
      planted: [
        channelsWith(({ at, own, first }) => (first ? at + own : at)),
        channelsWith(({ at, own, first }) => (first ? at : at + own)),
      ],
    },
    {
      name: "upside down",
      says: "The right numbers in the wrong order: the way up begins at the lowest level, where the last of the multipliers counts.",
      planted: [(width: number, multipliers: readonly number[]) => joined(width, multipliers).reverse()],
    },
  ],
  notice:
    "Parameters follow from it: the first convolution of a block has a filter for each channel that comes in, whichever way it came.",
  trials: [channelsTrial(32, [1, 2, 2]), channelsTrial(16, [1, 2, 4]), channelsTrial(8, [1, 3])],
});

function channelsTrial(width: number, multipliers: readonly number[]): Trial {
  return {
    asked: `Your channels for width = ${width} and multipliers = [${multipliers.join(", ")}]`,
    async ask(answer) {
      const channels = called(answer, "(width, multipliers) => [channels, …]") as
        ((width: number, multipliers: readonly number[]) => unknown) | undefined;
      return numbersOf(channels?.(width, [...multipliers]));
    },
  };
}

/** 08.3: one head of attention, tensors of the shape [pixels, channels]. */
type Attention = (query: tf.Tensor2D, key: tf.Tensor2D, value: tf.Tensor2D) => unknown;

interface AttentionParts {
  readonly factor: (channels: number, pixels: number) => number;
  readonly logits: (query: tf.Tensor2D, key: tf.Tensor2D) => tf.Tensor2D;
  readonly weights: (logits: tf.Tensor2D) => tf.Tensor2D;
}

const overQueries = (logits: tf.Tensor2D): tf.Tensor2D => tf.transpose(tf.softmax(tf.transpose(logits)));

/** The planted answers differ from the solution in one part each. */
const attentionWith = (wrong: Partial<AttentionParts> = {}): Attention => {
  const { factor, logits, weights }: AttentionParts = {
    factor: (channels) => 1 / Math.sqrt(channels),
    logits: (query, key) => tf.matMul(query, key, false, true),
    weights: (each) => tf.softmax(each),
    ...wrong,
  };
  return (query, key, value) => {
    const [pixels, channels] = query.shape;
    return tf.matMul(weights(tf.mul(logits(query, key), factor(channels, pixels))), value);
  };
};

const attention = compared({
  id: "08.3",
  title: "one head of attention",
  solution: attentionWith(),
  misconceptions: [
    {
      name: "not scaled",
      says: "The products are not divided by √d. A sum of d products of unit numbers has the deviation √d: without the division softmax becomes a choice of one pixel as soon as d is large.",
      planted: [attentionWith({ factor: () => 1 })],
    },
    {
      name: "variance and deviation",
      says: "The products are divided by d, their variance. Their deviation is √d; divided by d, all pixels get nearly the same weight.",
      planted: [attentionWith({ factor: (channels) => 1 / channels })],
    },
    {
      name: "pixels instead of channels",
      says: "The products are divided by the root of the number of pixels. What is summed up in one product are channels: d is their number.",
      planted: [
        attentionWith({ factor: (_, pixels) => 1 / Math.sqrt(pixels) }),
        attentionWith({ factor: (_, pixels) => 1 / pixels }),
      ],
    },
    {
      name: "softmax over the queries",
      says: "The weights of one key sum to 1 over the queries. It is each query that has a whole look to spend: its weights sum to 1 over the keys.",
      planted: [attentionWith({ weights: overQueries })],
    },
    {
      name: "query and key exchanged",
      says: "Queries and keys are exchanged: the rows belong to the keys. Row i of the weights should say where pixel i looks, so it is made with query i.",
      planted: [
        attentionWith({ logits: (query, key) => tf.matMul(key, query, false, true) }),
        attentionWith({ weights: (logits) => tf.transpose(tf.softmax(logits)) }),
      ],
    },
    {
      name: "no softmax",
      says: "The products themselves are the weights. They may be negative and sum to anything; softmax makes a mean of them.",
      planted: [attentionWith({ weights: (logits) => logits })],
    },
  ],
  notice:
    "No weight depends on where the two pixels are: near and far cost the same. So does knowing the picture in full.",
  trials: [attentionTrial(3, 4), attentionTrial(4, 2)],
});

function attentionTrial(pixels: number, channels: number): Trial {
  // Numbers without a pattern, of about unit size.
  const matrix = (start: number): number[][] =>
    Array.from({ length: pixels }, (_, i) =>
      Array.from({ length: channels }, (_, j) =>
        Number((1.6 * Math.sin(start + 2.3 * i + 4.1 * j)).toFixed(2)),
      ),
    );
  const [query, key, value] = [1, 2, 5].map(matrix);
  const shown = (rows: readonly (readonly number[])[]): string =>
    `[[${rows.map((row) => row.join(", ")).join("], [")}]]`;
  return {
    asked: `Your attention with query = ${shown(query)}, key = ${shown(key)} and value = ${shown(value)}`,
    async ask(answer) {
      const attend = called(answer, "(query, key, value) => …") as Attention | undefined;
      return numbersOf(attend?.(tf.tensor2d(query), tf.tensor2d(key), tf.tensor2d(value)));
    },
  };
}

/** The exercises of the notebook "08-unet". */
export const unetExercises: readonly Exercise[] = [receptiveField, channelsIn, attention];
