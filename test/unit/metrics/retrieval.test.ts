import { randomNormal, retrieval, tf } from "diffusion";

/** Unit vectors of a plane, by their angles in degrees. */
const at = (...degrees: number[]): tf.Tensor2D =>
  tf.tensor2d(degrees.map((angle) => [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)]));

test("counts how often partners are nearest, on both sides", async () => {
  const { captions, images, among } = await retrieval(at(0, 60, 95, 200), at(5, 80, 62, 190));
  expect(among).toBe(4);
  // Images: 0° finds 5°; 60° finds 62°, which is another's; 95° finds 80°, another's; 200° finds 190°.
  expect(captions).toEqual({ top1: 0.5, standardError: 0.25, top5: 1, chance: 0.25 });
  // Captions: 80° finds 95°, another's; 62° finds 60°, another's.
  expect(images).toEqual({ top1: 0.5, standardError: 0.25, top5: 1, chance: 0.25 });
  const { captions: askew, images: other } = await retrieval(at(0, 60, 200), at(5, 80, 75));
  expect(askew.top1).toBeCloseTo(1 / 3, 12);
  expect(other.top1).toBeCloseTo(2 / 3, 12);
});

test("only directions count", async () => {
  const images = randomNormal<tf.Rank.R2>([30, 8], 1);
  const captions = images.add<tf.Tensor2D>(randomNormal([30, 8], 2));
  const lengths = randomNormal([30, 1], 3).exp();
  const plain = await retrieval(images, captions);
  expect(plain.captions.top1).toBeGreaterThan(0.3);
  expect(plain.captions.top1).toBeLessThan(1);
  const scaled = await retrieval(images.mul(lengths), captions.div(lengths));
  expect(scaled).toEqual(plain);
});

test("the candidates are the partner and those that follow it, round in a circle", async () => {
  const images = at(0, 90, 180, 1);
  const captions = at(2, 91, 182, 5);
  // The last image, at 1°, chooses between its own caption at 5° and the first one at 2°.
  expect((await retrieval(images, captions, { among: 2 })).captions.top1).toBe(0.75);
  // The other way round, image 3 does not meet image 0's caption.
  const reversed = await retrieval(tf.reverse(images, 0), tf.reverse(captions, 0), { among: 2 });
  expect(reversed.captions.top1).toBe(1);
});

test("among fewer, more is found; at random, as often as chance has it", async () => {
  const [images, captions] = [1, 2].map((seed) => randomNormal<tf.Rank.R2>([2000, 6], seed));
  const { captions: found, images: back } = await retrieval(images, captions, { among: 20 });
  for (const { top1, top5, chance, standardError } of [found, back]) {
    expect(chance).toBeCloseTo(0.05, 12);
    expect(standardError).toBeCloseTo(Math.sqrt((top1 * (1 - top1)) / 2000), 12);
    expect(Math.abs(top1 - 0.05)).toBeLessThan(4 * standardError);
    expect(Math.abs(top5 - 0.25)).toBeLessThan(4 * Math.sqrt((0.25 * 0.75) / 2000));
  }
});

test("embeddings that are all alike find no more than chance", async () => {
  const same = tf.ones<tf.Rank.R2>([10, 3]);
  const { captions } = await retrieval(same, same);
  expect(captions.top1).toBeCloseTo(0.1, 12);
  expect(captions.top5).toBeCloseTo(0.5, 12);
});

test("equal captions are as right as the partner, and raise chance as well", async () => {
  // The first two images lie at each other's captions.
  const [crossed, ids] = [at(2, 0, 90), ["dog", "dog", "cat"]];
  expect((await retrieval(crossed, at(0, 2, 90))).captions.top1).toBeCloseTo(1 / 3, 12);
  const fair = await retrieval(crossed, at(0, 2, 90), { ids });
  expect(fair.captions.top1).toBe(1);
  expect(fair.images.top1).toBe(1);
  expect(fair.captions.chance).toBeCloseTo((2 / 3 + 2 / 3 + 1 / 3) / 3, 12);
  // Of three at the same place two are right: chosen at random, one of these in two cases of three.
  const level = await retrieval(at(0, 0, 0), at(0, 0, 0), { ids });
  expect(level.captions.top1).toBeCloseTo((2 / 3 + 2 / 3 + 1 / 3) / 3, 12);
});

test("what does not fit is named", async () => {
  const [a, b] = [at(0, 1, 2), at(0, 1)];
  await expect(retrieval(a, b)).rejects.toThrow("captions has the shape [2, 2]; use [3, 2].");
  await expect(retrieval(a, a, { among: 1 })).rejects.toThrow("among is 1");
  await expect(retrieval(a, a, { ids: ["x"] })).rejects.toThrow("ids has 1 for 3 pairs; give one for each.");
  await expect(retrieval(a, tf.zeros([3, 2]))).rejects.toThrow("captions[0] is all zeros");
  await expect(retrieval(a, tf.fill([3, 2], NaN))).rejects.toThrow("captions[0] is NaN");
  await expect(retrieval(a.cast("int32"), a)).rejects.toThrow("images is a tensor of int32; use float32");
});
