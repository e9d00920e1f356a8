import { tf } from "../backend/tf";
import { checkInteger, checkShape, checkType } from "../errors";
import { silu } from "../layers";
import type { Seed } from "../random";
import { nextSeed } from "../random/seed";
import { adaptiveBlock } from "./adaptive-transformer";
import { linear } from "./modules";
import type { Network, PredictOptions } from "./network";
import { parameterList } from "./parameters";
import { partList, type Part } from "./parts";
import { tokenNorm } from "./text-encoder";
import { timeEmbedding } from "./time-embedding";
import { tokenTable } from "./token-table";

export interface SequenceDenoiserOptions {
  /** How many tokens there are, padding included. */
  readonly vocabulary: number;
  /** Tokens of a sequence, padding included. */
  readonly length: number;
  /** T of the schedule for which it is. */
  readonly steps: number;
  /** Numbers of a token's vector, in which the diffusion takes place; 8 if omitted. */
  readonly channels?: number;
  /** Numbers of a token within the transformer; 96 if omitted. */
  readonly width?: number;
  /** Blocks; 4 if omitted. */
  readonly depth?: number;
  /** Of the attention; 4 if omitted. */
  readonly heads?: number;
  /** Of the first parameters. */
  readonly seed?: Seed;
}

type Given = Pick<PredictOptions, "parameters">;

/** A network for sequences of tokens. Its `predict` gives x̂, so that it goes with everything that is for networks that predict `"x"`; z is
 * float32 [batch, length, channels]. */
export interface SequenceDenoiser extends Omit<Network, "predict"> {
  readonly parts: readonly Part[];
  /** Of z for one sequence: [length, channels]. */
  readonly shape: readonly [number, number];
  readonly vocabulary: number;
  /** The vectors of all tokens, float32 [vocabulary, channels], of the length √channels each. */
  readonly table: (options?: Given) => tf.Tensor2D;
  /** x, the vectors of the tokens: float32 [batch, length, channels].
   * @param tokens int32 [batch, length] */
  readonly embed: (tokens: tf.Tensor, options?: Given) => tf.Tensor3D;
  /** What P_θ(w | z_t) is the softmax of, float32 [batch, length, vocabulary]: which token stands at each place. */
  readonly logits: (z: tf.Tensor, t: tf.Tensor, options?: Given) => tf.Tensor3D;
  /** x̂ = Σ_w P(w) e_w, float32 [batch, length, channels]: the mean of the vectors by these logits. */
  readonly meanOf: (logits: tf.Tensor, options?: Given) => tf.Tensor3D;
  /** x̂(z_t, t), both of these in turn. */
  readonly predict: (z: tf.Tensor, t: tf.Tensor, options?: Given) => tf.Tensor3D;
}

/** A denoiser of token sequences in the space of learned vectors (Li et al. 2022, "Diffusion-LM improves controllable text generation",
 * section 4; lecture, summary: latent space diffusion "generalizes which data that can be used (including discrete objects)"). A transformer looks at the noisy vectors of all places and
 * the time, and says of each place how probable each token is. The mean of the tokens' vectors by these probabilities is x̂: the best guess
 * by squared error, of which the noise, v and the score follow (Dieleman et al. 2022, "Continuous diffusion for categorical data": score interpolation).
 * @throws RangeError for sizes that are no whole numbers of 1 or more, or heads that do not divide the width */
export function sequenceDenoiser(options: SequenceDenoiserOptions): SequenceDenoiser {
  const { vocabulary, length, steps, channels, width, depth, heads, seed = nextSeed() } = checked(options);
  const parameters = parameterList(seed);
  const { parts, part } = partList(parameters);
  const table = part("tokens", [length, channels], () =>
    tokenTable(parameters, "tokens", { vocabulary, channels }),
  );
  const embedTime = part("time", [width], () => linear(parameters, "time", timeSize, width));
  const first = part("first", [length, width], () => linear(parameters, "first", channels, width));
  const places = part("places", [length, width], () =>
    parameters.normal("places/table", [length, width], 0.5),
  );
  const attending = 4 * length ** 2 * width;
  const blocks = Array.from({ length: depth }, (_, i) =>
    part(
      `block${i + 1}`,
      [length, width],
      () => adaptiveBlock(parameters, `block${i + 1}`, { width, heads }),
      attending,
    ),
  );
  const norm = part("norm", [length, width], () => tokenNorm(parameters, "norm", width));
  const readout = part("readout", [length, vocabulary], () =>
    linear(parameters, "readout", width, vocabulary, 0),
  );
  const { variables, names } = parameters;

  const logits: SequenceDenoiser["logits"] = (z, t, { parameters: values = variables } = {}) => {
    checkType("z", z, "float32");
    checkShape("z", z.shape, [null, length, channels]);
    return tf.tidy(() => {
      const time = silu(embedTime(timeEmbedding(t, steps, timeSize), values));
      let h = first(z, values).add<tf.Tensor>(places(values));
      for (const block of blocks) h = block(h, time, values);
      return readout(norm(h, values), values) as tf.Tensor3D;
    });
  };
  const meanOf: SequenceDenoiser["meanOf"] = (given, { parameters: values = variables } = {}) =>
    tf.tidy(() => table.mean(tf.softmax(given), values));
  return {
    parameters: variables,
    names,
    parts,
    shape: [length, channels],
    vocabulary,
    table: ({ parameters: values = variables } = {}) => tf.tidy(() => table.rows(values)),
    embed: (tokens, { parameters: values = variables } = {}) => {
      checkType("tokens", tokens, "int32");
      checkShape("tokens", tokens.shape, [null, length]);
      return tf.tidy(() => table.embed(tokens, values));
    },
    logits,
    meanOf,
    predict: (z, t, given) => tf.tidy(() => meanOf(logits(z, t, given), given)),
    dispose() {
      tf.dispose([...variables]);
    },
  };
}

const timeSize = 64;

function checked(
  options: SequenceDenoiserOptions,
): Required<Omit<SequenceDenoiserOptions, "seed">> & Pick<SequenceDenoiserOptions, "seed"> {
  const settings = { channels: 8, width: 96, depth: 4, heads: 4, ...options };
  for (const name of ["length", "steps", "channels", "width", "depth", "heads"] as const) {
    checkInteger(name, settings[name], 1);
  }
  checkInteger("vocabulary", settings.vocabulary, 2);
  const { width, heads } = settings;
  if (width % heads === 0) return settings;
  throw new RangeError(`heads is ${heads}, which does not divide the width of ${width}.`);
}
