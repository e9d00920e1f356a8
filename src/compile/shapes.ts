/** Types and shapes of what operations give, from those of what they take: a step is traced without computing it. */
import type { BindingAttribute } from "../backend/raw-op";
import { types, type Numbers } from "./trace";

/** What is known of an input: its numbers too if it is a constant. */
export interface Known {
  readonly type: number;
  readonly shape: readonly number[];
  readonly numbers?: Numbers | undefined;
}

export interface TypeAndShape {
  readonly type: number;
  readonly shape: readonly number[];
}

/** What an operation would give.
 * @returns undefined for an operation that is not known here
 * @throws Error if the shape depends on the values of a tensor that is not a constant */
export function outputShapes(
  name: string,
  attributes: readonly BindingAttribute[],
  inputs: readonly Known[],
): readonly TypeAndShape[] | undefined {
  if (dataDependent.has(name)) throw new Error(dependsOnData(name));
  const rule = rules.get(name);
  return rule?.(new Call(name, attributes, inputs));
}

/** An operation's call, with what the rules below ask of it. */
class Call {
  constructor(
    readonly name: string,
    private readonly attributes: readonly BindingAttribute[],
    readonly inputs: readonly Known[],
  ) {}

  flag(name: string): boolean {
    return this.attribute(name) === true;
  }

  number(name: string, otherwise: number): number {
    return Number(this.attribute(name) ?? otherwise);
  }

  text(name: string, otherwise: string): string {
    return String(this.attribute(name) ?? otherwise);
  }

  numbers(name: string, otherwise: readonly number[] = []): readonly number[] {
    const value = this.attribute(name);
    return Array.isArray(value) ? value : otherwise;
  }

  shape(input: number): readonly number[] {
    return this.inputs[input].shape;
  }

  private attribute(name: string): BindingAttribute["value"] | undefined {
    return this.attributes.find((attribute) => attribute.name === name)?.value;
  }

  /** The numbers of an input that says what shape the output has. */
  constant(input: number): number[] {
    const { numbers } = this.inputs[input];
    if (!numbers) throw new Error(dependsOnData(this.name));
    return Array.from(numbers);
  }

  /** An axis given as a constant input, counted from the front. */
  axis(input: number, rank: number): number {
    const [axis] = this.constant(input);
    return axis < 0 ? axis + rank : axis;
  }

  one(shape: readonly number[], type: number = this.inputs[0].type): TypeAndShape[] {
    return [{ type, shape: [...shape] }];
  }
}

const dependsOnData = (name: string): string =>
  `The operation ${name} gives a tensor whose shape depends on the values of another one. A compiled step knows its ` +
  `shapes before it runs: do this outside of the step, or use a mask (tf.where, tf.mul) of a fixed shape.`;

type Rule = (call: Call) => readonly TypeAndShape[];

const dataDependent = new Set([
  "Where",
  "Unique",
  "UniqueV2",
  "SparseToDense",
  "SparseReshape",
  "SparseFillEmptyRows",
])
  .add("NonMaxSuppressionV2")
  .add("NonMaxSuppressionV3")
  .add("NonMaxSuppressionV5")
  .add("StringSplit");

const sameAsFirst: Rule = (call) => call.one(call.shape(0));
const broadcastRule: Rule = (call) => call.one(broadcast(call.name, call.shape(0), call.shape(1)));
const comparison: Rule = (call) => call.one(broadcast(call.name, call.shape(0), call.shape(1)), types.bool);

const test: Rule = (call) => call.one(call.shape(0), types.bool);

const reduction: Rule = (call) => {
  const shape = call.shape(0);
  const axes = new Set(call.constant(1).map((axis) => (axis < 0 ? axis + shape.length : axis)));
  const kept = call.flag("keep_dims");
  return call.one(shape.flatMap((size, axis) => (axes.has(axis) ? (kept ? [1] : []) : [size])));
};

const argument: Rule = (call) => {
  const axis = call.axis(1, call.shape(0).length);
  return call.one(
    call.shape(0).filter((_, i) => i !== axis),
    call.number("output_type", types.int32),
  );
};

const spatial: Rule = (call) => {
  const [batch, height, width] = call.shape(0);
  const filter = call.name === "Conv2D" ? call.shape(1) : call.numbers("ksize").slice(1, 3);
  const depthOut = call.name === "Conv2D" ? filter[3] : call.shape(0)[3];
  if (call.text("data_format", "NHWC") !== "NHWC") throw new Error(`${call.name}: use the format NHWC.`);
  const strides = call.numbers("strides", [1, 1, 1, 1]);
  const dilations = call.numbers("dilations", [1, 1, 1, 1]);
  const padding = call.text("padding", "VALID");
  const explicit = call.numbers("explicit_paddings");
  const size = (input: number, axis: number): number => {
    if (padding === "SAME") return Math.ceil(input / strides[axis]);
    const [before, after] = padding === "EXPLICIT" ? explicit.slice(2 * axis) : [0, 0];
    const covered = (filter[axis - 1] - 1) * dilations[axis];
    return Math.ceil((input + before + after - covered) / strides[axis]);
  };
  return call.one([batch, size(height, 1), size(width, 2), depthOut]);
};

const resized: Rule = (call) => {
  const [batch, , , channels] = call.shape(0);
  const type = call.name === "ResizeBilinear" ? types.float32 : call.inputs[0].type;
  return call.one([batch, ...call.constant(1), channels], type);
};

const random: Rule = (call) => call.one(call.constant(0), call.number("dtype", types.float32));

const table: Record<string, Rule> = {
  AddN: sameAsFirst,
  ArgMax: argument,
  ArgMin: argument,
  AvgPool: spatial,
  AvgPoolGrad: (call) => call.one(call.constant(0), call.inputs[1].type),
  BatchMatMulV2: (call) => {
    const [a, b] = [call.shape(0), call.shape(1)];
    const rows = a[a.length - (call.flag("adj_x") ? 1 : 2)];
    const columns = b[b.length - (call.flag("adj_y") ? 2 : 1)];
    return call.one([...broadcast(call.name, a.slice(0, -2), b.slice(0, -2)), rows, columns]);
  },
  BiasAdd: sameAsFirst,
  BiasAddGrad: (call) => call.one(call.shape(0).slice(-1)),
  BroadcastTo: (call) => call.one(call.constant(1)),
  Cast: (call) => call.one(call.shape(0), call.number("DstT", types.float32)),
  ConcatV2: (call) => {
    const last = call.inputs.length - 1;
    const shape = [...call.shape(0)];
    const axis = call.axis(last, shape.length);
    shape[axis] = call.inputs.slice(0, last).reduce((sum, input) => sum + input.shape[axis], 0);
    return call.one(shape);
  },
  Conv2D: spatial,
  Conv2DBackpropFilter: (call) => call.one(call.constant(1)),
  Conv2DBackpropInput: (call) => call.one(call.constant(0), call.inputs[2].type),
  CourseAdd: sameAsFirst,
  CourseBiasGrad: (call) => call.one(call.shape(0).slice(-1), types.float32),
  CourseGroupNorm: (call) => {
    const groups = [call.shape(0)[0], call.number("groups", 1)];
    const statistics = { type: types.float32, shape: groups };
    return [...sameAsFirst(call), statistics, statistics];
  },
  CourseGroupNormGrad: (call) => {
    const parameter = { type: types.float32, shape: call.shape(2) };
    return [...sameAsFirst(call), parameter, parameter];
  },
  CourseSilu: sameAsFirst,
  CourseSiluGrad: sameAsFirst,
  Cumsum: sameAsFirst,
  Einsum: () => {
    throw new Error("Einsum cannot be traced: use tf.matMul, tf.mul and tf.sum.");
  },
  ExpandDims: (call) => {
    const shape = [...call.shape(0)];
    shape.splice(call.axis(1, shape.length + 1), 0, 1);
    return call.one(shape);
  },
  Fill: (call) => call.one(call.constant(0), call.inputs[1].type),
  GatherV2: (call) => {
    const [shape, indices] = [call.shape(0), call.shape(1)];
    const axis = call.axis(2, shape.length);
    const batches = call.number("batch_dims", 0);
    return call.one([...shape.slice(0, axis), ...indices.slice(batches), ...shape.slice(axis + 1)]);
  },
  GatherNd: (call) => {
    const [shape, indices] = [call.shape(0), call.shape(1)];
    return call.one([...indices.slice(0, -1), ...shape.slice(indices[indices.length - 1])]);
  },
  L2Loss: (call) => call.one([]),
  LogicalNot: sameAsFirst,
  MatMul: (call) =>
    call.one([
      call.shape(0)[call.flag("transpose_a") ? 1 : 0],
      call.shape(1)[call.flag("transpose_b") ? 0 : 1],
    ]),
  MaxPool: spatial,
  MaxPoolGrad: sameAsFirst,
  MirrorPad: (call) => call.one(padded(call)),
  OneHot: (call) => {
    const shape = [...call.shape(0)];
    const axis = call.number("axis", -1);
    shape.splice(axis < 0 ? shape.length : axis, 0, call.constant(1)[0]);
    return call.one(shape, call.inputs[2].type);
  },
  Pack: (call) => {
    const shape = [...call.shape(0)];
    const axis = call.number("axis", 0);
    shape.splice(axis < 0 ? axis + shape.length + 1 : axis, 0, call.inputs.length);
    return call.one(shape);
  },
  PadV2: (call) => call.one(padded(call)),
  Pad: (call) => call.one(padded(call)),
  Range: (call) => {
    const [start, limit, delta] = [0, 1, 2].map((input) => call.constant(input)[0]);
    return call.one([Math.max(0, Math.ceil((limit - start) / delta))]);
  },
  Reshape: (call) => {
    const shape = call.constant(1);
    const free = shape.indexOf(-1);
    const rest = shape.reduce((size, next) => (next === -1 ? size : size * next), 1);
    if (free >= 0) shape[free] = sizeOf(call.shape(0)) / rest;
    if (sizeOf(shape) !== sizeOf(call.shape(0))) {
      throw new Error(`Reshape: [${call.shape(0).join(", ")}] does not fit into [${shape.join(", ")}].`);
    }
    return call.one(shape);
  },
  ResizeBilinear: resized,
  ResizeBilinearGrad: (call) => call.one(call.shape(1), call.inputs[1].type),
  ResizeNearestNeighbor: resized,
  ResizeNearestNeighborGrad: resized,
  ReverseV2: sameAsFirst,
  ScatterNd: (call) => call.one(call.constant(2), call.inputs[1].type),
  Select: (call) => call.one(call.shape(1), call.inputs[1].type),
  SelectV2: (call) =>
    call.one(
      broadcast(call.name, broadcast(call.name, call.shape(0), call.shape(1)), call.shape(2)),
      call.inputs[1].type,
    ),
  Slice: (call) => {
    const begin = call.constant(1);
    return call.one(call.constant(2).map((size, i) => (size < 0 ? call.shape(0)[i] - begin[i] : size)));
  },
  SplitV: (call) => {
    const axis = call.axis(2, call.shape(0).length);
    return call.constant(1).map((size) => ({
      type: call.inputs[0].type,
      shape: call.shape(0).map((old, i) => (i === axis ? size : old)),
    }));
  },
  StatelessRandomNormal: random,
  StatelessRandomUniform: random,
  StatelessRandomUniformFullInt: random,
  Tile: (call) => call.one(call.constant(1).map((times, i) => times * call.shape(0)[i])),
  TopKV2: (call) => {
    const shape = [...call.shape(0).slice(0, -1), ...call.constant(1)];
    return [...call.one(shape), ...call.one(shape, types.int32)];
  },
  Transpose: (call) => call.one(call.constant(1).map((axis) => call.shape(0)[axis])),
  Unpack: (call) => {
    const rank = call.shape(0).length;
    const axis = (call.number("axis", 0) + rank) % rank;
    const shape = call.shape(0).filter((_, i) => i !== axis);
    return Array.from({ length: call.shape(0)[axis] }, () => ({ type: call.inputs[0].type, shape }));
  },
  UnsortedSegmentSum: (call) => call.one([...call.constant(2), ...call.shape(0).slice(call.shape(1).length)]),
};

const families: readonly (readonly [Rule, string])[] = [
  [
    sameAsFirst,
    "Abs Acos Acosh Asin Asinh Atan Atanh Ceil Cos Cosh Elu Erf Exp Expm1 Floor Identity LeakyRelu Log Log1p " +
      "LogSoftmax Neg OnesLike Reciprocal Relu Relu6 Round Rsqrt Selu Sigmoid Sign Sin Sinh Softmax Softplus " +
      "Sqrt Square Tan Tanh ZerosLike",
  ],
  [
    broadcastRule,
    "Add AddV2 Atan2 Div DivNoNan EluGrad FloorDiv FloorMod Maximum Minimum Mod Mul Pow RealDiv ReluGrad " +
      "Relu6Grad SigmoidGrad SquaredDifference Sub TanhGrad",
  ],
  [comparison, "Equal Greater GreaterEqual Less LessEqual LogicalAnd LogicalOr NotEqual"],
  [test, "IsFinite IsInf IsNan"],
  [reduction, "All Any Max Mean Min Prod Sum"],
];

const rules = new Map<string, Rule>([
  ...Object.entries(table),
  ...families.flatMap(([rule, names]) => names.split(" ").map((name): [string, Rule] => [name, rule])),
]);

function broadcast(name: string, a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[a.length - rank + i] ?? 1;
    const y = b[b.length - rank + i] ?? 1;
    if (x !== y && x !== 1 && y !== 1) {
      throw new Error(`${name}: the shapes [${a.join(", ")}] and [${b.join(", ")}] do not fit together.`);
    }
    return x === 1 ? y : x;
  });
}

function padded(call: Call): number[] {
  const amounts = call.constant(1);
  return call.shape(0).map((size, i) => amounts[2 * i] + size + amounts[2 * i + 1]);
}

/** How many numbers a tensor of a shape has. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, next) => size * next, 1);
