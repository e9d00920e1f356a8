import { compile, contrastiveLoss, randomNormal, tf } from "diffusion";

const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
const rows = (tensor: tf.Tensor2D): number[][] => tensor.arraySync();
const images = randomNormal<tf.Rank.R2>([4, 3], 1);
const captions = randomNormal<tf.Rank.R2>([4, 3], 2);

/** In double precision, from the probabilities with which each image picks each caption, and each caption each image. */
function expectedLoss(temperature: number, ids: readonly number[]): number {
  const [i, c] = [rows(images), rows(captions)];
  const score = (a: number, b: number): number =>
    Math.exp(i[a].reduce((sum, value, k) => sum + value * c[b][k], 0) / temperature);
  const all = [0, 1, 2, 3];
  const total = (of: (b: number) => number): number => all.reduce((sum, b) => sum + of(b), 0);
  const of = (pick: (a: number, b: number) => number): number =>
    total((a) => {
      const right = all.filter((b) => ids[a] === ids[b]);
      return right.reduce((sum, b) => sum - Math.log(pick(a, b)) / right.length, 0) / 4;
    });
  const imagesPick = of((a, b) => score(a, b) / total((k) => score(a, k)));
  const captionsPick = of((a, b) => score(b, a) / total((k) => score(k, a)));
  return (imagesPick + captionsPick) / 2;
}

test("is how surprised images are by their captions, and captions by their images", () => {
  const expected = expectedLoss(0.4, [0, 1, 2, 3]);
  expect(values(contrastiveLoss(images, captions, { temperature: 0.4 }))[0]).toBeCloseTo(expected, 5);
  expect(values(contrastiveLoss(captions, images, { temperature: 0.4 }))[0]).toBeCloseTo(expected, 5);
  const temperature = tf.scalar(0.4);
  const compiled = compile(() => contrastiveLoss(images, captions, { temperature }));
  expect(values(compiled())[0]).toBeCloseTo(expected, 5);
});

test("of embeddings that are all alike is log(batch)", () => {
  const same = tf.ones([4, 3]);
  expect(values(contrastiveLoss(same, same, { temperature: 0.1 }))[0]).toBeCloseTo(Math.log(4), 5);
});

test("equal captions share what is wanted", () => {
  const ids = tf.tensor1d([7, 2, 7, 7], "int32");
  const expected = expectedLoss(0.4, [7, 2, 7, 7]);
  expect(values(contrastiveLoss(images, captions, { temperature: 0.4, ids }))[0]).toBeCloseTo(expected, 5);
  expect(Math.abs(expected - expectedLoss(0.4, [0, 1, 2, 3]))).toBeGreaterThan(0.1);
  // Equal images of equal captions are not pushed apart: the loss is as small as it gets, the entropy of a choice between them.
  const twins = tf.tensor2d([1, 0, 1, 0, 0, 1], [3, 2]);
  const found = contrastiveLoss(twins, twins, { temperature: 0.01, ids: tf.tensor1d([5, 5, 6], "int32") });
  expect(values(found)[0]).toBeCloseTo((2 * Math.log(2)) / 3, 5);
});

test("gradients agree with finite differences, by embeddings and temperature", () => {
  const ids = tf.tensor1d([0, 1, 0, 3], "int32");
  const loss = (i: tf.Tensor, c: tf.Tensor, temperature: tf.Tensor): tf.Scalar =>
    contrastiveLoss(i, c, { temperature, ids });
  const at = [images, captions, tf.scalar(0.7)];
  const gradients = tf.grads((i: tf.Tensor, c: tf.Tensor, t: tf.Tensor) => loss(i, c, t))(at);
  at.forEach((input, k) => {
    const along = randomNormal(input.shape as [number], 10 + k);
    const shifted = (step: number): number => {
      const [i, c, t] = at.map((each, j) => (j === k ? each.add(along.mul(step)) : each));
      return values(loss(i, c, t))[0];
    };
    const across = (step: number): number => shifted(step) - shifted(-step);
    const difference = (8 * across(0.02) - across(0.04)) / (12 * 0.02);
    expect(values(gradients[k].mul(along).sum())[0]).toBeCloseTo(difference, 2);
  });
});

test("what does not fit is named", () => {
  const temperature = 1;
  expect(() => contrastiveLoss(images, captions.slice(0, 3), { temperature })).toThrow(
    "captions has the shape [3, 3]; use [4, 3].",
  );
  expect(() => contrastiveLoss(tf.zeros([4]), captions, { temperature })).toThrow("images has the shape [4]");
  expect(() => contrastiveLoss(images, captions, { temperature: 0 })).toThrow("temperature is 0");
  expect(() => contrastiveLoss(images, captions, { temperature: tf.ones([4]) })).toThrow(
    "temperature has the shape [4]",
  );
  expect(() => contrastiveLoss(images, captions.cast("int32"), { temperature })).toThrow(
    "captions is a tensor of int32; use float32",
  );
  const ids = tf.tensor1d([1, 2], "int32");
  expect(() => contrastiveLoss(images, captions, { temperature, ids })).toThrow("ids has the shape [2]");
});
