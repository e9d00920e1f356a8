import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { compile, deviceReport, tf } from "diffusion";
import {
  fusedAdd,
  fusedBiasGrad,
  fusedGroupNorm,
  fusedGroupNormGrad,
  fusedSilu,
  fusedSiluGrad,
  hasFusedOps,
} from "../../../src/backend/fused";
import { nativeBackend } from "../../../src/backend/native";
import type { BindingAttribute } from "../../../src/backend/raw-op";

// ---- The operations by TensorFlow's own names, in both types. TensorFlow.js has no bfloat16: its binding is asked. ----

type Type = "float" | "bfloat16";
type Values = readonly number[];

interface Input {
  readonly values: Values | Float32Array;
  readonly shape: readonly number[];
  /** Whether its type is the operation's T. */
  readonly large: boolean;
}

interface Binding {
  createTensor(shape: number[], type: number, values: Float32Array): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): ArrayLike<number>;
  executeOp(
    name: string,
    attributes: BindingAttribute[],
    ids: number[],
    outputs: number,
  ): { id: number; shape: number[]; dtype: number }[];
}

const typeNumbers: Record<Type, number> = { float: 1, bfloat16: 14 };
const large = (values: Values, shape: readonly number[]): Input => ({ values, shape, large: true });
const small = (values: Values | Float32Array, shape: readonly number[]): Input => ({
  values,
  shape,
  large: false,
});
const attribute = (name: string, value: boolean | number): BindingAttribute => {
  const { binding } = nativeBackend()!;
  if (typeof value === "boolean") return { name, type: binding.TF_ATTR_BOOL, value };
  return { name, type: name === "epsilon" ? binding.TF_ATTR_FLOAT : binding.TF_ATTR_INT, value };
};

/** Runs an operation, and gives the values of its outputs. */
function run(
  name: string,
  type: Type,
  attributes: Record<string, boolean | number>,
  inputs: readonly Input[],
  outputs = 1,
): number[][] {
  const { binding } = nativeBackend()! as unknown as { binding: Binding & Record<string, number> };
  const made: number[] = [];
  const keep = (id: number): number => {
    made.push(id);
    return id;
  };
  const typeAttribute = (of: string, value: number): BindingAttribute => ({
    name: of,
    type: binding.TF_ATTR_TYPE,
    value,
  });
  const cast = (id: number, from: number, to: number): number => {
    const attributes = [typeAttribute("SrcT", from), typeAttribute("DstT", to)];
    return from === to ? id : keep(binding.executeOp("Cast", attributes, [id], 1)[0].id);
  };
  try {
    const ids = inputs.map(({ values, shape, large }) => {
      const id = keep(binding.createTensor([...shape], typeNumbers.float, new Float32Array(values)));
      return large ? cast(id, typeNumbers.float, typeNumbers[type]) : id;
    });
    const list = Object.entries(attributes).map(([key, value]) => attribute(key, value));
    const results = binding.executeOp(name, [typeAttribute("T", typeNumbers[type]), ...list], ids, outputs);
    for (const { id } of results) keep(id);
    return results.map(({ id, dtype }) =>
      Array.from(binding.tensorDataSync(cast(id, dtype, typeNumbers.float))),
    );
  } finally {
    for (const id of made) binding.deleteTensor(id);
  }
}

// ---- The same in float64, one number at a time. ----

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const silu = (x: number): number => x * sigmoid(x);
const siluSlope = (x: number): number => sigmoid(x) * (1 + x * (1 - sigmoid(x)));

interface Case {
  readonly b: number;
  readonly n: number;
  readonly c: number;
  readonly groups: number;
  readonly silu: boolean;
}

function normalise(x: Values, scale: Values, offset: Values, { b, n, c, groups, silu: act }: Case) {
  const each = c / groups;
  const y: number[] = new Array<number>(b * n * c);
  const mean: number[] = [];
  const rstd: number[] = [];
  for (let sample = 0; sample < b; sample++) {
    for (let group = 0; group < groups; group++) {
      const members: number[] = [];
      for (let i = 0; i < n * each; i++) {
        members.push((sample * n + Math.floor(i / each)) * c + group * each + (i % each));
      }
      const m = members.reduce((sum, at) => sum + x[at], 0) / members.length;
      const v = members.reduce((sum, at) => sum + (x[at] - m) ** 2, 0) / members.length;
      const r = 1 / Math.sqrt(v + epsilon);
      mean.push(m);
      rstd.push(r);
      for (const at of members) {
        const z = (x[at] - m) * r * scale[at % c] + offset[at % c];
        y[at] = act ? silu(z) : z;
      }
    }
  }
  return { y, mean, rstd };
}

/** What float32 keeps of epsilon, which the operation gets as such. */
const epsilon = Math.fround(1e-5);

// ---- Tools. ----

/** Numbers that look random, from -1 to 1, which float32 holds; in bfloat16 rounded to it. */
function numbers(count: number, seed: number, type: Type = "float"): number[] {
  let state = seed * 2654435761 + 12345;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const value = Math.fround(state / 2 ** 31 - 1);
    return type === "float" ? value : round(value);
  });
}

/** The nearest bfloat16, halves to even. */
function round(value: number): number {
  const [bits] = new Uint32Array(Float32Array.of(value).buffer);
  const rounded = (bits + 0x7fff + ((bits >>> 16) & 1)) & 0xffff0000;
  return new Float32Array(Uint32Array.of(rounded >>> 0).buffer)[0];
}

/** Each value is as near as float arithmetic allows, and one rounding to bfloat16 where that is the type. */
function expectNear(found: Values, exact: Values, type: Type, float = 2e-6): void {
  expect(found).toHaveLength(exact.length);
  const size = exact.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  const rounding = (value: number): number =>
    type === "bfloat16" && value !== 0 ? 2 ** (Math.floor(Math.log2(Math.abs(value))) - 8) : 0;
  const wrong = found.findIndex(
    (value, i) => !(Math.abs(value - exact[i]) <= float * size + rounding(exact[i])),
  );
  if (wrong >= 0) throw new Error(`value ${wrong} is ${found[wrong]} instead of ${exact[wrong]}`);
}

/** Of all bits, for which matchers take long. */
function digest(results: readonly Values[]): string {
  const hash = createHash("sha256");
  for (const values of results) hash.update(new Uint8Array(Float32Array.from(values).buffer));
  return hash.digest("hex");
}

const types: readonly Type[] = ["float", "bfloat16"];
const cases: Case[] = [1, 5].flatMap((b) =>
  [1, 7, 49].flatMap((n) =>
    [1, 3, 8, 33, 256].flatMap((c) =>
      [...new Set([1, c])].flatMap((groups) => [true, false].map((act) => ({ b, n, c, groups, silu: act }))),
    ),
  ),
);
/** Those with more than two values in a group, whose variance is not nearly nothing; finite differences are slow. */
const differentiated = cases.filter(({ b, n, c, groups }) => n * (c / groups) > 2 && b * n * c < 2000);
const inputsOf = ({ b, n, c }: Case, type: Type) => ({
  x: numbers(b * n * c, 1, type).map((value) => 2 * value),
  dy: numbers(b * n * c, 2, type),
  scale: numbers(c, 3).map((value) => 1 + value / 2),
  offset: numbers(c, 4),
});

function forward(
  inputs: { x: Values; scale: Values | Float32Array; offset: Values },
  of: Case,
  type: Type,
): number[][] {
  const { b, n, c, groups, silu } = of;
  const tensors = [large(inputs.x, [b, n, c]), small(inputs.scale, [c]), small(inputs.offset, [c])];
  return run("CourseGroupNorm", type, { groups, epsilon: 1e-5, silu }, tensors, 3);
}

function backward(inputs: ReturnType<typeof inputsOf>, of: Case, type: Type): number[][] {
  const { b, n, c, groups, silu } = of;
  const [, mean, rstd] = forward(inputs, of, type);
  const tensors = [
    ...[large(inputs.dy, [b, n, c]), large(inputs.x, [b, n, c])],
    ...[
      small(inputs.scale, [c]),
      small(inputs.offset, [c]),
      small(mean, [b, groups]),
      small(rstd, [b, groups]),
    ],
  ];
  return run("CourseGroupNormGrad", type, { groups, silu }, tensors, 3);
}

/** The slope of the loss `sum dy * y` along one number. */
function slope(inputs: ReturnType<typeof inputsOf>, of: Case, which: "x" | "scale" | "offset", at: number) {
  const loss = (step: number): number => {
    const moved = { ...inputs, [which]: inputs[which].map((value, i) => (i === at ? value + step : value)) };
    const { y } = normalise(moved.x, moved.scale, moved.offset, of);
    return y.reduce((sum, value, i) => sum + value * inputs.dy[i], 0);
  };
  const step = 1e-5;
  return (8 * (loss(step) - loss(-step)) - (loss(2 * step) - loss(-2 * step))) / (12 * step);
}

test("there are such operations wherever the native backend runs on the processor", () => {
  expect(hasFusedOps()).toBe(deviceReport().backend === "native" && !nativeBackend()?.isUsingGpuDevice);
});

const describeFused = hasFusedOps() ? describe : describe.skip;

describeFused.each(types)("group normalisation in %s", (type) => {
  test("is that of the formula, for odd sizes too", () => {
    for (const of of cases) {
      const inputs = inputsOf(of, type);
      const exact = normalise(inputs.x, inputs.scale, inputs.offset, of);
      const [y, mean, rstd] = forward(inputs, of, type);
      // A group of one value, or of equal ones, is divided by the root of epsilon: rounding counts 300 times.
      const float = of.n * (of.c / of.groups) === 1 ? 1e-4 : 5e-6;
      expectNear(mean, exact.mean, "float");
      expectNear(rstd, exact.rstd, "float", float);
      expectNear(y, exact.y, type, float);
    }
  });

  test("its gradient is what finite differences of the formula say", () => {
    for (const of of differentiated) {
      const inputs = inputsOf(of, type);
      const [dx, dscale, doffset] = backward(inputs, of, type);
      for (let trial = 0; trial < 4; trial++) {
        const at = (trial * 7919 + 3) % dx.length;
        expectNear([dx[at]], [slope(inputs, of, "x", at)], type, 2e-5);
        const channel = (trial * 5 + 2) % of.c;
        expectNear([dscale[channel]], [slope(inputs, of, "scale", channel)], "float", 2e-5);
        expectNear([doffset[channel]], [slope(inputs, of, "offset", channel)], "float", 2e-5);
      }
    }
  });

  test("a mean of 1000 does not drown a deviation of 1", () => {
    const of = { b: 2, n: 700, c: 16, groups: 4, silu: false };
    const inputs = inputsOf(of, type);
    const far = inputs.x.map((value, i) =>
      i < of.c ? 0 : type === "float" ? Math.fround(1000 + value) : 1000,
    );
    // In bfloat16 neighbours of 1000 are 4 apart: two values, in turn.
    const x = type === "float" ? far : far.map((_, i) => (i % 3 === 0 ? 1000 : 1004));
    const exact = normalise(x, inputs.scale, inputs.offset, of);
    const [y, mean, rstd] = forward({ ...inputs, x }, of, type);
    expectNear(mean, exact.mean, "float", 1e-7);
    for (const [i, value] of exact.rstd.entries()) expect(Math.abs(rstd[i] / value - 1)).toBeLessThan(1e-6);
    expectNear(y, exact.y, type, 1e-4);
  });

  test("NaN and infinity spoil their group and no other", () => {
    const of = { b: 2, n: 7, c: 33, groups: 3, silu: true };
    for (const bad of [NaN, Infinity, -Infinity]) {
      const inputs = inputsOf(of, type);
      inputs.x[5 * 33 + 12] = bad; // sample 0, group 1
      const spoilt = (i: number): boolean => i < 7 * 33 && Math.floor((i % 33) / 11) === 1;
      const [y, , rstd] = forward(inputs, of, type);
      expect(y.map(Number.isNaN)).toEqual(y.map((_, i) => spoilt(i)));
      expect(rstd.map(Number.isNaN)).toEqual([false, true, false, false, false, false]);
      const [dx, dscale] = backward(inputs, of, type);
      expect(dx.map(Number.isNaN)).toEqual(dx.map((_, i) => spoilt(i)));
      expect(dscale.map(Number.isNaN)).toEqual(dscale.map((_, i) => Math.floor(i / 11) === 1));
    }
  });

  test("a batch of none, and samples without positions", () => {
    const of = { b: 0, n: 7, c: 8, groups: 2, silu: true };
    expect(forward(inputsOf(of, type), of, type)).toEqual([[], [], []]);
    expect(backward(inputsOf(of, type), of, type)).toEqual([[], new Array(8).fill(0), new Array(8).fill(0)]);
    const none = { ...of, b: 2, n: 0 };
    expect(forward(inputsOf(none, type), none, type)[0]).toEqual([]);
    expect(backward(inputsOf(none, type), none, type)[2]).toEqual(new Array(8).fill(0));
  });

  test("a sample's results are the same bits alone and in a batch, where one thread does all of it", () => {
    const alone = { b: 1, n: 300, c: 48, groups: 8, silu: true };
    const batch = { ...alone, b: 40 };
    const size = 300 * 48;
    const inputs = inputsOf(batch, type);
    const [y] = forward(inputs, batch, type);
    const [dx] = backward(inputs, batch, type);
    for (const sample of [0, 17, 39]) {
      const of = <T>(all: readonly T[]): T[] => all.slice(sample * size, (sample + 1) * size);
      const one = { ...inputs, x: of(inputs.x), dy: of(inputs.dy) };
      expect(digest([of(y)])).toBe(digest([forward(one, alone, type)[0]]));
      expect(digest([of(dx)])).toBe(digest([backward(one, alone, type)[0]]));
    }
  });

  test("a NaN of any bits stays one", () => {
    const of = { b: 1, n: 7, c: 33, groups: 3, silu: false };
    const inputs = inputsOf(of, type);
    for (const bits of [0x7fffffff, 0xffffffff, 0x7f800001]) {
      const scale = new Float32Array(Uint32Array.from({ length: 33 }, () => bits).buffer);
      expect(forward({ ...inputs, scale }, of, type)[0].every(Number.isNaN)).toBe(true);
    }
  });

  test("the same bits each time, for shapes that several threads share", () => {
    for (const b of [3, 40]) {
      const of = { b, n: 300, c: 48, groups: 8, silu: true };
      const inputs = inputsOf(of, type);
      const all = () => digest([...forward(inputs, of, type), ...backward(inputs, of, type)]);
      const first = all();
      for (let i = 0; i < 5; i++) expect(all()).toBe(first);
    }
  });
});

describeFused.each(types)("the other operations in %s", (type) => {
  test("a bias's gradient sums over all but the channels", () => {
    for (const [n, c] of [
      ...[1, 7, 49].flatMap((n) => [1, 3, 8, 33, 256].map((c) => [n, c])),
      ...[
        [20_000, 3],
        [5000, 48],
        [0, 4],
      ],
    ]) {
      const dy = numbers(n * c, 5, type).map((value) => 1 + value);
      const exact = Array.from({ length: c }, (_, i) => {
        let sum = 0;
        for (let row = 0; row < n; row++)
          sum += Math.fround(type === "float" ? dy[row * c + i] : round(dy[row * c + i]));
        return sum;
      });
      expectNear(run("CourseBiasGrad", type, {}, [large(dy, [n, c])])[0], exact, "float", 3e-7);
    }
  });

  test("SiLU, its gradient and a sum", () => {
    for (const count of [0, 1, 7, 33, 100_003]) {
      const x = numbers(count, 6, type).map((value) => 16 * value);
      const dy = numbers(count, 7, type);
      expectNear(run("CourseSilu", type, {}, [large(x, [count])])[0], x.map(silu), type, 3e-7);
      const slopes = x.map((value, i) => dy[i] * siluSlope(value));
      expectNear(
        run("CourseSiluGrad", type, {}, [large(dy, [count]), large(x, [count])])[0],
        slopes,
        type,
        1.5e-6,
      );
      const sums = x.map((value, i) => value + dy[i]);
      expectNear(run("CourseAdd", type, {}, [large(x, [count]), large(dy, [count])])[0], sums, type, 1e-7);
    }
  });

  test("SiLU far from zero, and of what is no number", () => {
    const x = [87, 88.5, 100, 1e4, 3e38, -87, -88.5, -89.5, -100, -1e4, -3e38, Infinity, NaN, -0].map(round);
    const withoutTiny = (values: Values): Values => values.map((v) => (Math.abs(v) < 1e-30 ? 0 : v));
    const [y] = run("CourseSilu", type, {}, [large(x, [x.length])]);
    expect(withoutTiny(y)).toEqual(x.map((value) => (value <= 0 ? 0 : value)));
    const ones = large(new Array<number>(x.length).fill(1), [x.length]);
    const [dx] = run("CourseSiluGrad", type, {}, [ones, large(x, [x.length])]);
    const slopes = x.map((value) => (value === Infinity || Number.isNaN(value) ? NaN : value > 0 ? 1 : 0));
    slopes[x.length - 1] = 0.5;
    expect(withoutTiny(dx)).toEqual(slopes);
  });

  test("wrong shapes are told, and harm nothing", () => {
    const three = large(numbers(12, 1), [2, 2, 3]);
    const norm = { groups: 3, epsilon: 1e-5, silu: true };
    const group =
      (inputs: Input[], attributes = norm) =>
      () =>
        run("CourseGroupNorm", type, attributes, inputs, 3);
    const channels = small([1, 1, 1], [3]);
    expect(group([three, channels, channels], { ...norm, groups: 2 })).toThrow(/multiple of groups/);
    expect(group([three, channels, channels], { ...norm, groups: 0 })).toThrow(/groups/);
    expect(group([three, small([1], [1]), channels])).toThrow(/scale must have one value for each channel/);
    expect(group([three, channels, small([1], [1, 1])])).toThrow(/offset/);
    expect(group([large([1, 2, 3], [3]), channels, channels])).toThrow(/two axes/);
    const statistics = small(numbers(6, 1), [2, 3]);
    const gradient = (dy: Input, mean: Input) => () =>
      run(
        "CourseGroupNormGrad",
        type,
        { groups: 3, silu: true },
        [dy, three, channels, channels, mean, statistics],
        3,
      );
    expect(gradient(large([1], [1]), statistics)).toThrow(/dy must have the shape of x/);
    expect(gradient(three, channels)).toThrow(/mean and rstd/);
    expect(() => run("CourseBiasGrad", type, {}, [large([1], [])])).toThrow(/axis/);
    expect(() => run("CourseSiluGrad", type, {}, [three, large([1], [1])])).toThrow(/same shape/);
  });
});

describeFused("bfloat16", () => {
  test("is rounded to the nearest, halves to even, from float and back", () => {
    const x = [
      ...numbers(1000, 8).map((value) => value * 100),
      1 + 2 ** -8,
      1 + 3 * 2 ** -8,
      3.4e38,
      NaN,
      Infinity,
    ];
    const rounded = x.map(round);
    rounded[x.length - 2] = NaN;
    const zeros = x.map(() => 0);
    // Sums whose exact value lies between two bfloat16s: a rounded x plus what is too small for it.
    expect(run("CourseAdd", "bfloat16", {}, [large(x, [x.length]), large(zeros, [x.length])])[0]).toEqual(
      rounded,
    );
    const halves = [1, 1, 1 + 2 ** -7];
    const bits = [2 ** -8, 2 ** -8 * 1.5, 2 ** -8];
    expect(run("CourseAdd", "bfloat16", {}, [large(halves, [3]), large(bits, [3])])[0]).toEqual([
      1,
      1 + 2 ** -7,
      1 + 2 ** -6,
    ]);
  });
});

describeFused("as functions on tensors", () => {
  const of: Case = { b: 3, n: 20, c: 8, groups: 4, silu: true };
  const options = { groups: 4, silu: true };
  const { x, dy, scale, offset } = inputsOf(of, "float");

  function tensors() {
    const large = (values: Values) => tf.tensor4d([...values], [3, 4, 5, 8]);
    return { x: large(x), dy: large(dy), scale: tf.tensor1d(scale), offset: tf.tensor1d(offset) };
  }

  test("they give what the operations give, for pictures with height and width too", () => {
    const t = tensors();
    const { y, mean, rstd } = fusedGroupNorm(t.x, t.scale, t.offset, { ...options, epsilon: 1e-5 });
    expect([y.shape, mean.shape, rstd.shape]).toEqual([t.x.shape, [3, 4], [3, 4]]);
    expect([y, mean, rstd].map((tensor) => [...tensor.dataSync()])).toEqual(
      forward({ x, scale, offset }, of, "float"),
    );
    const { dx, dscale, doffset } = fusedGroupNormGrad(t.dy, t.x, t.scale, t.offset, mean, rstd, options);
    expect([dx, dscale, doffset].map((tensor) => [...tensor.dataSync()])).toEqual(
      backward({ x, dy, scale, offset }, of, "float"),
    );
    expectNear([...fusedSilu(t.x).dataSync()], x.map(silu), "float");
    expectNear(
      [...fusedSiluGrad(t.dy, t.x).dataSync()],
      x.map((value, i) => siluSlope(value) * dy[i]),
      "float",
    );
    expectNear(
      [...fusedAdd(t.dy, t.x).dataSync()],
      x.map((value, i) => value + dy[i]),
      "float",
    );
    expect(fusedBiasGrad(t.dy).shape).toEqual([8]);
  });

  test("a compiled step gives the same bits", () => {
    const t = tensors();
    const step = (x: tf.Tensor, dy: tf.Tensor): tf.Tensor[] => {
      const { y, mean, rstd } = fusedGroupNorm(x, t.scale, t.offset, { ...options, epsilon: 1e-5 });
      const { dx, dscale } = fusedGroupNormGrad(dy, x, t.scale, t.offset, mean, rstd, options);
      return [y, dx, dscale, fusedBiasGrad(fusedAdd(dx, fusedSiluGrad(dy, fusedSilu(x))))];
    };
    const compiled = compile(step);
    const read = (all: tf.Tensor[]) => all.map((tensor) => [...tensor.dataSync()]);
    const eager = read(step(t.x, t.dy));
    expect(read(compiled(t.x, t.dy))).toEqual(eager);
    expect(read(compiled(t.x, t.dy))).toEqual(eager);
    compiled.dispose();
  });

  test("the number of threads does not change a bit, and no thread keeps a program from its end", () => {
    const root = join(__dirname, "../../..");
    const script = `
      require(${JSON.stringify(join(root, "test/unit/register-sources.cjs"))});
      const { tf } = require("diffusion");
      const fused = require(${JSON.stringify(join(root, "src/backend/fused.ts"))});
      const { createHash } = require("node:crypto");
      const hash = createHash("sha256");
      for (const b of [3, 9]) {
        const [x, dy] = [1, 2].map((seed) => tf.randomUniform([b, 400, 48], -2, 2, "float32", seed));
        const [scale, offset] = [3, 4].map((seed) => tf.randomUniform([48], -1, 1, "float32", seed));
        const options = { groups: 8, silu: true };
        const { y, mean, rstd } = fused.fusedGroupNorm(x, scale, offset, { ...options, epsilon: 1e-5 });
        const gradients = fused.fusedGroupNormGrad(dy, x, scale, offset, mean, rstd, options);
        for (const t of [y, mean, rstd, ...Object.values(gradients), fused.fusedBiasGrad(x), fused.fusedSilu(x)]) {
          hash.update(new Uint8Array(t.dataSync().buffer));
        }
      }
      console.log(hash.digest("hex"));`;
    const digestWith = (threads: string): string => {
      const env = { ...process.env, TF_NUM_INTRAOP_THREADS: threads, TF_CPP_MIN_LOG_LEVEL: undefined };
      const { stdout, stderr, status } = spawnSync(process.execPath, ["-e", script], {
        env,
        encoding: "utf8",
      });
      expect([status, stderr]).toEqual([0, ""]);
      return stdout;
    };
    expect(digestWith("1")).toMatch(/^[0-9a-f]{64}\n$/);
    expect(digestWith("2")).toBe(digestWith("1"));
    expect(digestWith("5")).toBe(digestWith("1"));
  });
});
