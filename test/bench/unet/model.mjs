// @ts-check
/**
 * The U-Net of the benchmark, 6.5 million parameters, on layers to be chosen: ours, or TensorFlow.js as everyone writes
 * it. `unet.py` is its twin in PyTorch.
 */
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");

/** @type {typeof import("../../../src/index")} */
export const course = createRequire(import.meta.url)(join(root, "dist", "lib", "index.js"));
const { tf } = course;

/** @typedef {import("@tensorflow/tfjs-core").Tensor} Tensor */
/** @typedef {import("@tensorflow/tfjs-core").Variable} Variable */

/**
 * @typedef {object} Layers
 * @property {(x: Tensor, w: Tensor, b: Tensor, stride?: number) => Tensor} conv
 * @property {(x: Tensor, w: Tensor, b: Tensor) => Tensor} dense
 * @property {(x: Tensor, scale: Tensor, offset: Tensor, silu: boolean) => Tensor} norm
 * @property {(x: Tensor) => Tensor} silu
 * @property {(q: Tensor, k: Tensor, v: Tensor) => Tensor} attention
 * @property {(x: Tensor) => Tensor} upsample
 * @property {(a: Tensor, b: Tensor) => Tensor} loss
 */

const groups = 8;
const any = (/** @type {unknown} */ x) => /** @type {any} */ (x);

/** @type {Layers} */
export const ours = {
  conv: (x, w, b, stride = 1) => course.conv2d(any(x), any(w), any(b), { stride }),
  dense: (x, w, b) => course.dense(x, any(w), any(b)),
  norm: (x, scale, offset, silu) => course.groupNorm(x, any(scale), any(offset), { groups, silu }),
  silu: (x) => course.silu(x),
  attention: (q, k, v) => course.attention(any(q), any(k), any(v)),
  upsample: (x) => course.upsample(any(x)),
  loss: (a, b) => course.meanSquaredError(a, b),
};

/** @type {Layers} */
export const naive = {
  conv: (x, w, b, stride = 1) => tf.add(tf.conv2d(any(x), any(w), stride, "same"), b),
  dense: (x, w, b) => {
    const flat = tf.matMul(tf.reshape(x, [-1, x.shape[x.shape.length - 1]]), any(w));
    return tf.add(tf.reshape(flat, [...x.shape.slice(0, -1), w.shape[1] ?? 0]), b);
  },
  norm: (x, scale, offset, silu) => {
    const channels = x.shape[x.shape.length - 1];
    const grouped = tf.reshape(x, [x.shape[0], -1, groups, channels / groups]);
    const { mean, variance } = tf.moments(grouped, [1, 3], true);
    const normal = tf.mul(tf.sub(grouped, mean), tf.rsqrt(tf.add(variance, 1e-5)));
    const y = tf.add(tf.mul(tf.reshape(normal, x.shape), scale), offset);
    return silu ? naive.silu(y) : y;
  },
  silu: (x) => tf.mul(x, tf.sigmoid(x)),
  attention: (q, k, v) => {
    const scores = tf.mul(tf.matMul(any(q), any(k), false, true), 1 / Math.sqrt(q.shape[2] ?? 1));
    return tf.matMul(tf.softmax(scores), any(v));
  },
  upsample: (x) => tf.image.resizeNearestNeighbor(any(x), [2 * (x.shape[1] ?? 0), 2 * (x.shape[2] ?? 0)]),
  loss: (a, b) => tf.mean(tf.square(tf.sub(a, b))),
};

/**
 * @param {Layers} layers
 * @param {{ base?: number, multipliers?: number[], blocks?: number, attentionAt?: number, size?: number }} [options]
 */
export function unet(
  layers,
  { base = 64, multipliers = [1, 2, 2], blocks = 2, attentionAt = 8, size = 32 } = {},
) {
  /** @type {Variable[]} */
  const parameters = [];
  /** @param {number[]} shape @param {number} deviation */
  const weights = (shape, deviation) =>
    add(tf.tidy(() => tf.mul(course.randomNormal(any(shape), 1000 + parameters.length), deviation)));
  /** @param {Tensor} value */
  const add = (value) => {
    const variable = tf.variable(value);
    value.dispose();
    parameters.push(variable);
    return variable;
  };
  const conv = (/** @type {number} */ from, /** @type {number} */ to, kernel = 3, stride = 1) => {
    const w = weights([kernel, kernel, from, to], Math.sqrt(1 / (kernel * kernel * from)));
    const b = add(tf.zeros([to]));
    return (/** @type {Tensor} */ x) => layers.conv(x, w, b, stride);
  };
  const dense = (/** @type {number} */ from, /** @type {number} */ to) => {
    const w = weights([from, to], Math.sqrt(1 / from));
    const b = add(tf.zeros([to]));
    return (/** @type {Tensor} */ x) => layers.dense(x, w, b);
  };
  const norm = (/** @type {number} */ channels, silu = false) => {
    const scale = add(tf.ones([channels]));
    const offset = add(tf.zeros([channels]));
    return (/** @type {Tensor} */ x) => layers.norm(x, scale, offset, silu);
  };
  const timeWidth = 4 * base;
  const residual = (/** @type {number} */ from, /** @type {number} */ to) => {
    const [norm1, conv1, time] = [norm(from, true), conv(from, to), dense(timeWidth, to)];
    const [norm2, conv2, skip] = [norm(to, true), conv(to, to), from === to ? undefined : conv(from, to, 1)];
    return (/** @type {Tensor} */ x, /** @type {Tensor} */ t) => {
      const h = tf.add(conv1(norm1(x)), tf.reshape(time(t), [-1, 1, 1, to]));
      return tf.add(conv2(norm2(h)), skip ? skip(x) : x);
    };
  };
  const attention = (/** @type {number} */ channels) => {
    const [normal, qkv, out] = [norm(channels), dense(channels, 3 * channels), dense(channels, channels)];
    return (/** @type {Tensor} */ x) => {
      const tokens = tf.reshape(normal(x), [x.shape[0], -1, channels]);
      const [q, k, v] = tf.split(qkv(tokens), 3, 2);
      return tf.add(x, tf.reshape(out(layers.attention(q, k, v)), x.shape));
    };
  };
  /** @param {number} from @param {number} to @param {number} resolution */
  const block = (from, to, resolution) => {
    const body = residual(from, to);
    const mix = resolution === attentionAt ? attention(to) : undefined;
    return (/** @type {Tensor} */ x, /** @type {Tensor} */ t) => (mix ? mix(body(x, t)) : body(x, t));
  };

  const [time1, time2, first] = [dense(base, timeWidth), dense(timeWidth, timeWidth), conv(3, base)];
  let channels = base;
  let resolution = size;
  const skips = [base];
  const down = multipliers.flatMap((multiplier, level) => {
    const layersDown = Array.from({ length: blocks }, () => {
      const made = block(channels, base * multiplier, resolution);
      channels = base * multiplier;
      skips.push(channels);
      return made;
    });
    if (level === multipliers.length - 1) return layersDown;
    const shrink = conv(channels, channels, 3, 2);
    skips.push(channels);
    resolution /= 2;
    return [...layersDown, shrink];
  });
  const middle = [residual(channels, channels), attention(channels), residual(channels, channels)];
  const up = multipliers.toReversed().flatMap((multiplier, level) => {
    const layersUp = Array.from({ length: blocks + 1 }, () => {
      const body = block(channels + (skips.pop() ?? 0), base * multiplier, resolution);
      channels = base * multiplier;
      return { body, joins: true };
    });
    if (level === multipliers.length - 1) return layersUp;
    const widen = conv(channels, channels);
    resolution *= 2;
    return [...layersUp, { body: (/** @type {Tensor} */ x) => widen(layers.upsample(x)), joins: false }];
  });
  const [lastNorm, last] = [norm(channels, true), conv(channels, 3)];
  const frequencies = tf.tensor1d(
    Array.from({ length: base / 2 }, (_, i) => Math.exp((-Math.log(10000) * i) / (base / 2))),
  );

  /** @param {Tensor} x @param {Tensor} t */
  const forward = (x, t) => {
    const angles = tf.mul(tf.expandDims(t, 1), frequencies);
    const waves = tf.concat([tf.sin(angles), tf.cos(angles)], 1);
    const time = layers.silu(time2(layers.silu(time1(waves))));
    let h = first(x);
    const stack = [h];
    for (const layer of down) stack.push((h = layer(h, time)));
    for (const layer of middle) h = layer(h, time);
    for (const { body, joins } of up) {
      h = body(joins ? tf.concat([h, /** @type {Tensor} */ (stack.pop())], 3) : h, time);
    }
    return last(lastNorm(h));
  };
  return { forward, parameters };
}
