import { tf } from "../../backend/tf";
import { called } from "../answers";
import { compared, type Trial } from "../compared";
import type { Exercise } from "../exercise";
import { numbersOf } from "../numbers";
import { unpatterned } from "../unpatterned";

/** 14.1: where a picture looks at one word. */
type WordMap = (given: MapGiven) => unknown;
interface MapGiven {
  /** float32 [heads, pixels, tokens]: how much each pixel attends to each token. */
  readonly weights: tf.Tensor;
  /** The caption's words; the start is none of them. */
  readonly words: readonly string[];
  readonly word: string;
  /** Pixels along a side of the map. */
  readonly side: number;
}

/** Position 0 is the start's. */
const positionOf = ({ words, word }: MapGiven): number => 1 + words.indexOf(word);

/** The planted answers take another column, or put heads and pixels together in another way. */
const mapped =
  (
    position: (given: MapGiven) => number,
    together: (ofHeads: tf.Tensor) => tf.Tensor = (ofHeads) => tf.mean(ofHeads, 0),
  ): WordMap =>
  (given) => {
    const column = tf.gather(given.weights, tf.scalar(position(given), "int32"), 2);
    return tf.reshape(together(column), [given.side, given.side]);
  };
const transposed: WordMap = (given) => tf.transpose(mapped(positionOf)(given) as tf.Tensor2D);
/** The first dimension of the new shape is said to be the tokens', which the numbers are not sorted by. */
const reshapedAtOnce: WordMap = (given) => {
  const mean = tf.mean(given.weights, 0);
  const maps = tf.reshape(mean, [mean.shape[1]!, given.side, given.side]);
  return tf.gather(maps, tf.scalar(positionOf(given), "int32"));
};
const overPixels: WordMap = (given) =>
  tf.gather(tf.mean(given.weights, 1), tf.scalar(positionOf(given), "int32"), 1);
const overWords: WordMap = (given) =>
  tf.reshape(tf.mean(tf.mean(given.weights, 0), 1), [given.side, given.side]);

const oneWord = compared({
  id: "14.1",
  title: "the map of one word",
  solution: mapped(positionOf),
  misconceptions: [
    {
      name: "start forgotten",
      says: "This is the map of the word before. The first position of every caption is its start, which is no word: on which position does the caption's first word come?",
      planted: [mapped((given) => positionOf(given) - 1)],
    },
    {
      name: "one too far",
      says: "This is the map of the word after. Positions count from 0, and only the start comes before the first word.",
      planted: [mapped((given) => positionOf(given) + 1)],
    },
    {
      name: "from the end",
      says: "The position was counted from the end of the row. There the padding stands, and captions have different lengths.",
      planted: [mapped((given) => given.weights.shape[2]! - given.words.length + positionOf(given) - 1)],
    },
    {
      name: "summed over the heads",
      says: "The heads have been added up, so that the weights of a pixel over all words sum to the number of heads, and not to 1.",
      planted: [mapped(positionOf, (ofHeads) => tf.sum(ofHeads, 0))],
    },
    {
      name: "one head",
      says: "That is one of the heads alone, or the largest of them. Each head looks for something else; asked is their mean.",
      planted: [
        mapped(positionOf, (ofHeads) => tf.gather(ofHeads, tf.scalar(0, "int32"))),
        mapped(positionOf, (ofHeads) => tf.max(ofHeads, 0)),
      ],
    },
    {
      name: "lying on its side",
      says: "Rows and columns have changed places: the map is mirrored at its diagonal. Pixels are numbered row by row, from the left, and a row of the result is a row of the picture.",
      planted: [transposed],
    },
    {
      name: "cut at the wrong places",
      says: "The numbers have been cut into maps as if all weights of the first word came first. They are sorted by pixel: first all words for the first pixel. Take the word's column, or transpose, before they get another shape.",
      planted: [reshapedAtOnce],
    },
    {
      name: "mean over something else",
      says: "The mean was taken over pixels or over words. Over which dimension are the heads? A mean over words says nothing: the weights of a pixel sum to 1, whatever it looks at.",
      planted: [overPixels, overWords],
    },
  ],
  notice:
    "Such maps are drawn of large models, too (Hertz et al. 2022, Tang et al. 2023). A weight says where a pixel asks; what it makes of the answer is another matter.",
  trials: [
    mapTrial({ words: ["a", "red", "circle"], word: "red", side: 2, heads: 2, tokens: 6, seed: 1 }),
    mapTrial({ words: ["two", "blue", "squares"], word: "two", side: 3, heads: 3, tokens: 5, seed: 2 }),
    mapTrial({ words: ["a", "circle"], word: "circle", side: 2, heads: 4, tokens: 8, seed: 3 }),
  ],
});

function mapTrial({
  heads,
  tokens,
  seed,
  ...given
}: Omit<MapGiven, "weights"> & {
  readonly heads: number;
  readonly tokens: number;
  readonly seed: number;
}): Trial {
  const { words, word, side } = given;
  return {
    asked: `Your map of "${word}" in "${words.join(" ")}", ${side} × ${side}, of ${heads} heads`,
    async ask(answer) {
      const of = called(answer, "({ weights, words, word, side }) => map") as WordMap | undefined;
      if (!of) return undefined;
      const weights = tf.softmax(unpatterned([heads, side ** 2, tokens], seed));
      return numbersOf(of({ ...given, weights }));
    },
  };
}

/** 14.2: a batch of captions, some of them dropped. */
type Drop = (tokens: tf.Tensor, chances: tf.Tensor, share: number) => unknown;

/** The start, and then padding. */
const nothing = ([, length]: readonly number[]): tf.Tensor =>
  tf.tensor2d([1, ...new Array<number>(length - 1).fill(0)], [1, length], "int32");

/** The planted answers drop others, or put something else in their place. */
const dropping =
  (
    instead: (shape: readonly number[]) => tf.Tensor = nothing,
    dropped: (chances: tf.Tensor, share: number) => tf.Tensor = rows,
  ): Drop =>
  (tokens, chances, share) => {
    const all = tf.broadcastTo(tf.cast(dropped(chances, share), "float32"), tokens.shape);
    const other = tf.broadcastTo(tf.cast(instead(tokens.shape), "float32"), tokens.shape);
    return tf.cast(tf.where(tf.cast(all, "bool"), other, tf.cast(tokens, "float32")), "int32");
  };

function rows(chances: tf.Tensor, share: number): tf.Tensor {
  return tf.expandDims(tf.less(chances, share), 1);
}
const single = (value: number) => (): tf.Tensor => tf.tensor2d([value], [1, 1], "int32");

const dropCaptions = compared({
  id: "14.2",
  title: "dropping captions",
  solution: dropping(),
  misconceptions: [
    {
      name: "positions instead of captions",
      says: "The same positions were dropped in all captions: the chances went along the words, and not along the batch. Of [batch] numbers make a column, [batch, 1], before they meet [batch, length].",
      planted: [
        dropping(undefined, (chances, share) => tf.expandDims(tf.less(chances, share), 0)),
        dropping(single(0), (chances, share) => tf.expandDims(tf.less(chances, share), 0)),
      ],
    },
    {
      name: "start dropped, too",
      says: 'Dropped captions are all padding here. Padding cannot be attended to: there would be nothing left to look at. The empty caption is what the tokenizer makes of "".',
      planted: [dropping(single(0))],
    },
    {
      name: "start everywhere",
      says: "Dropped captions consist of starts here. The network never sees such a caption when it draws: the empty one has one start, and then padding.",
      planted: [dropping(single(1))],
    },
    {
      name: "whole batches",
      says: "One draw decides for the whole batch. Each caption has a chance of its own.",
      planted: [
        dropping(undefined, (chances, share) => tf.less(tf.slice(tf.reshape(chances, [-1]), 0, 1), share)),
        dropping(undefined, (chances, share) => tf.less(tf.mean(chances), share)),
      ],
    },
    {
      name: "the share kept",
      says: "The share says how many are dropped, and here it is kept. A number that is uniform on [0, 1) is *below* p with probability p.",
      planted: [
        dropping(undefined, (chances, share) => tf.expandDims(tf.greaterEqual(chances, share), 1)),
        dropping(undefined, (chances, share) => tf.expandDims(tf.less(chances, 1 - share), 1)),
      ],
    },
    {
      name: "nothing dropped",
      says: "All captions are told. Then the network never learns what to say without one, and guidance has nothing to go away from.",
      planted: [(tokens) => tokens, dropping(undefined, () => tf.tensor2d([0], [1, 1]))] satisfies Drop[],
    },
    {
      name: "everything dropped",
      says: "No caption is told at all. What is left is an unconditional model.",
      planted: [dropping(undefined, () => tf.tensor2d([1], [1, 1]))],
    },
  ],
  notice:
    "The same line as for classes; only the flag is another one. Imagen and Stable Diffusion drop 10 % of the captions (Saharia et al. 2022; Rombach et al. 2022).",
  trials: [
    dropTrial([0.4, 0.06, 0.91, 0.11], 0.15),
    dropTrial([0.05, 0.7, 0.33], 0.1),
    dropTrial([0.32, 0.1, 0.25, 0.14, 0.6], 0.3),
  ],
});

/** As many captions as positions, so that rows and columns can be mixed up. */
function dropTrial(chances: readonly number[], share: number): Trial {
  const size = chances.length;
  const tokens = chances.map((_, i) =>
    Array.from({ length: size }, (_, j) => (j === 0 ? 1 : j < 2 + (i % 2) ? 2 + i + 3 * j : 0)),
  );
  const shown = tokens.map((row) => `[${row.join(", ")}]`).join(", ");
  return {
    asked: `Your tokens for [${shown}], chances [${chances.join(", ")}] and a share of ${share}`,
    async ask(answer) {
      const of = called(answer, "(tokens, chances, share) => tokens") as Drop | undefined;
      return numbersOf(of?.(tf.tensor2d(tokens, [size, size], "int32"), tf.tensor1d([...chances]), share));
    },
  };
}

/** 14.3: the share that does everything right, if all is independent. */
type Together = (shares: number[]) => unknown;
const product = (values: readonly number[]): number => values.reduce((all, value) => all * value, 1);
const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;
const fail = (shares: readonly number[]): number[] => shares.map((share) => 1 - share);

const strict = compared({
  id: "14.3",
  title: "everything at once",
  solution: product satisfies Together,
  misconceptions: [
    {
      name: "the mean",
      says: "The mean says how many attributes of a picture are right. Asked is in how many pictures *all* are: with two attributes that are right by chance, 1/2 each, it is 1/4.",
      planted: [mean, (shares) => product(shares) ** (1 / shares.length)] satisfies Together[],
    },
    {
      name: "the weakest",
      says: "That holds if all failures are in the same pictures: the pictures that miss one attribute miss it alone. Independent failures hit different pictures, too.",
      planted: [(shares) => Math.min(...shares)] satisfies Together[],
    },
    {
      name: "failures added up",
      says: "The failures were added. That counts pictures twice in which two attributes are wrong, and may come below 0; it holds if no picture has two faults.",
      planted: [
        (shares) => 1 - sum(fail(shares)),
        (shares) => Math.max(0, 1 - sum(fail(shares))),
      ] satisfies Together[],
    },
    {
      name: "at least one",
      says: "That is the share of pictures with at least *one* attribute right, or one minus it: all wrong. Multiply what shall happen together.",
      planted: [
        (shares) => 1 - product(fail(shares)),
        (shares) => product(fail(shares)),
      ] satisfies Together[],
    },
    {
      name: "some picture fails",
      says: "That is the share of pictures with at least one fault. Asked are those without.",
      planted: [(shares) => 1 - product(shares)] satisfies Together[],
    },
    {
      name: "shares added up",
      says: "Shares were added: a share of all pictures cannot be above 1.",
      planted: [sum] satisfies Together[],
    },
  ],
  notice:
    "Five attributes with 95 % each make 77 %. “All” is a strict measure, and small gains in each attribute are large ones in it; that abilities seem to emerge suddenly has to do with it (Okawa et al. 2023).",
  trials: [
    togetherTrial([0.9, 0.8]),
    togetherTrial([0.95, 0.99, 0.7, 0.88, 0.6]),
    togetherTrial([1, 0.5, 0.4]),
  ],
});

function togetherTrial(shares: readonly number[]): Trial {
  return {
    asked: `Your share for [${shares.join(", ")}]`,
    async ask(answer) {
      const of = called(answer, "(shares) => share") as Together | undefined;
      return numbersOf(of?.([...shares]));
    },
  };
}

/** The exercises of the notebook "14-text-to-image". */
export const textToImage: readonly Exercise[] = [oneWord, dropCaptions, strict];
