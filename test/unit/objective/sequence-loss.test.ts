import {
  compile,
  cosineSchedule,
  diffuse,
  randomNormal,
  sequenceDenoiser,
  sequenceLoss,
  setSeed,
  tf,
  type SequenceLossOptions,
} from "diffusion";
import { awaken, expectGradients } from "../network/awake";

const schedule = cosineSchedule(50);
const network = awaken(
  sequenceDenoiser({
    vocabulary: 6,
    length: 5,
    steps: 50,
    channels: 3,
    width: 8,
    depth: 2,
    heads: 2,
    seed: 3,
  }),
);
const tokens = tf.tensor2d([1, 4, 2, 5, 0, 1, 4, 0, 0, 0, 1, 2, 3, 5, 3], [3, 5], "int32");
const t = tf.tensor1d([3, 20, 45], "int32");
const noise = randomNormal([3, 5, 3], 8);
const lossOf = (options: SequenceLossOptions = {}): number =>
  sequenceLoss(network, tokens, schedule, { t, noise, ...options }).dataSync()[0];

test("is the squared error of x̂ and the surprise at the tokens, padding included", () => {
  const x = network.embed(tokens);
  const z = diffuse(x, t, schedule, { noise });
  const error = tf.mean(tf.square(tf.sub(network.predict(z, t), x))).dataSync()[0];
  const logits = network.logits(z, t).arraySync();
  const surprises = tokens
    .arraySync()
    .flatMap((row, i) =>
      row.map(
        (token, j) => Math.log(logits[i][j].reduce((sum, l) => sum + Math.exp(l), 0)) - logits[i][j][token],
      ),
    );
  const surprise = surprises.reduce((sum, value) => sum + value) / 15;
  expect(lossOf({ rounding: 0 })).toBeCloseTo(error, 5);
  expect(lossOf({ denoising: 0 })).toBeCloseTo(surprise, 5);
  expect(lossOf()).toBeCloseTo(error + surprise, 5);
  expect(lossOf({ denoising: 0.5, rounding: 3 })).toBeCloseTo(0.5 * error + 3 * surprise, 4);
});

test("its gradients agree with finite differences, by every parameter, those of the vectors among them", () => {
  expect(network.names).toContain("tokens/table");
  expectGradients(network, (parameters = network.parameters) =>
    sequenceLoss(network, tokens, schedule, { t, noise, parameters }).mul<tf.Scalar>(10),
  );
});

test("vectors that are all the same have no error, but the surprise of who knows nothing of the sequence", () => {
  const table = network.names.indexOf("tokens/table");
  const parameters = network.parameters.map((each, i) => (i === table ? tf.ones([6, 3]) : each));
  expect(lossOf({ rounding: 0, parameters })).toBeCloseTo(0, 6);
  // Whatever the tokens are, it is told the same, and so it cannot tell them from others.
  const others = tokens.reverse(1);
  const logits = [tokens, others].map((each) => {
    const z = diffuse(network.embed(each, { parameters }), t, schedule, { noise });
    return network.logits(z, t, { parameters }).arraySync();
  });
  expect(logits[1]).toEqual(logits[0]);
});

test("draws times and noise by the seed; a compiled step gives the same", () => {
  const drawn = (): number => sequenceLoss(network, tokens, schedule).dataSync()[0];
  setSeed(5);
  const first = [drawn(), drawn()];
  setSeed(5);
  expect([drawn(), drawn()]).toEqual(first);
  expect(first[0]).not.toBe(first[1]);
  const step = compile((w: tf.Tensor) => sequenceLoss(network, w, schedule, { t, noise }));
  expect(step(tokens).dataSync()[0]).toBeCloseTo(lossOf(), 4);
  step.dispose();
});

test("refuses what does not fit", () => {
  expect(() => lossOf({ rounding: -1 })).toThrow("rounding is -1; use a finite number of 0 or more.");
  expect(() => lossOf({ denoising: NaN })).toThrow("denoising is NaN");
  expect(() => lossOf({ noise: randomNormal([3, 5, 2]) })).toThrow(
    "noise has the shape [3, 5, 2]; use [3, 5, 3].",
  );
});
