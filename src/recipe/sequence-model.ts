import type { Precision } from "../backend/bfloat16";
import { tf } from "../backend/tf";
import { compile } from "../compile";
import { checkNumber } from "../errors";
import { nearestTokens, type SequenceDenoiser } from "../network";
import { denoiserOf, type Denoiser } from "../prediction";
import type { Schedule } from "../schedule";
import type { SequenceTokenizer } from "../text";

/** A network for sequences with what it needs to be used: between texts and the space of vectors in which the diffusion takes place. */
export interface SequenceModel {
  readonly network: SequenceDenoiser;
  readonly schedule: Schedule;
  readonly tokenizer: SequenceTokenizer;
  /** x̂(z_t, t), compiled: what samplers take. z is float32 [batch, length, channels]. */
  readonly denoiser: (options?: TextDenoiserOptions) => Denoiser;
  /** x, the vectors of the texts' tokens, float32 [texts, length, channels].
   * @throws RangeError for texts that the tokenizer does not know */
  readonly embed: (texts: readonly string[]) => tf.Tensor3D;
  /** Rounding: the texts of the nearest tokens to x, or to z_t (which stays as it is). Read on the host.
   * @param x float32 [texts, length, channels] */
  readonly decode: (x: tf.Tensor) => string[];
  /** Frees what is compiled; the network stays. */
  dispose(): void;
}

export interface TextDenoiserOptions {
  /** What the logits are divided by: x̂ = Σ_w softmax(logits / temperature)_w e_w. Below 1 it believes more in what is likely already, so that
   * samples have fewer faults, and are less varied than the data (as the temperature of a language model does); 1 if omitted. */
  readonly temperature?: number;
}

export interface SequenceModelOptions {
  readonly network: SequenceDenoiser;
  readonly schedule: Schedule;
  /** Of the network's length and vocabulary. */
  readonly tokenizer: SequenceTokenizer;
  /** Others in the place of the network's own, such as their averages. */
  readonly parameters?: readonly tf.Tensor[];
  readonly precision?: Precision;
}

/** @throws RangeError if network and tokenizer do not fit together */
export function sequenceModel(options: SequenceModelOptions): SequenceModel {
  const { network, schedule, tokenizer, precision = "float32" } = options;
  const { parameters = network.parameters } = options;
  checkFits(network, tokenizer);
  const { length } = tokenizer;
  const predict = compile(
    (z: tf.Tensor, t: tf.Tensor, temperature: number) =>
      network.meanOf(network.logits(z, t, { parameters }).div(temperature), { parameters }),
    { precision },
  );
  return {
    network,
    schedule,
    tokenizer,
    denoiser: ({ temperature = 1 } = {}) => {
      checkNumber("temperature", temperature, Number.MIN_VALUE);
      return denoiserOf((z, t) => predict(z, t, temperature), "x", schedule);
    },
    embed: (texts) =>
      tf.tidy(() => {
        const tokens = tf.tensor2d(tokenizer.encode(texts), [texts.length, length], "int32");
        return network.embed(tokens, { parameters });
      }),
    decode: (x) =>
      tf.tidy(() => tokenizer.decode(nearestTokens(x, network.table({ parameters })).dataSync<"int32">())),
    dispose() {
      predict.dispose();
    },
  };
}

function checkFits(
  { shape: [length], vocabulary }: SequenceDenoiser,
  { length: rows, vocabulary: { length: tokens } }: SequenceTokenizer,
): void {
  if (length === rows && vocabulary === tokens) return;
  throw new RangeError(
    `The network is for sequences of ${length} tokens out of ${vocabulary}, but the tokenizer makes ${rows} out of ${tokens}; use the same numbers.`,
  );
}
