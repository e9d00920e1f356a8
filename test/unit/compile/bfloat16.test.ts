import {
  adam,
  attention,
  bfloat16Units,
  compile,
  conv2d,
  dense,
  fasterPrecision,
  groupNorm,
  loadDigits,
  meanSquaredError,
  randomNormal,
  randomUniform,
  setSeed,
  silu,
  tf,
  upsample,
  valueAndGradients,
  type CompileOptions,
} from "diffusion";

const float32 = 1;
const bfloat16 = 14;
const values = (tensor: tf.Tensor): Float32Array => tensor.dataSync<"float32">();

/** A network with all that a U-Net has, for images [batch, 8, 8, 1], and a step that trains it to find noise. */
function network(options: CompileOptions, learningRate: number = 2e-3) {
  const parameters: tf.Variable[] = [];
  const weights = (shape: number[], size: number): tf.Variable => {
    const variable = tf.tidy(() =>
      tf.variable(randomNormal(shape as [number], parameters.length + 50).mul(size)),
    );
    parameters.push(variable);
    return variable;
  };
  const filters = [weights([3, 3, 1, 8], 0.3), weights([3, 3, 8, 8], 0.1), weights([3, 3, 16, 8], 0.1)];
  const last = weights([1, 1, 8, 1], 0.1);
  const time = weights([1, 8], 0.5);
  const mix = weights([8, 24], 0.3);
  const biases = [8, 8, 8, 1, 8, 24].map((size) => weights([size], 0));
  const norms = [0, 1, 2].map(() => ({ scale: weights([8], 0.1), offset: weights([8], 0.1) }));
  const norm = (x: tf.Tensor, i: number): tf.Tensor =>
    groupNorm(x, tf.add(norms[i].scale, 1), norms[i].offset, { groups: 4, silu: true });
  const predict = (z: tf.Tensor4D, t: tf.Tensor1D): tf.Tensor => {
    const shift = tf.reshape(silu(dense(tf.reshape(t, [-1, 1]), time, biases[4])), [-1, 1, 1, 8]);
    const top = norm(tf.add(conv2d(z, filters[0], biases[0]), shift), 0);
    const low = norm(conv2d(top, filters[1], biases[1], { stride: 2 }), 1);
    const tokens = dense(tf.reshape(low, [z.shape[0], 16, 8]), mix, biases[5]);
    const [q, k, v] = tf.split(tokens, 3, 2);
    const mixed = tf.add(low, tf.reshape(attention(q, k, v), low.shape));
    const joined = tf.concat([top, upsample(mixed as tf.Tensor4D)], 3);
    return conv2d(norm(conv2d(joined, filters[2], biases[2]), 2), last, biases[3]);
  };
  const optimizer = adam(parameters, { learningRate });
  const step = compile((x: tf.Tensor4D) => {
    const { value, gradients } = valueAndGradients(() => {
      const t = randomUniform([x.shape[0]]);
      const noise = randomNormal(x.shape);
      const angle = tf.reshape(tf.mul(t, Math.PI / 2), [-1, 1, 1, 1]);
      const z = tf.add(tf.mul(x, tf.cos(angle)), tf.mul(noise, tf.sin(angle)));
      return meanSquaredError(predict(z as tf.Tensor4D, t as tf.Tensor1D), noise);
    }, parameters);
    optimizer.apply(gradients);
    return { value, gradients: [...gradients] };
  }, options);
  return { step, parameters, predict };
}

const images = tf.tidy(() => tf.image.resizeBilinear(loadDigits({ count: 64 }).images, [8, 8]));

test("gradients of all parameters are float32's but for rounding", () => {
  const gradients = (precision: "float32" | "bfloat16"): Float32Array[] => {
    setSeed(1);
    return network({ precision }).step(images).gradients.map(values);
  };
  const [exact, rounded] = [gradients("float32"), gradients("bfloat16")];
  exact.forEach((gradient, i) => {
    const length = Math.hypot(...gradient);
    const distance = Math.hypot(...gradient.map((value, k) => value - rounded[i][k]));
    expect(distance).toBeLessThan(0.05 * length);
    expect(distance).toBeGreaterThan(0); // it is another program
  });
});

test("convolutions and what lies between them is bfloat16; parameters, statistics, loss and optimizer are float32", () => {
  const { step } = network({ precision: "bfloat16" });
  step(images);
  const nodes = step.report?.nodes ?? [];
  const types = (operation: string): number[] =>
    nodes.flatMap(({ operation: name, attributes }) => {
      if (name !== operation) return [];
      const type = "T" in attributes ? attributes.T : attributes.dtype;
      return "type" in type ? [type.type] : [];
    });
  for (const low of ["Conv2D", "Conv2DBackpropFilter", "MatMul", "BatchMatMulV2"]) {
    expect([low, ...new Set(types(low))]).toEqual([low, bfloat16]);
  }
  expect(types("ConcatV2")).toContain(bfloat16);
  for (const high of ["L2Loss", "ResourceApplyAdam", "VarHandleOp", "Softmax", "Cos"]) {
    expect([high, ...new Set(types(high))]).toEqual([high, float32]);
  }
  // Each parameter is rounded once, and each gradient of one widened; few other tensors change their type.
  const casts = nodes.filter(({ operation }) => operation === "Cast").length;
  expect(casts).toBeLessThan(70);
});

test("steps too small for bfloat16 are not lost on the parameters", () => {
  const { step, parameters } = network({ precision: "bfloat16" }, 1e-5);
  const before = parameters.map((parameter) => values(parameter).slice());
  for (let i = 0; i < 3; i++) step(images);
  const moved = parameters.map((parameter, i) =>
    Math.max(...values(parameter).map((value, k) => Math.abs(value - before[i][k]))),
  );
  for (const distance of moved) expect(distance).toBeGreaterThan(5e-6);
});

test("over 1,000 steps the loss follows float32's within its noise", () => {
  const losses = (precision: "float32" | "bfloat16", seed: number): number[] => {
    setSeed(seed);
    const { step } = network({ precision });
    const curve = Array.from({ length: 1000 }, () => {
      const { value, gradients } = step(images);
      const [loss] = value.dataSync();
      tf.dispose([value, gradients]);
      return loss;
    });
    step.dispose();
    return [0, 200, 400, 600, 800].map((from) => {
      const part = curve.slice(from, from + 200);
      return part.reduce((sum, loss) => sum + loss, 0) / part.length;
    });
  };
  const [exact, other, rounded] = [losses("float32", 1), losses("float32", 2), losses("bfloat16", 1)];
  expect(exact[4]).toBeLessThan(0.6 * exact[0]); // it learns
  exact.forEach((loss, i) => {
    const noise = Math.abs(loss - other[i]) + 0.01 * loss;
    expect(Math.abs(rounded[i] - loss)).toBeLessThan(2 * noise);
  });
});

test("a forward pass keeps its parameters rounded, and follows when they change", () => {
  const { parameters, predict } = network({});
  const forward = (): tf.Tensor => predict(images, tf.ones([images.shape[0]]));
  const rounded = compile(forward, { precision: "bfloat16" });
  const largest = (a: tf.Tensor, b: tf.Tensor): number => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0];
  expect(largest(rounded(), forward())).toBeLessThan(0.03);
  const casts =
    rounded.report?.nodes.filter(({ operation, name }) => operation === "Cast" && !name.includes("/")) ?? [];
  expect(casts.length).toBeLessThan(parameters.length);
  parameters[0].assign(tf.mul(parameters[0], -1));
  const changed = rounded();
  expect(largest(changed, forward())).toBeLessThan(0.03);
  // Training and prediction share the parameters.
  const train = compile(
    () => {
      for (const parameter of parameters) parameter.assign(tf.mul(parameter, 1.5));
    },
    { precision: "bfloat16" },
  );
  train();
  expect(largest(rounded(), forward())).toBeLessThan(0.06);
  expect(largest(rounded(), changed)).toBeGreaterThan(0.1);
});

test("whether the device has units for it is said", () => {
  const units = bfloat16Units();
  expect([undefined, "AMX", "AVX-512", "Arm", "GPU"]).toContain(units);
  expect(fasterPrecision()).toBe(units === undefined ? "float32" : "bfloat16");
});
