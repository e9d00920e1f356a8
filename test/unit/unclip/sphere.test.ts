import { randomNormal, tf, towardsText, unitVectors } from "diffusion";
import { values } from "./tiny";

const rows = (seed: number): tf.Tensor2D => unitVectors(randomNormal<tf.Rank.R2>([20, 64], seed));
const [images, from, to] = [rows(1), rows(2), rows(3)];
const dots = (a: tf.Tensor, b: tf.Tensor): number[] => values(a.mul(b).sum(1));

test("unit vectors have the length 1 and the direction of their rows; zeros stay zeros", () => {
  const x = tf.tensor2d([
    [3, 4],
    [0, 0],
    [-1e-20, 0],
  ]);
  values(unitVectors(x)).forEach((value, i) => {
    expect(value).toBeCloseTo([0.6, 0.8, 0, 0, 0, 0][i], 6);
  });
  expect(() => unitVectors(tf.zeros([3]))).toThrow("x has the shape [3]; use [any, any].");
  expect(() => unitVectors(tf.zeros([3, 2], "int32"))).toThrow("x is a tensor of int32");
});

test("text differences stay on the sphere, begin at the image and end at the difference", () => {
  for (const share of [0, 0.2, 0.5, 1]) {
    for (const square of dots(towardsText(images, from, to, share), towardsText(images, from, to, share))) {
      expect(square).toBeCloseTo(1, 5);
    }
  }
  const difference = unitVectors(to.sub(from));
  for (const dot of dots(towardsText(images, from, to, 0), images)) expect(dot).toBeCloseTo(1, 5);
  for (const dot of dots(towardsText(images, from, to, 1), difference)) expect(dot).toBeCloseTo(1, 5);
});

test("the angle to the image grows evenly, and that to the difference falls", () => {
  const difference = unitVectors(to.sub(from));
  const angles = (share: number, other: tf.Tensor): number[] =>
    dots(towardsText(images, from, to, share), other).map((dot) => Math.acos(dot));
  const whole = angles(0, difference);
  angles(0.3, images).forEach((angle, i) => {
    expect(angle).toBeCloseTo(0.3 * whole[i], 3);
  });
  angles(0.3, difference).forEach((angle, i) => {
    expect(angle).toBeCloseTo(0.7 * whole[i], 3);
  });
});

test("two texts that say the same change nothing, and numbers that do not fit are named", () => {
  values(towardsText(images, from, from, 0.4).sub(images)).forEach((value) => {
    expect(value).toBeCloseTo(0, 6);
  });
  expect(() => towardsText(images, from, rows(3).slice([0, 0], [19, 64]), 0.5)).toThrow(
    "to has the shape [19, 64]; use [20, 64].",
  );
  expect(() => towardsText(images, from, to, 1.5)).toThrow("share is 1.5");
  const before = tf.memory().numTensors;
  towardsText(images, from, to, 0.5).dispose();
  expect(tf.memory().numTensors).toBe(before);
});
