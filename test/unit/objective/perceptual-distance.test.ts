import {
  compile,
  downsample,
  labelledLandscapes,
  loadClassifier,
  perceptualDistance,
  randomNormal,
  reconstructionLoss,
  tf,
  upsample,
} from "diffusion";

const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
const of = (tensor: tf.Tensor): number => values(tensor)[0];

test("is the squared distance of unit vectors, pixel by pixel, summed over layers", () => {
  const [x, y] = [randomNormal<tf.Rank.R4>([2, 4, 4, 3], 1), randomNormal<tf.Rank.R4>([2, 4, 4, 3], 2)];
  const weights = randomNormal<tf.Rank.R2>([3, 5], 3);
  const layers = (images: tf.Tensor): tf.Tensor[] => [
    images,
    tf.matMul(downsample(images).reshape([-1, 3]), weights).reshape([2, 2, 2, 5]),
  ];
  const unit = (v: readonly number[]): number[] => v.map((value) => value / Math.hypot(...v));
  const expected = layers(x).reduce((sum, layer, l) => {
    const channels = layer.shape[3]!;
    const [a, b] = [values(layer), values(layers(y)[l])];
    let total = 0;
    for (let i = 0; i < a.length; i += channels) {
      const [u, v] = [unit(a.slice(i, i + channels)), unit(b.slice(i, i + channels))];
      total += u.reduce((s, value, k) => s + (value - v[k]) ** 2, 0);
    }
    return sum + total / (a.length / channels);
  }, 0);
  expect(of(perceptualDistance(x, y, layers))).toBeCloseTo(expected, 4);
  expect(of(perceptualDistance(x.mul(3), y, () => [x]))).toBe(0);
});

test("has a gradient where a network sees nothing, too", () => {
  const x = randomNormal<tf.Rank.R4>([1, 2, 2, 3], 1);
  const slope = tf.grad((images: tf.Tensor) =>
    perceptualDistance(images, tf.zerosLike(x), (z) => [tf.relu(z), tf.mul(z, 0)]),
  )(x);
  expect(values(slope).every(Number.isFinite)).toBe(true);
});

test("what does not fit is named", () => {
  const x = tf.zeros([1, 2, 2, 3]);
  expect(() => perceptualDistance(x, tf.zeros([1, 2, 2, 1]), (z) => [z])).toThrow(
    "others has the shape [1, 2, 2, 1]; use [1, 2, 2, 3].",
  );
  expect(() => perceptualDistance(x, x, () => [])).toThrow("the number of layers is 0");
});

describe("by the classifier of landscapes", () => {
  const network = loadClassifier("landscape-classifier");
  const seen = (x: tf.Tensor): readonly tf.Tensor[] => network.levels(x);
  const { images } = labelledLandscapes({ count: 4, size: 64, seed: 5 });
  const blurred = (factor: number): tf.Tensor4D => upsample(downsample(images, factor), factor);

  test("is 0 for equal images, and grows with a blur", () => {
    expect(of(perceptualDistance(images, images, seen))).toBe(0);
    const distances = [2, 4, 8].map((factor) => of(perceptualDistance(blurred(factor), images, seen)));
    expect(distances[0]).toBeGreaterThan(0);
    expect(distances[1]).toBeGreaterThan(1.2 * distances[0]);
    expect(distances[2]).toBeGreaterThan(1.2 * distances[1]);
  });

  test("going down its gradient makes a blurred image look sharper, in a compiled step, too, and leaves the classifier as it is", () => {
    const before = network.parameters.map((parameter) => values(parameter));
    const x = tf.variable(blurred(4));
    const step = compile(() => {
      const { value, grads } = tf.variableGrads(() => perceptualDistance(x, images, seen), [x]);
      const slope = grads[x.name];
      x.assign(x.sub(slope.div(tf.sqrt(tf.sum(tf.square(slope)))).mul(0.5)));
      return value;
    });
    const distances = Array.from({ length: 10 }, () => of(step()));
    expect(distances[9]).toBeLessThan(0.9 * distances[0]);
    expect(network.parameters.map((parameter) => values(parameter))).toEqual(before);
    step.dispose();
  });
});

test("errors of numbers count as they are, or squared", () => {
  const [x, y] = [tf.tensor1d([1, 2, -1]), tf.tensor1d([1, -1, 0.5])];
  expect(of(reconstructionLoss(x, y))).toBeCloseTo(4.5 / 3, 6);
  expect(of(reconstructionLoss(x, y, "squared"))).toBeCloseTo((9 + 2.25) / 3, 6);
  const slopes = values(tf.grad((z: tf.Tensor) => reconstructionLoss(z, y))(x));
  [0, 1 / 3, -1 / 3].forEach((slope, i) => {
    expect(slopes[i]).toBeCloseTo(slope, 6);
  });
  expect(() => reconstructionLoss(x, tf.zeros([2]))).toThrow("images has the shape [3]; use [2].");
});
