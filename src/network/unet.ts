import { tf } from "../backend/tf";
import { checkShape } from "../errors";
import { silu, upsample } from "../layers";
import { checkTold } from "./conditioning/check-told";
import { crossAttentionBlock } from "./conditioning/cross-attention";
import { withImage } from "./conditioning/image";
import { labelEmbedding } from "./conditioning/labels";
import { attendsToWords, captionTokens, sumOfWords } from "./conditioning/text";
import { vectorEmbedding, vectorWords } from "./conditioning/vector";
import { convolution, linear, normalisation } from "./modules";
import { withCoordinates } from "./coordinates";
import { fourierFeatures } from "./fourier-features";
import type { Condition, Network, ToldNetwork } from "./network";
import { parameterList } from "./parameters";
import { partList, partTotals, type Part } from "./parts";
import { textAttentionFlops, textEncoder, type EncodedText } from "./text-encoder";
import { timeEmbedding } from "./time-embedding";
import { unetSettings, type UNetOptions, type UNetSettings } from "./unet-settings";
import { attentionBlock, residualBlock, type Block, type Run } from "./unet-blocks";

/** A network for images, with what it is made of. */
export interface UNet extends ToldNetwork {
  /** Of an image: [size, size, channels]. */
  readonly shape: readonly [number, number, number];
  /** Its parts in the order in which they run. */
  readonly parts: readonly Part[];
  /** The numbers that are learned. */
  readonly parameterCount: number;
  /** Floating point operations of a forward pass, for one image: those of convolutions, matrix products and attention. */
  readonly flops: number;
}

/** A U-Net (Ronneberger et al. 2015) for diffusion (lecture, "Diffusion model for images"; Ho et al. 2020, appendix B; Dhariwal & Nichol
 * 2021): residual blocks that know the time, on images that are halved from level to level and enlarged again, with
 * connections from each block on the way down to its counterpart on the way up, and self-attention where images are small.
 * The last filter starts at 0, so that the network begins by predicting 0.
 * @returns predict: z float32 [batch, size, size, channels]
 * @throws RangeError for settings that are impossible or do not fit together, naming them */
export function unet(options: UNetOptions): UNet {
  const settings = unetSettings(options);
  const { size, channels, steps, width, multipliers, blocks, heads, groups, time, dropout, fourier, seed } =
    settings;
  const { text, conditions, coordinates, vector } = settings;
  const parameters = parameterList(seed);
  const timeWidth = 4 * width;
  const { parts, part } = partList(parameters);

  /** A part whose result can be watched. */
  const image = (name: string, shape: readonly number[], make: () => Block, own?: number): Block => {
    const body = part(name, shape, make, own);
    return (x, run) => {
      const result = body(x, run);
      run.watch?.(name, result);
      return result;
    };
  };

  const embed = part("time", [timeWidth], () => timeAndCondition(settings, parameters, timeWidth));
  const encode =
    text && text.entry !== "vector"
      ? part(
          "text",
          [text.length, text.width],
          () => textEncoder(parameters, { ...text, name: "text" }),
          textAttentionFlops(text),
        )
      : undefined;
  const sum =
    text && text.entry !== "attention"
      ? part("text/vector", [timeWidth], () => sumOfWords(parameters, text.vocabulary, timeWidth))
      : undefined;
  const say =
    text && settings.vectorWords > 0
      ? part("vector/words", [settings.vectorWords * text.width], () =>
          vectorWords(parameters, { size: vector, count: settings.vectorWords, width: text.width }),
        )
      : undefined;
  const selfAttention = (block: string, shape: readonly number[]): Block => {
    const name = `${block}/attention`;
    const [resolution, , outputs] = shape;
    const make = (): Block => attentionBlock(parameters, name, { channels: outputs, heads, groups });
    return image(name, shape, make, 4 * resolution ** 4 * outputs);
  };
  const crossAttention = (
    block: string,
    shape: readonly number[],
    { length: ofCaption, width: textWidth }: Text,
  ): Block => {
    const name = `${block}/words`;
    const length = ofCaption + settings.vectorWords;
    const [resolution, , outputs] = shape;
    const tell = part(`${name}/told`, [length, 2 * outputs], () =>
      linear(parameters, `${name}/told`, textWidth, 2 * outputs),
    );
    const pixels = coordinates ? resolution ** 2 : undefined;
    const options = { channels: outputs, tell, heads, groups, pixels };
    return image(
      name,
      shape,
      () => crossAttentionBlock(parameters, name, options),
      4 * resolution ** 2 * length * outputs,
    );
  };
  const block = (
    name: string,
    inputs: number,
    outputs: number,
    resolution: number,
    attends: boolean,
  ): Block => {
    const shape = [resolution, resolution, outputs];
    const residual = image(name, shape, () =>
      residualBlock(parameters, name, { inputs, outputs, timeWidth, groups, time, dropout }),
    );
    const layers = [residual];
    if (attends) layers.push(selfAttention(name, shape));
    if (text && attendsToWords(text, resolution, attends)) layers.push(crossAttention(name, shape, text));
    return (x, run) => layers.reduce((h, layer) => layer(h, run), x);
  };
  const conv = (name: string, inputs: number, outputs: number, resolution: number, stride = 1): Block =>
    image(name, [resolution, resolution, outputs], () => {
      const layer = convolution(parameters, name, inputs, outputs, { stride });
      return (x, { values }) => layer(x, values);
    });

  const inputs = channels * (1 + 2 * fourier.length) + conditions.image + (coordinates ? 2 : 0);
  const first = conv("first", inputs, width, size);
  let [at, resolution] = [width, size];
  const kept = [width];
  const down: Block[] = [];
  multipliers.forEach((multiplier, level) => {
    for (let i = 1; i <= blocks; i++) {
      const attends = settings.attention.includes(resolution);
      down.push(block(`down${level + 1}/block${i}`, at, width * multiplier, resolution, attends));
      at = width * multiplier;
      kept.push(at);
    }
    if (level === multipliers.length - 1) return;
    resolution /= 2;
    down.push(conv(`down${level + 1}/halve`, at, at, resolution, 2));
    kept.push(at);
  });
  const middle = [
    block("middle/block1", at, at, resolution, true),
    block("middle/block2", at, at, resolution, false),
  ];
  const up: { readonly body: Block; readonly joins: boolean }[] = [];
  [...multipliers.entries()].reverse().forEach(([level, multiplier]) => {
    for (let i = 1; i <= blocks + 1; i++) {
      const attends = settings.attention.includes(resolution);
      const inputs = at + kept.pop()!;
      const body = block(`up${level + 1}/block${i}`, inputs, width * multiplier, resolution, attends);
      at = width * multiplier;
      up.push({ body, joins: true });
    }
    if (level === 0) return;
    resolution *= 2;
    const after = conv(`up${level + 1}/double`, at, at, resolution);
    up.push({ body: (x, run) => after(upsample(x), run), joins: false });
  });
  const last = image("last", [size, size, channels], (): Block => {
    const norm = normalisation(parameters, "last/norm", at, groups, { silu: true });
    const filter = convolution(parameters, "last", at, channels, { gain: 0 });
    return (x, { values }) => filter(norm(x, values), values);
  });
  const { variables, names } = parameters;

  const predict: Network["predict"] = (
    z,
    t,
    { parameters: values = variables, condition = {}, training = false, watch } = {},
  ) => {
    checkShape("z", z.shape, [null, size, size, channels]);
    checkTold(condition, conditions);
    return tf.tidy(() => {
      const tokens = text && captionTokens(condition, z.shape[0], text.length);
      const embedded = embed(timeEmbedding(t, steps, width), condition, values);
      const told = sum && tokens ? embedded.add<tf.Tensor>(sum(tokens, values)) : embedded;
      const caption = tokens && encode?.(tokens, values);
      const words = say && caption ? together(caption, say(z.shape[0], condition, values)) : caption;
      const run: Run = { values, training, watch, embedded: silu(told), text: words };
      const seen = withImage(fourierFeatures(z, fourier), condition, conditions.image);
      const stack = [first(coordinates ? withCoordinates(seen) : seen, run)];
      let h = stack[0];
      for (const layer of down) stack.push((h = layer(h, run)));
      for (const layer of middle) h = layer(h, run);
      for (const { body, joins } of up) h = body(joins ? tf.concat([h, stack.pop()!], 3) : h, run);
      return last(h, run);
    });
  };
  return {
    parameters: variables,
    names,
    predict,
    shape: [size, size, channels],
    conditions,
    ...partTotals(parts),
    dispose() {
      tf.dispose([...variables]);
    },
  };
}

type Text = NonNullable<UNetSettings["text"]>;
type EmbedTime = (time: tf.Tensor, condition: Condition, values: readonly tf.Tensor[]) => tf.Tensor;

/** One text after the other. */
const together = (a: EncodedText, b: EncodedText): EncodedText => ({
  tokens: tf.concat([a.tokens, b.tokens], 1),
  mask: tf.concat([a.mask, b.mask], 1),
});

/** The embedding of the time, plus those of class and vector: what each block is told. */
function timeAndCondition(
  { width, classes, vector }: UNetSettings,
  parameters: ReturnType<typeof parameterList>,
  timeWidth: number,
): EmbedTime {
  const [inner, outer] = [
    linear(parameters, "time/inner", width, timeWidth),
    linear(parameters, "time/outer", timeWidth, timeWidth),
  ];
  const conditions = [
    classes > 0 ? labelEmbedding(parameters, classes, timeWidth) : undefined,
    vector > 0 ? vectorEmbedding(parameters, vector, timeWidth) : undefined,
  ];
  return (time, condition, values) => {
    const known = outer(silu(inner(time, values)), values);
    return conditions.reduce<tf.Tensor>((sum, embed) => {
      const told = embed?.(time.shape[0], condition, values);
      return told ? sum.add(told) : sum;
    }, known);
  };
}
