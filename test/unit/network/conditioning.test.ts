import {
  compile,
  emptyCaptions,
  randomNormal,
  tf,
  unet,
  type Condition,
  type TextEntry,
  type UNet,
  type UNetOptions,
} from "diffusion";
import { withCoordinates } from "../../../src/network/coordinates";
import { lookingBack } from "../../../src/network/looking-back";
import { parameterList } from "../../../src/network/parameters";
import { textEncoder } from "../../../src/network/text-encoder";
import { awaken, expectGradients } from "./awake";

const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
const small: UNetOptions = {
  size: 8,
  steps: 50,
  width: 8,
  multipliers: [1, 2],
  attention: [4],
  heads: 2,
  groups: 4,
  seed: 3,
};
const text = { vocabulary: 7, length: 5, width: 8, heads: 2, depth: 2 };
const z = randomNormal([3, 8, 8, 1], 1);
const t = tf.tensor1d([1, 20, 50], "int32");
const pixels = 8 * 8;

/** A network of which every part shows in the result. */
const awake = (options: Partial<UNetOptions>): UNet => awaken(unet({ ...small, ...options }));

const captions = (...rows: number[][]): tf.Tensor2D => tf.tensor2d(rows, [rows.length, 5], "int32");
const [none, some, other, another] = [
  [1, 0, 0, 0, 0],
  [1, 4, 5, 0, 0],
  [1, 5, 4, 0, 0],
  [1, 4, 6, 0, 0],
];

/** Of each kind: none given, and something given for the second sample alone. */
const kinds: Record<string, { setting: Partial<UNetOptions>; nothing: Condition; something: Condition }> = {
  classes: {
    setting: { classes: 3 },
    nothing: { labels: tf.tensor1d([3, 3, 3], "int32") },
    something: { labels: tf.tensor1d([3, 1, 3], "int32") },
  },
  vector: {
    setting: { vector: 2 },
    nothing: { vector: tf.zeros([3, 2]) },
    something: { vector: tf.tensor2d([0, 0, 1, 0, 0, 0], [3, 2]) },
  },
  image: {
    setting: { image: 2 },
    nothing: { image: tf.zeros([3, 8, 8, 2]) },
    something: { image: tf.concat([tf.zeros([1, 8, 8, 2]), tf.ones([1, 8, 8, 2]), tf.zeros([1, 8, 8, 2])]) },
  },
  text: {
    setting: { text },
    nothing: { tokens: captions(none, none, none) },
    something: { tokens: captions(none, some, none) },
  },
};
const subsets = Object.keys(kinds).reduce<string[][]>(
  (sets, kind) => [...sets, ...sets.map((set) => [...set, kind])],
  [[]],
);
const settings = (names: readonly string[]): Partial<UNetOptions> =>
  Object.assign({}, ...names.map((name) => kinds[name].setting)) as Partial<UNetOptions>;

describe.each(["add", "adaptive"] as const)("told by %s", (time) => {
  test.each(subsets.filter(({ length }) => length > 0))("%s %s %s %s", (...names) => {
    const given = names.filter((name) => typeof name === "string");
    const network = awake({ ...settings(given), time });
    const told = (condition: Condition): number[] => values(network.predict(z, t, { condition }));
    const free = told({});
    for (const name of given) {
      expect(told(kinds[name].nothing)).toEqual(free);
      const changed = told(kinds[name].something);
      expect(changed.slice(pixels, 2 * pixels)).not.toEqual(free.slice(pixels, 2 * pixels));
      expect(changed.slice(0, pixels)).toEqual(free.slice(0, pixels));
      expect(changed.slice(2 * pixels)).toEqual(free.slice(2 * pixels));
    }
    network.dispose();
  });
});

describe.each<TextEntry>(["vector", "attention", "both"])("a text that enters by %s", (entry) => {
  const network = awake({ text: { ...text, entry }, coordinates: true });
  const told = (tokens: tf.Tensor): number[] => values(network.predict(z, t, { condition: { tokens } }));

  test("has words, of which attention knows the order, and padding without any say", () => {
    expect(told(captions(some, some, some))).not.toEqual(told(captions(another, another, another)));
    const [one, swapped] = [some, other].map((caption) => told(captions(caption, caption, caption)));
    if (entry !== "vector") expect(one).not.toEqual(swapped);
    else
      one.forEach((value, i) => {
        expect(value).toBeCloseTo(swapped[i], 5);
      });
    const before = told(captions(some, none, other));
    for (const name of ["text/words/table", "text/vector/table"]) {
      const table = network.parameters[network.names.indexOf(name)] as tf.Variable | undefined;
      if (!table) continue;
      const kept = table.clone();
      // The vector of padding.
      table.assign(tf.concat([tf.fill([1, table.shape[1]!], 9), kept.slice([1, 0], [6, -1])]));
      expect(told(captions(some, none, other))).toEqual(before);
      table.assign(kept);
    }
  });

  test("has gradients that agree with finite differences, in every parameter", () => {
    const direction = randomNormal([3, 8, 8, 1], 5);
    const condition = { tokens: captions(some, none, other) };
    const loss = (parameters?: readonly tf.Tensor[]): tf.Scalar => {
      const result = network.predict(z, t, { condition, ...(parameters && { parameters }) });
      return result.mul(direction).sum();
    };
    expectGradients(network, loss, (name) => /text|words/.test(name));
  });

  test("compiled, gives the same", () => {
    const tokens = captions(some, none, other);
    const compiled = compile((z: tf.Tensor, t: tf.Tensor, tokens: tf.Tensor) =>
      network.predict(z, t, { condition: { tokens } }),
    );
    const expected = told(tokens);
    values(compiled(z, t, tokens)).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 3);
    });
    compiled.dispose();
  });
});

test("pixels attend to words alone, as an onlooker sees", () => {
  const network = awake({ text: { ...text, entry: "attention" } });
  const seen = new Map<string, tf.Tensor>();
  const watch = (name: string, value: tf.Tensor): void => void seen.set(name, tf.keep(value));
  network.predict(z, t, { watch, condition: { tokens: captions(some, none, other) } });
  const weights = seen.get("middle/block1/words/weights")!;
  expect(weights.shape).toEqual([3, 2, 16, 5]);
  for (const sum of values(weights.sum(3))) expect(sum).toBeCloseTo(1, 5);
  const padding = [weights.slice([0, 0, 0, 3], [1, -1, -1, 2]), weights.slice([1, 0, 0, 1], [1, -1, -1, 4])];
  for (const each of padding) expect(values(each.abs().max())).toEqual([0]);
  tf.dispose([...seen.values()]);
});

test("a text is encoded as the formulas say", () => {
  const parameters = parameterList(4);
  const encode = textEncoder(parameters, { ...text, name: "text" });
  const { variables, names } = parameters;
  variables.forEach((parameter, i) => {
    parameter.assign(randomNormal(parameter.shape as [number], 300 + i).mul(0.8));
  });
  // They are kept as twice what they stand for.
  const parameter = (name: string): number[] => values(variables[names.indexOf(`text/${name}`)].div(2));
  const matrix = (name: string, columns: number): number[][] => rows(parameter(`${name}/weights`), columns);
  const rows = (all: number[], columns: number): number[][] =>
    Array.from({ length: all.length / columns }, (_, i) => all.slice(i * columns, (i + 1) * columns));
  const layer = (x: number[], name: string, columns: number): number[] =>
    parameter(`${name}/bias`).map((bias, j) =>
      x.reduce((sum, value, i) => sum + value * matrix(name, columns)[i][j], bias),
    );
  const norm = (x: number[], name: string): number[] => {
    const mean = x.reduce((sum, value) => sum + value) / 8;
    const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 8;
    const [scale, offset] = [parameter(`${name}/scale`), parameter(`${name}/offset`)];
    return x.map((value, i) => ((value - mean) / Math.sqrt(variance + 1e-5)) * scale[i] + offset[i]);
  };
  const plus = (a: number[], b: number[]): number[] => a.map((value, i) => value + b[i]);
  // To tokens up to its own; less, for the first head, the farther back they are.
  const attend = (all: number[][]): number[][] =>
    all.map((asking, at) => {
      const each = [0, 1].map((head) => {
        const part = (token: number[], which: number): number[] =>
          token.slice(8 * which + 4 * head, 8 * which + 4 * head + 4);
        const likeness = all.map((told, j) => {
          const product = part(asking, 0).reduce((sum, q, i) => sum + q * part(told, 1)[i], 0) / 2;
          return j > at ? 0 : Math.exp(product - [1, 0][head] * (at - j));
        });
        const total = likeness.reduce((sum, value) => sum + value);
        return [0, 1, 2, 3].map((i) =>
          all.reduce((sum, told, j) => sum + (likeness[j] / total) * part(told, 2)[i], 0),
        );
      });
      return each.flat();
    });
  const [words, places] = [rows(parameter("words/table"), 8), rows(parameter("places/table"), 8)];
  // Three tokens, and no padding.
  let h = [1, 4, 5].map((token, i) => plus(words[token], places[i]));
  for (const block of ["block1", "block2"]) {
    const asked = h.map((token) => layer(norm(token, `${block}/norm1`), `${block}/qkv`, 24));
    const mixed = attend(asked).map((token) => layer(token, `${block}/mixed`, 8));
    h = h.map((token, i) => plus(token, mixed[i]));
    h = h.map((token) => {
      const inner = layer(norm(token, `${block}/norm2`), `${block}/inner`, 32);
      const bent = inner.map((value) => value / (1 + Math.exp(-value)));
      return plus(token, layer(bent, `${block}/outer`, 8));
    });
  }
  const expected = h.flatMap((token) => norm(token, "norm"));
  const { tokens, mask } = encode(captions(some), variables);
  values(tokens)
    .slice(0, 24)
    .forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 4);
    });
  expect(values(mask)).toEqual([1, 1, 1, 0, 0]);
});

test("a token looks back, in all heads but the last less far the lower their number", () => {
  const [none, later] = [0, -1e9];
  expect(lookingBack(3, 3).add(0).arraySync()).toEqual([
    [
      [none, later, later],
      [-1, none, later],
      [-2, -1, none],
    ],
    [
      [none, later, later],
      [-0.5, none, later],
      [-1, -0.5, none],
    ],
    [
      [none, later, later],
      [none, none, later],
      [none, none, none],
    ],
  ]);
});

describe("a vector that is also said in words", () => {
  const network = awake({
    vector: 2,
    vectorWords: 3,
    text: { ...text, entry: "attention" },
    coordinates: true,
  });
  // Its way beside the time is shut, so that words are all that is left.
  const shut = (name: string): boolean => /^vector\/(weights|bias)$/.test(name);
  network.parameters.forEach((each, i) => {
    if (shut(network.names[i])) each.assign(tf.zerosLike(each));
  });
  const tokens = captions(some, none, other);
  const vector = tf.tensor2d([1, -1, 0.5, 2, 0, 0], [3, 2]);

  test("is heard by the samples that it is of, with a caption and without", () => {
    for (const condition of [{}, { tokens }]) {
      const told = (given: tf.Tensor2D): number[] =>
        values(network.predict(z, t, { condition: { ...condition, vector: given } }));
      const silent = values(network.predict(z, t, { condition }));
      const heard = told(vector);
      for (const i of [0, 1]) {
        expect(heard.slice(i * pixels, (i + 1) * pixels)).not.toEqual(
          silent.slice(i * pixels, (i + 1) * pixels),
        );
      }
      expect(heard.slice(2 * pixels)).toEqual(silent.slice(2 * pixels));
      // More than a sum of the vector's numbers is heard.
      const [one, both] = [told(vector.mul<tf.Tensor2D>(0.5)), heard];
      const bent = one.map((value, i) => Math.abs(value - (both[i] + silent[i]) / 2));
      expect(Math.max(...bent)).toBeGreaterThan(1e-4);
    }
  });

  test("has places of its own among the words that pixels attend to", () => {
    const seen = new Map<string, tf.Tensor>();
    const watch = (name: string, value: tf.Tensor): void => void seen.set(name, tf.keep(value));
    network.predict(z, t, { watch, condition: { tokens, vector } });
    const weights = seen.get("middle/block1/words/weights")!;
    expect(weights.shape).toEqual([3, 2, 16, 5 + 3]);
    const said = values(weights.slice([0, 0, 0, 5], [-1, -1, -1, 3]).sum(3));
    expect(Math.min(...said)).toBeGreaterThan(0);
    // A caption's padding is still nothing.
    expect(values(weights.slice([0, 0, 0, 3], [1, -1, -1, 2]).max())).toEqual([0]);
    const { parts } = network;
    const flops = (name: string): number => parts.find((part) => part.name === name)!.flops;
    expect(flops("vector/words")).toBe(2 * (2 * 256 + 256 * 256 + 256 * 3 * 8));
    expect(flops("middle/block1/words/told")).toBe(2 * 8 * 8 * 32);
  });

  test("has gradients that agree with finite differences, in every parameter", () => {
    const direction = randomNormal([3, 8, 8, 1], 5);
    const loss = (parameters?: readonly tf.Tensor[]): tf.Scalar =>
      network
        .predict(z, t, { condition: { tokens, vector }, ...(parameters && { parameters }) })
        .mul(direction)
        .sum();
    expectGradients(network, loss, (name) => /^vector/.test(name));
  });
});

test("pixels attend to words at the sizes that are asked for", () => {
  const words = (text: UNetOptions["text"] & object): string[] =>
    unet({ ...small, text }).names.filter((name) => name.endsWith("words/query/weights"));
  const places = ["down2/block1", "middle/block1", "up2/block1", "up2/block2"];
  expect(words(text).map((name) => name.split("/words")[0])).toEqual(places);
  expect(words({ ...text, at: [8] }).map((name) => name.split("/words")[0])).toEqual([
    "down1/block1",
    "up1/block1",
    "up1/block2",
  ]);
  expect(words({ ...text, entry: "vector" })).toEqual([]);
});

test("operations of a text are counted for its tokens, those of attention for pixels and tokens", () => {
  const { parts } = unet({ ...small, size: 4, multipliers: [1], attention: [], text });
  const count = (name: string): number | undefined => parts.find((part) => part.name === name)?.flops;
  const block = 2 * 5 * (8 * 24 + 8 * 8 + 8 * 32 + 32 * 8) + 4 * 5 * 5 * 8;
  expect(count("text")).toBe(2 * block);
  expect(count("text/vector")).toBe(0);
  expect(count("middle/block1/words/told")).toBe(2 * 5 * 8 * 16);
  expect(count("middle/block1/words")).toBe(2 * 16 * (8 * 8 + 8 * 8) + 4 * 16 * 5 * 8);
});

test("coordinates tell pixels where they are", () => {
  const seen = withCoordinates(tf.zeros([2, 2, 4, 1]));
  const row = (down: number): number[] => [-0.75, -0.25, 0.25, 0.75].flatMap((right) => [0, right, down]);
  const image = [...row(-0.5), ...row(0.5)];
  expect(values(seen)).toEqual([...image, ...image]);
  // Far from the edges an image of one value looks the same everywhere, unless there are coordinates.
  const middle = (coordinates: boolean): number[] => {
    const network = awake({ size: 32, multipliers: [1], attention: [], coordinates });
    const seen = new Map<string, tf.Tensor>();
    const watch = (name: string, value: tf.Tensor): void => void seen.set(name, tf.keep(value));
    network.predict(tf.zeros([1, 32, 32, 1]), tf.tensor1d([5], "int32"), { watch });
    return values(seen.get("down1/block1")!.slice([0, 15, 15, 0], [1, 2, 2, 1]));
  };
  expect(new Set(middle(false).map((value) => value.toFixed(4))).size).toBe(1);
  expect(new Set(middle(true).map((value) => value.toFixed(4))).size).toBe(4);
});

test("with coordinates, pixels that look the same ask differently for words", () => {
  const weights = (coordinates: boolean): number[] => {
    const network = awake({ coordinates, text: { ...text, entry: "attention", at: [8] } });
    const seen = new Map<string, tf.Tensor>();
    const watch = (name: string, value: tf.Tensor): void => void seen.set(name, tf.keep(value));
    const condition = { tokens: captions(some) };
    network.predict(tf.zeros([1, 8, 8, 1]), tf.tensor1d([5], "int32"), { watch, condition });
    // Two pixels in the middle, and "start".
    const asked = seen.get("down1/block1/words/weights")!.slice([0, 0, 27, 0], [1, 1, 2, 1]);
    return values(asked);
  };
  const [one, other] = weights(false);
  expect(one).toBeCloseTo(other, 5);
  const [here, there] = weights(true);
  expect(Math.abs(here - there)).toBeGreaterThan(1e-3);
});

test("an empty caption is the start alone", () => {
  expect(emptyCaptions(2, 3).arraySync()).toEqual([
    [1, 0, 0],
    [1, 0, 0],
  ]);
});

describe("what does not fit is named", () => {
  const network = unet({ ...small, ...settings(Object.keys(kinds)) });
  test.each<[Condition, string]>([
    [{ labels: tf.zeros([2], "int32") }, "condition.labels has the shape [2]; use [3]"],
    [{ vector: tf.zeros([3, 3]) }, "condition.vector has the shape [3, 3]; use [3, 2]"],
    [{ image: tf.zeros([3, 4, 4, 2]) }, "condition.image has the shape [3, 4, 4, 2]; use [3, 8, 8, 2]"],
    [{ tokens: tf.zeros([3, 4], "int32") }, "condition.tokens has the shape [3, 4]; use [3, 5]"],
    [{ tokens: tf.zeros([3, 5]) }, "condition.tokens is a tensor of float32; use int32"],
  ])("%#", (condition, message) => {
    expect(() => network.predict(z, t, { condition })).toThrow(message);
  });

  test.each(Object.entries(kinds))("%s, told to a network that takes none", (_, { something }) => {
    const [name] = Object.keys(something);
    expect(() => unet(small).predict(z, t, { condition: something })).toThrow(
      `condition.${name} is given, but the network takes none; make it with`,
    );
  });

  test.each<[Partial<UNetOptions>, string]>([
    [{ image: -1 }, "image is -1"],
    [{ text: { ...text, at: [8, 3] } }, "text.at[1] is 3; the images have the sizes 8, 4"],
    [{ text: { ...text, at: [8] }, heads: 3, width: 16, multipliers: [1, 3], groups: 8 }, "heads is 3"],
    [{ vectorWords: 2, text }, "vectorWords is 2, but vector is 0; give a vector, and a text"],
    [{ vectorWords: 2, vector: 2 }, "vectorWords is 2, but there is no text;"],
    [{ vectorWords: 2, vector: 2, text: { ...text, entry: "vector" } }, 'but text.entry is "vector";'],
    [{ vectorWords: -1 }, "vectorWords is -1"],
    [{ text: { ...text, length: 0 } }, "text.length is 0"],
    [{ text: { ...text, vocabulary: 1 } }, "text.vocabulary is 1"],
    [{ text: { ...text, heads: 3 } }, "text.heads is 3, which does not divide the width of 8"],
    [
      { text: { ...text, entry: "aloud" as "both" } },
      'text.entry is "aloud"; use "vector" or "attention" or "both"',
    ],
  ])("%j", (bad, message) => {
    expect(() => unet({ ...small, ...bad })).toThrow(message);
  });
});
