import {
  adam,
  compile,
  conv2d,
  groupNorm,
  meanSquaredError,
  randomNormal,
  tf,
  valueAndGradients,
} from "diffusion";

test("a thousand steps need no more memory than a few", () => {
  const parameters = [
    [3, 3, 4, 16],
    [3, 3, 16, 4],
  ].map((shape, i) => tf.tidy(() => tf.variable(randomNormal(shape as [number], i).mul(0.1))));
  const [scale, offset] = [tf.ones([16]), tf.zeros([16])];
  const optimizer = adam(parameters);
  const step = compile((x: tf.Tensor) => {
    const { value, gradients } = valueAndGradients(() => {
      const h = groupNorm(conv2d(x, parameters[0]), scale, offset, { groups: 4, silu: true });
      return meanSquaredError(conv2d(h, parameters[1]), randomNormal([16, 16, 16, 4]));
    }, parameters);
    optimizer.apply(gradients);
    return value;
  });
  const resident = (): number => process.memoryUsage().rss / 2 ** 20;
  const x = randomNormal([16, 16, 16, 4], 1);
  const run = (steps: number): void => {
    for (let i = 0; i < steps; i++) {
      step(x).dispose();
      // Somebody looks at the parameters now and then, as for a picture or a checkpoint.
      if (i % 50 === 0) parameters[0].dataSync();
    }
  };
  run(200);
  const [tensors, before] = [tf.memory().numTensors, resident()];
  run(1000);
  expect(tf.memory().numTensors).toBe(tensors);
  expect(resident() - before).toBeLessThan(24); // one activation lost at each step would be 1,000 MB
});
