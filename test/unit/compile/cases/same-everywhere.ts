import {
  adam,
  clipByGlobalNorm,
  compile,
  conv2d,
  groupNorm,
  meanSquaredError,
  movingAverage,
  randomNormal,
  setSeed,
  tf,
  upsample,
  valueAndGradients,
} from "diffusion";

/** What a small network's loss is over five steps, then a parameter and its average: on every backend. */
const recorded = [
  1.401429, 1.71365, 1.338546, 0.922213, 1.047539, 0.562869, 1.120768, 0.524161, 1.396814, 1.206374,
  -0.893949, -0.869427,
];

export function describeSameEverywhere(): void {
  test("a compiled step of training gives the numbers of every other backend, and leaves no tensors", () => {
    setSeed(42);
    const parameters = [[3, 3, 1, 4], [4], [2, 2, 4, 1]].map((shape, i) =>
      tf.tidy(() => tf.variable(randomNormal(shape as [number], i).mul(0.4))),
    );
    const [filter, bias, last] = parameters;
    const [scale, offset] = [tf.ones([4]), tf.zeros([4])];
    const optimizer = adam(parameters, { learningRate: 0.05, weightDecay: 0.01 });
    const average = movingAverage(parameters, { decay: 0.8 });
    const step = compile((x: tf.Tensor) => {
      const { value, gradients } = valueAndGradients(() => {
        const noise = randomNormal([2, 6, 6, 1]);
        const h = groupNorm(conv2d(tf.add(x, noise), filter, bias, { stride: 2 }), scale, offset, {
          groups: 2,
          silu: true,
        });
        return meanSquaredError(conv2d(upsample(h), last), noise);
      }, parameters);
      const { gradients: clipped, norm } = clipByGlobalNorm(gradients, 0.5);
      optimizer.apply(clipped);
      average.update();
      return { value, norm };
    });
    const x = randomNormal([2, 6, 6, 1], 9);
    const numbers: number[] = [];
    let held = 0;
    for (let i = 0; i < 5; i++) {
      const { value, norm } = step(x);
      numbers.push(value.dataSync()[0], norm.dataSync()[0]);
      tf.dispose([value, norm]);
      if (i === 1) held = tf.memory().numTensors;
    }
    expect(tf.memory().numTensors).toBe(held);
    numbers.push(filter.dataSync()[0], average.averages[0].dataSync()[0]);
    numbers.forEach((value, i) => {
      expect(value).toBeCloseTo(recorded[i], 4);
    });
  });
}
