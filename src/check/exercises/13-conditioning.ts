import { tf } from "../../backend/tf";
import { upsample } from "../../layers";
import { called } from "../answers";
import { compared, type Trial } from "../compared";
import type { Exercise } from "../exercise";
import { numbersOf } from "../numbers";
import { unpatterned } from "../unpatterned";

/** 13.1: adaptive group normalisation. */
type Adaptive = (h: tf.Tensor, told: tf.Tensor, norm: (h: tf.Tensor) => tf.Tensor) => unknown;

interface AdaptiveParts {
  /** Scale and shift out of what is told, to be multiplied with and added to images. */
  readonly parts: (told: tf.Tensor, channels: number) => tf.Tensor[];
  readonly together: (
    h: tf.Tensor,
    scale: tf.Tensor,
    shift: tf.Tensor,
    norm: (h: tf.Tensor) => tf.Tensor,
  ) => tf.Tensor;
}

const everywhere = (x: tf.Tensor): tf.Tensor => tf.reshape(x, [x.shape[0], 1, 1, -1]);
const halves = (told: tf.Tensor): tf.Tensor[] => tf.split(told, 2, 1).map(everywhere);

/** The planted answers differ from the solution in one part each. */
const adaptiveWith = (wrong: Partial<AdaptiveParts> = {}): Adaptive => {
  const { parts, together }: AdaptiveParts = {
    parts: halves,
    together: (h, scale, shift, norm) => tf.add(tf.mul(norm(h), tf.add(1, scale)), shift),
    ...wrong,
  };
  return (h, told, norm) => {
    const [scale, shift] = parts(told, h.shape[3]!);
    return together(h, scale, shift, norm);
  };
};

const adaptive = compared({
  id: "13.1",
  title: "adaptive group normalisation",
  solution: adaptiveWith(),
  misconceptions: [
    {
      name: "scale without 1 +",
      says: "The scale has no 1 to start from. Numbers told are about 0 in the beginning: a factor of about 0 switches every channel off, and with it what the network could learn from.",
      planted: [adaptiveWith({ together: (h, scale, shift, norm) => tf.add(tf.mul(norm(h), scale), shift) })],
    },
    {
      name: "before the norm",
      says: "Scale and shift come before the normalisation, which takes the mean away and divides by the deviation: most of what was told is gone again. They come after it.",
      planted: [
        adaptiveWith({
          together: (h, scale, shift, norm) => norm(tf.add(tf.mul(h, tf.add(1, scale)), shift)),
        }),
        adaptiveWith({
          together: (h, scale, shift, norm) => tf.add(norm(tf.mul(h, tf.add(1, scale))), shift),
        }),
      ],
    },
    {
      name: "no normalisation",
      says: "The channels are not normalised. How much a scale and a shift of a given size do would then depend on how large h happens to be.",
      planted: [adaptiveWith({ together: (h, scale, shift) => tf.add(tf.mul(h, tf.add(1, scale)), shift) })],
    },
    {
      name: "shift scaled as well",
      says: "The shift is multiplied by the scale, too. First scale what is normalised, then add the shift.",
      planted: [
        adaptiveWith({
          together: (h, scale, shift, norm) => tf.mul(tf.add(norm(h), shift), tf.add(1, scale)),
        }),
      ],
    },
    {
      name: "halves exchanged",
      says: "Scale and shift have changed places. Which half of the numbers comes first?",
      planted: [
        adaptiveWith({
          together: (h, scale, shift, norm) => tf.add(tf.mul(norm(h), tf.add(1, shift)), scale),
        }),
      ],
    },
    {
      name: "one number for all channels",
      says: "All channels get the same number. Then no channel can be turned down while another one is turned up. There is a scale and a shift for each channel.",
      planted: [
        adaptiveWith({ parts: (told) => halves(told).map((each) => tf.mean(each, 3, true)) }),
        adaptiveWith({
          parts: (told) => halves(told).map((each) => tf.slice(each, [0, 0, 0, 0], [-1, 1, 1, 1])),
        }),
      ],
    },
    {
      name: "one sample for the whole batch",
      says: "Every sample of the batch is told what belongs to the first one. Each row of what is told belongs to one sample.",
      planted: [
        adaptiveWith({
          parts: (told) => halves(told).map((each) => tf.slice(each, [0, 0, 0, 0], [1, -1, -1, -1])),
        }),
      ],
    },
    {
      name: "every second number",
      says: "Scales and shifts have been taken in turns. The first half are scales, the second half shifts: `tf.split(told, 2, 1)` takes them apart.",
      planted: [
        adaptiveWith({
          parts: (told, channels) =>
            tf.unstack(tf.reshape(told, [told.shape[0], channels, 2]), 2).map(everywhere),
        }),
      ],
    },
  ],
  notice:
    "With s = -1 a channel is off, whatever comes in. No sum can do that; and what is added before a normalisation is partly taken away by it.",
  trials: [adaptiveTrial([2, 2, 2, 4], 1), adaptiveTrial([1, 3, 2, 2], 5)],
});

function adaptiveTrial(shape: readonly number[], start: number): Trial {
  const [batch, , , channels] = shape;
  // One group: mean 0 and variance 1 of each sample.
  const norm = (h: tf.Tensor): tf.Tensor => {
    const { mean, variance } = tf.moments(h, [1, 2, 3], true);
    return tf.div(tf.sub(h, mean), tf.sqrt(tf.add(variance, 1e-5)));
  };
  return {
    asked: `Your result for h of the shape [${shape.join(", ")}] and told of the shape [${batch}, ${2 * channels}]`,
    async ask(answer) {
      const of = called(answer, "(h, told, norm) => …") as Adaptive | undefined;
      return numbersOf(of?.(unpatterned(shape, start), unpatterned([batch, 2 * channels], start + 2), norm));
    },
  };
}

/** 13.2: z with a small picture beside its channels. */
type Beside = (z: tf.Tensor4D, small: tf.Tensor4D) => unknown;

/** The planted answers enlarge in another way, or put the two together in another way. */
const besideWith =
  (
    enlarge: (small: tf.Tensor4D, factor: number) => tf.Tensor = upsample,
    together: (z: tf.Tensor, image: tf.Tensor) => tf.Tensor = (z, image) => tf.concat([z, image], 3),
  ): Beside =>
  (z, small) =>
    together(z, enlarge(small, z.shape[1] / small.shape[1]));

const smoothly = (small: tf.Tensor4D, factor: number, centred: boolean): tf.Tensor =>
  tf.image.resizeBilinear(small, [small.shape[1] * factor, small.shape[2] * factor], false, centred);

const concatenated = compared({
  id: "13.2",
  title: "what the first filter sees",
  solution: besideWith(),
  misconceptions: [
    {
      name: "repeated as a whole",
      says: "The small picture is laid out again and again, like tiles: a pixel of z has beside it what belongs to another place. Each small pixel should become a square, so that places correspond.",
      planted: [besideWith((small, factor) => tf.tile(small, [1, factor, factor, 1]))],
    },
    {
      name: "below or beside in space",
      says: "The pictures are joined along height, width or batch. Then they lie next to each other, and no filter sees both at the same place. Channels are the last dimension.",
      planted: [0, 1, 2].map((axis) => besideWith(upsample, (z, image) => tf.concat([z, image], axis))),
    },
    {
      name: "added",
      says: "The picture is added to z. What is told and what is noisy can't be told apart any more, and the network cannot know how much of each there is. Beside each other, a filter can learn to weigh them.",
      planted: [
        besideWith(upsample, (z, image) => tf.add(z, image)),
        besideWith(upsample, (z, image) => tf.concat([tf.add(z, image), image], 3)),
      ],
    },
    {
      name: "the image first",
      says: "The two are in the other order. A network could learn that just as well, but here z comes first, as in the library: weights that were learned in one order are useless in the other.",
      planted: [besideWith(upsample, (z, image) => tf.concat([image, z], 3))],
    },
    {
      name: "z forgotten",
      says: "The noisy picture is missing. The network has to find the noise in z, so it must see z.",
      planted: [
        besideWith(upsample, (_, image) => image),
        besideWith(upsample, (_, image) => tf.concat([image, image], 3)),
      ],
    },
    {
      name: "interpolated",
      says: "The small picture is enlarged smoothly. That is done, too (SR3 does), but not asked here: each pixel becomes a square of equal ones.",
      planted: [true, false].map((centred) =>
        besideWith((small, factor) => smoothly(small, factor, centred)),
      ),
    },
  ],
  notice:
    "All that grows is the first filter: from 3·3·c numbers for each of its channels to 3·3·(c + k). Nothing else in the network knows that a picture was told.",
  trials: [
    besideTrial([1, 4, 4, 1], [1, 2, 2, 1]),
    besideTrial([2, 4, 4, 2], [2, 2, 2, 2]),
    besideTrial([1, 6, 6, 1], [1, 2, 2, 1]),
  ],
});

function besideTrial(shape: readonly number[], small: readonly number[]): Trial {
  return {
    asked: `What the filter sees, for z of the shape [${shape.join(", ")}] and a small picture of [${small.join(", ")}],`,
    async ask(answer) {
      const of = called(answer, "(z, small) => tensor") as Beside | undefined;
      return numbersOf(of?.(unpatterned<tf.Rank.R4>(shape, 1), unpatterned<tf.Rank.R4>(small, 4)));
    },
  };
}

/** 13.3: attention of pixels to words, for one sample. */
interface Sentence {
  /** [pixels, c]. */
  readonly pixels: tf.Tensor2D;
  /** [words, e]. */
  readonly words: tf.Tensor2D;
  /** [words]: 1 for a word, 0 for padding. */
  readonly mask: tf.Tensor1D;
  /** [c, d]. */
  readonly Wq: tf.Tensor2D;
  /** [e, d]. */
  readonly Wk: tf.Tensor2D;
  /** [e, d]. */
  readonly Wv: tf.Tensor2D;
}
type ToWords = (given: Sentence) => unknown;

interface ToWordsParts {
  readonly asking: (given: Sentence) => { query: tf.Tensor; key: tf.Tensor; value: tf.Tensor };
  readonly factor: (d: number, words: number) => number;
  readonly weights: (logits: tf.Tensor, mask: tf.Tensor) => tf.Tensor;
}

const hidden = (logits: tf.Tensor, mask: tf.Tensor): tf.Tensor =>
  tf.add(logits, tf.mul(tf.sub(mask, 1), 1e9));

/** The planted answers differ from the solution in one part each. */
const toWordsWith = (wrong: Partial<ToWordsParts> = {}): ToWords => {
  const { asking, factor, weights }: ToWordsParts = {
    asking: ({ pixels, words, Wq, Wk, Wv }) => ({
      query: tf.matMul(pixels, Wq),
      key: tf.matMul(words, Wk),
      value: tf.matMul(words, Wv),
    }),
    factor: (d) => 1 / Math.sqrt(d),
    weights: (logits, mask) => tf.softmax(hidden(logits, mask)),
    ...wrong,
  };
  return (given) => {
    const { query, key, value } = asking(given);
    const logits = tf.mul(tf.matMul(query, key, false, true), factor(query.shape[1]!, given.words.shape[0]));
    return tf.matMul(weights(logits, given.mask), value);
  };
};

const crossAttention = compared({
  id: "13.3",
  title: "cross-attention",
  solution: toWordsWith(),
  misconceptions: [
    {
      name: "softmax over the pixels",
      says: "The weights of a word sum to 1 over the pixels: pixels compete for words. It is each pixel that has a whole look to spend, on the words.",
      planted: [
        toWordsWith({
          weights: (logits, mask) =>
            tf.mul(tf.transpose(tf.softmax(tf.transpose(logits))), tf.expandDims(mask, 0)),
        }),
        toWordsWith({ weights: (logits) => tf.transpose(tf.softmax(tf.transpose(logits))) }),
      ],
    },
    {
      name: "not scaled",
      says: "The products are not divided by √d. The more numbers a query has, the larger they get, until softmax chooses one word and learns no more.",
      planted: [toWordsWith({ factor: () => 1 })],
    },
    {
      name: "another scale",
      says: "The products are divided by something else than √d, where d is how many numbers a query and a key have: a sum of d products has the deviation √d.",
      planted: [
        toWordsWith({ factor: (d) => 1 / d }),
        toWordsWith({ factor: (_, words) => 1 / Math.sqrt(words) }),
      ],
    },
    {
      name: "queries from the words",
      says: "The words ask, and the pixels answer. Then there is a result for each word, and none for a pixel. Who needs to know something asks: the query is made of pixels, key and value of words.",
      planted: [
        toWordsWith({
          asking: ({ pixels, words, Wq, Wk, Wv }) => ({
            query: tf.matMul(words, Wq),
            key: tf.matMul(pixels, Wk),
            value: tf.matMul(pixels, Wv),
          }),
          weights: (logits) => tf.softmax(logits),
        }),
      ],
    },
    {
      name: "padding not masked",
      says: "Padding is attended to as if it were words. The shorter a sentence, the less is left for its words, and what is told depends on how long others may be.",
      planted: [toWordsWith({ weights: (logits) => tf.softmax(logits) })],
    },
    {
      name: "masked by zeros",
      says: "The products of padding are set to 0. But exp(0) is 1, which is a good share: to have no weight after softmax, a product must be far *below* all others.",
      planted: [toWordsWith({ weights: (logits, mask) => tf.softmax(tf.mul(logits, mask)) })],
    },
    {
      name: "masked after softmax",
      says: "Padding is taken out after softmax. What it had got is lost: the weights of the words do not sum to 1 any more. Take it out before.",
      planted: [toWordsWith({ weights: (logits, mask) => tf.mul(tf.softmax(logits), mask) })],
    },
    {
      name: "words masked, padding left",
      says: "The mask is turned round: 1 stands for a word, 0 for padding.",
      planted: [toWordsWith({ weights: (logits, mask) => tf.softmax(hidden(logits, tf.sub(1, mask))) })],
    },
    {
      name: "keys given instead of values",
      says: "What is mixed are the keys. A key is what a word is found by; what it gives is its value.",
      planted: [
        toWordsWith({
          asking: ({ pixels, words, Wq, Wk }) => {
            const key = tf.matMul(words, Wk);
            return { query: tf.matMul(pixels, Wq), key, value: key };
          },
        }),
      ],
    },
    {
      name: "no softmax",
      says: "The products themselves are the weights. They may be negative and sum to anything; softmax makes a mean of them.",
      planted: [toWordsWith({ weights: (logits, mask) => tf.mul(logits, mask) })],
    },
  ],
  notice:
    "It is the attention of notebook 8 but for where keys and values come from. P pixels and W words need P·W products, not P²: sentences are short, so this is cheap.",
  trials: [
    toWordsTrial({ pixels: 3, mask: [1, 1, 0, 0] }),
    toWordsTrial({ pixels: 2, mask: [1, 1, 1, 0, 0] }),
    toWordsTrial({ pixels: 5, mask: [1, 1] }),
  ],
});

function toWordsTrial({ pixels, mask }: { readonly pixels: number; readonly mask: number[] }): Trial {
  const [inputs, d] = [2, 3];
  const matrix = (rows: number, columns: number, start: number): tf.Tensor2D =>
    unpatterned<tf.Rank.R2>([rows, columns], start);
  return {
    asked: `Your result for ${pixels} pixels and the mask [${mask.join(", ")}], with d = ${d},`,
    async ask(answer) {
      const of = called(answer, "({ pixels, words, mask, Wq, Wk, Wv }) => [pixels, d]") as
        ToWords | undefined;
      return numbersOf(
        of?.({
          pixels: matrix(pixels, inputs, 1),
          words: matrix(mask.length, inputs, 2),
          mask: tf.tensor1d(mask),
          Wq: matrix(inputs, d, 3),
          Wk: matrix(inputs, d, 4),
          Wv: matrix(inputs, d, 5),
        }),
      );
    },
  };
}

/** The exercises of the notebook "13-conditioning". */
export const conditioning: readonly Exercise[] = [adaptive, concatenated, crossAttention];
