import { tf } from "../backend/tf";
import { checkShape } from "../errors";
import { checkFloat, checkParts, lastSize } from "./checks";
import { withGradient, type Forward } from "./with-gradient";

/** Settings of {@link attention}. */
export interface AttentionOptions {
  /** Into how many parts the channels are split, each attending by itself; 1 if omitted. */
  readonly heads?: number;
  /** float32 [batch, otherTokens]: 1 for tokens that can be attended to, 0 for others, such as padding; each sample needs one of
   * them. All can be if omitted. */
  readonly mask?: tf.Tensor | undefined;
  /** float32 [heads, tokens, otherTokens], the same for all samples: what is added to the products of queries and keys, such as less for
   * tokens that are farther away. It has no gradient. */
  readonly bias?: tf.Tensor | undefined;
}

/** Scaled dot-product attention, softmax(Q Kᵀ / √d) V, with d the query's channels of one head (Vaswani et al. 2017).
 * Keys and values of other tokens than the queries' make it cross-attention.
 * @param query float32 [batch, tokens, channels]
 * @param key float32 [batch, otherTokens, channels]
 * @param value float32 [batch, otherTokens, channelsOut]
 * @returns [batch, tokens, channelsOut], the heads' results side by side
 * @throws RangeError or TypeError for shapes, types or settings that do not fit */
export function attention(
  query: tf.Tensor,
  key: tf.Tensor,
  value: tf.Tensor,
  { heads = 1, mask, bias }: AttentionOptions = {},
): tf.Tensor3D {
  checkAttention(query, key, value, { heads, mask, bias });
  const [channels, channelsOut] = [query, value].map((tokens) => lastSize(tokens));
  checkParts("heads", heads, "query", channels);
  checkParts("heads", heads, "value", channelsOut);
  const factor = 1 / Math.sqrt(channels / heads);
  return withGradient(
    "attention",
    [query, key, value],
    () => forward(tf.mul(query, factor), key, value, { heads, mask, bias }),
    (dy, saved) => {
      const [dScaled, dKey, dValue] = backward(dy, saved, heads);
      return [tf.mul(dScaled, factor), dKey, dValue];
    },
  );
}

/** softmax(Q Kᵀ / √d): how much each token attends to each other, which {@link attention} multiplies by V. To look at; it has no
 * gradient.
 * @param query float32 [batch, tokens, channels]
 * @param key float32 [batch, otherTokens, channels]
 * @returns [batch, heads, tokens, otherTokens]; the last dimension sums to 1
 * @throws RangeError or TypeError for shapes, types or settings that do not fit */
export function attentionWeights(
  query: tf.Tensor,
  key: tf.Tensor,
  { heads = 1, mask, bias }: AttentionOptions = {},
): tf.Tensor4D {
  checkAttention(query, key, key, { heads, mask, bias });
  const channels = lastSize(query);
  checkParts("heads", heads, "query", channels);
  const [batch, tokens] = query.shape as [number, number];
  return tf.tidy(() => {
    const [q, k] = [tf.mul(query, 1 / Math.sqrt(channels / heads)), key].map((each) =>
      splitHeads(each, heads),
    );
    return weightsOf(q, k, { mask, bias }).reshape([batch, heads, tokens, key.shape[1]!]);
  });
}

/** softmax(Q Kᵀ) V of queries that are scaled already. */
function forward(
  query: tf.Tensor,
  key: tf.Tensor,
  value: tf.Tensor,
  { heads, mask, bias }: AttentionOptions & { readonly heads: number },
): Forward<tf.Tensor3D> {
  const [q, k, v] = [query, key, value].map((tokens) => splitHeads(tokens, heads));
  const weights = weightsOf(q, k, { mask, bias });
  const mixed = tf.matMul(weights, v);
  return { value: mergeHeads(mixed) as tf.Tensor3D, saved: [q, k, v, weights, mixed] };
}

/** softmax(Q Kᵀ) over the tokens that the mask leaves. To the others, the weight underflows to 0, and so does every gradient. */
function weightsOf(
  q: tf.Tensor,
  k: tf.Tensor,
  { mask, bias }: Pick<AttentionOptions, "mask" | "bias">,
): tf.Tensor {
  const products = tf.matMul(q, k, false, true);
  const logits = bias ? products.add(bias) : products;
  if (!mask) return tf.softmax(logits);
  const [batch, otherTokens] = mask.shape;
  const everywhere = logits.shape.length === 3 ? [batch, 1, otherTokens] : [batch, 1, 1, otherTokens];
  return tf.softmax(logits.add(mask.sub(1).mul(hidden).reshape(everywhere)));
}

/** What is taken from a logit that is not to count: far above all of them, and within the range of bfloat16. */
const hidden = 1e9;

/** The gradients to the arguments of {@link forward}. The softmax P has the gradient P (dP - Σ P dP) to its logits. Since
 * dP = dO Vᵀ and O = P V, that sum over the keys is also Σ O dO over the channels (Dao et al. 2022, section B.2):
 * whichever has fewer terms. */
function backward(dy: tf.Tensor, saved: readonly tf.Tensor[], heads: number): tf.Tensor[] {
  const [q, k, v, weights, mixed] = saved;
  const dMixed = splitHeads(dy, heads);
  const dWeights = tf.matMul(dMixed, v, false, true);
  const overKeys = lastSize(weights) < lastSize(mixed);
  const sums = tf.sum(overKeys ? tf.mul(weights, dWeights) : tf.mul(mixed, dMixed), -1, true);
  const dLogits = tf.mul(weights, tf.sub(dWeights, sums));
  const gradients = [
    tf.matMul(dLogits, k),
    tf.matMul(dLogits, q, true, false),
    tf.matMul(weights, dMixed, true, false),
  ];
  return gradients.map(mergeHeads);
}

/** [batch, tokens, channels] as [batch, heads, tokens, channels of one head]; unchanged for one head. */
function splitHeads(x: tf.Tensor, heads: number): tf.Tensor {
  if (heads === 1) return x;
  const [batch, tokens, channels] = x.shape;
  return tf.transpose(tf.reshape(x, [batch, tokens, heads, channels / heads]), [0, 2, 1, 3]);
}

/** Undoes {@link splitHeads}. */
function mergeHeads(x: tf.Tensor): tf.Tensor {
  if (x.shape.length === 3) return x;
  const [batch, heads, tokens, channels] = x.shape;
  return tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [batch, tokens, heads * channels]);
}

function checkAttention(
  query: tf.Tensor,
  key: tf.Tensor,
  value: tf.Tensor,
  { heads = 1, mask, bias }: AttentionOptions,
): void {
  checkFloat("query", query);
  checkFloat("key", key);
  checkFloat("value", value);
  checkShape("query", query.shape, [null, null, null]);
  const [batch, tokens, channels]: number[] = query.shape;
  checkShape("key", key.shape, [batch, null, channels]);
  const [, otherTokens]: number[] = key.shape;
  checkShape("value", value.shape, [batch, otherTokens, null]);
  if (mask) {
    checkFloat("mask", mask);
    checkShape("mask", mask.shape, [batch, otherTokens]);
  }
  if (bias) {
    checkFloat("bias", bias);
    checkShape("bias", bias.shape, [heads, tokens, otherTokens]);
  }
}
