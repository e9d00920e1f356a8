// @ts-check
/** Training steps and forward passes of model.mjs, on command; what a worker answers is said in workers.mjs. */
import { existsSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";

import { course, naive, ours, unet } from "./model.mjs";

const { tf } = course;

/** @typedef {import("@tensorflow/tfjs-core").Tensor} Tensor */
/** @typedef {import("@tensorflow/tfjs-core").Tensor4D} Tensor4D */
/** @typedef {import("@tensorflow/tfjs-core").Tensor1D} Tensor1D */
/** @typedef {import("@tensorflow/tfjs-core").Scalar} Scalar */
/** @typedef {{ train: (x: Tensor4D) => Tensor, forward: (x: Tensor4D, t: Tensor1D) => Tensor, parameters: number }} Steps */

const [mode, settings] = process.argv.slice(2);
/** @type {import("./workers.mjs").Shape} */
const { batch, base, size } = JSON.parse(settings);
const learningRate = 2e-4;
const shape = /** @type {[number, number, number, number]} */ ([batch, size, size, 3]);

/** @type {Record<string, import("../../../src/index").CompileOptions>} */
const compiling = {
  compiled: {},
  "compiled bfloat16": { precision: "bfloat16" },
  "compiled xla": { xla: true },
};

/** @param {import("./model.mjs").Layers} layers */
function network(layers) {
  const net = unet(layers, { base, size });
  return { ...net, size: net.parameters.reduce((sum, parameter) => sum + parameter.size, 0) };
}

/** As it is written in most tutorials. @returns {Steps} */
function naiveSteps() {
  const { forward, parameters, size } = network(naive);
  const optimizer = tf.train.adam(learningRate);
  /** @param {Tensor4D} x */
  const loss = (x) => {
    const t = tf.randomUniform([batch], 0, 1000);
    const noise = tf.randomNormal(shape);
    return /** @type {Scalar} */ (naive.loss(forward(tf.add(tf.mul(x, 0.7), tf.mul(noise, 0.7)), t), noise));
  };
  return {
    train: (x) => tf.tidy(() => /** @type {Scalar} */ (optimizer.minimize(() => loss(x), true, parameters))),
    forward: (x, t) => tf.tidy(() => forward(x, t)),
    parameters: size,
  };
}

/** @param {import("../../../src/index").CompileOptions} [options] without them, nothing is compiled @returns {Steps} */
function ourSteps(options) {
  const { forward, parameters, size } = network(ours);
  const optimizer = course.adam(parameters, { learningRate });
  /** @param {Tensor4D} x */
  const loss = (x) => {
    const t = tf.mul(course.randomUniform([batch]), 1000);
    const noise = course.randomNormal(shape);
    return /** @type {Scalar} */ (ours.loss(forward(tf.add(tf.mul(x, 0.7), tf.mul(noise, 0.7)), t), noise));
  };
  /** @param {Tensor4D} x */
  const train = (x) => {
    const { value, gradients } = course.valueAndGradients(() => loss(x), parameters);
    optimizer.apply(gradients);
    return value;
  };
  if (options) {
    return {
      train: course.compile(train, options),
      forward: course.compile(forward, options),
      parameters: size,
    };
  }
  return {
    train: (x) => tf.tidy(() => train(x)),
    forward: (x, t) => tf.tidy(() => forward(x, t)),
    parameters: size,
  };
}

/** @param {Tensor} tensor */
function read(tensor) {
  const [value] = tensor.dataSync();
  tensor.dispose();
  return value;
}

/** Of TensorFlow, so far. `firstGraph`: when the first graph was run, because it had been traced and loaded. */
const calls = { count: 0, firstGraph: NaN };

/** TensorFlow.js and compiled steps reach TensorFlow through the backend's binding: ours counts on the way. */
function countCalls() {
  const backend = /** @type {{ binding?: Record<string, Function> }} */ (tf.backend());
  const { binding } = backend;
  if (!binding) return; // not the native backend
  /** @param {unknown[]} args */
  const executeOp = (...args) => {
    calls.count++;
    return binding.executeOp(...args);
  };
  /** @param {unknown[]} args */
  const runSavedModel = (...args) => {
    calls.count++;
    if (Number.isNaN(calls.firstGraph)) calls.firstGraph = performance.now();
    return binding.runSavedModel(...args);
  };
  backend.binding = Object.create(binding, {
    executeOp: { value: executeOp },
    runSavedModel: { value: runSavedModel },
  });
}

/** Of the process, in MB. */
function peakMemory() {
  const status = "/proc/self/status";
  const lines = existsSync(status) ? readFileSync(status, "utf8") : "";
  return Number(/VmHWM:\s+(\d+)/.exec(lines)?.[1] ?? process.resourceUsage().maxRSS) / 1024;
}

/** @param {object} value */
const answer = (value) => console.log(JSON.stringify(value));

/** @param {number} count @param {() => void} step */
const timed = (count, step) =>
  Array.from({ length: count }, () => {
    const start = performance.now();
    step();
    return performance.now() - start;
  });

countCalls();
course.setSeed(1);
const x = /** @type {Tensor4D} */ (course.randomNormal(shape, 5));
const t = /** @type {Tensor1D} */ (tf.fill([batch], 10));
let loss = NaN;

const start = performance.now();
const steps = mode === "naive" ? naiveSteps() : ourSteps(compiling[mode]);
const train = () => void (loss = read(steps.train(x)));
const firstStep = performance.now();
train();
const first = (performance.now() - start) / 1000;
const trace = (calls.firstGraph - firstStep) / 1000;
const firstLoss = loss;
calls.count = 0;
train();

const { tensorflow, cpu, cores, gpu } = course.deviceReport();
answer({
  library: `TensorFlow ${tensorflow}, ${gpu ?? `${cpu}, ${cores} cores`}`,
  device: gpu ? "cuda" : "cpu",
  parameters: steps.parameters,
  first,
  trace: Number.isNaN(trace) ? undefined : trace,
  operations: calls.count,
  loss: firstLoss,
});

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  if (command.do === "quit") break;
  const step = command.do === "train" ? train : () => void read(steps.forward(x, t));
  answer({ milliseconds: timed(command.steps, step), loss, peak: peakMemory() });
}
process.exit();
