import { energyDistance, labelledMixture, tf, type Point } from "diffusion";
import { schedule, world } from "../guidance/world";

const points: readonly Point[] = [
  [-1.5, 0.3],
  [0.1, 0.2],
  [1.2, -0.8],
];

/** The sum of a function over a fine grid, with the area of its cells: an integral. */
function integral(of: (x: Point) => number): number {
  const [reach, cells] = [4, 120];
  const size = (2 * reach) / cells;
  let sum = 0;
  for (let i = 0; i < cells; i++) {
    for (let j = 0; j < cells; j++) sum += of([-reach + (i + 0.5) * size, -reach + (j + 0.5) * size]);
  }
  return sum * size ** 2;
}

describe("the classes of a mixture", () => {
  test("add up to it", () => {
    expect(world.shares).toEqual([0.6, 0.4]);
    for (const x of points) {
      const sum = world.shares.reduce((total, share, c) => total + share * world.ofClass[c].density(x), 0);
      expect(sum).toBeCloseTo(world.all.density(x), 12);
    }
    expect(integral((x) => world.ofClass[0].density(x))).toBeCloseTo(1, 6);
  });

  test.each([0, 1, 400, 1000])("have probabilities that add up to 1 at t = %d", (t) => {
    for (const z of points) {
      const [first, second] = [0, 1].map((label) => Math.exp(world.logProbability(label, z, t, schedule)));
      expect(first + second).toBeCloseTo(1, 12);
      // Where only noise is left, they are those of the classes.
      if (t === 1000) expect(first).toBeCloseTo(0.6, 2);
    }
  });

  test("have the probability's gradient as the difference of two scores", () => {
    const [z, t, size] = [points[1], 300, 1e-5];
    const at = (dx: number, dy: number): number =>
      world.logProbability(1, [z[0] + dx, z[1] + dy], t, schedule);
    const gradient = [at(size, 0) - at(-size, 0), at(0, size) - at(0, -size)].map(
      (value) => value / (2 * size),
    );
    const [own, all] = [world.ofClass[1].score(z, t, schedule), world.all.score(z, t, schedule)];
    gradient.forEach((value, i) => {
      expect(value).toBeCloseTo(own[i] - all[i], 6);
    });
  });
});

describe("the tilted density", () => {
  const tilted = (gamma: number, x: Point, label = 1): number =>
    Math.exp(world.tiltedLogDensity({ label, gamma }, x, 0, schedule));

  test("is that of all for γ = 0, and that of the class for γ = 1, but for its share", () => {
    for (const x of points) {
      expect(tilted(0, x)).toBeCloseTo(world.all.density(x), 12);
      expect(tilted(1, x)).toBeCloseTo(0.4 * world.ofClass[1].density(x), 12);
    }
  });

  test.each([0, 0.5, 1, 4])("is what samples are drawn from: γ = %d", (gamma) => {
    const sample = world.sampleTilted({ label: 1, gamma }, 20_000, 1);
    expect(sample.shape).toEqual([20_000, 2]);
    const total = integral((x) => tilted(gamma, x));
    const [mean, square] = tf.tidy(() =>
      [sample.mean(0), sample.square().mean(0)].map((each) => each.dataSync()),
    );
    for (const i of [0, 1]) {
      const expected = integral((x) => x[i] * tilted(gamma, x)) / total;
      const squares = integral((x) => x[i] ** 2 * tilted(gamma, x)) / total;
      const error = Math.sqrt((squares - expected ** 2) / 20_000);
      expect(Math.abs(mean[i] - expected)).toBeLessThan(4 * error);
      expect(Math.abs(square[i] / squares - 1)).toBeLessThan(0.06);
    }
    sample.dispose();
  });

  test("gives the same points for the same seed, and others for another", async () => {
    const draw = (seed: number): tf.Tensor2D => world.sampleTilted({ label: 0, gamma: 3 }, 500, seed);
    const [once, again, other] = [draw(1), draw(1), draw(2)];
    expect([...once.dataSync()]).toEqual([...again.dataSync()]);
    expect([...once.dataSync()]).not.toEqual([...other.dataSync()]);
    expect(Math.abs(await energyDistance(once, other))).toBeLessThan(0.02);
  });
});

test("says so where labels do not fit", () => {
  const make = (labels: number[]): unknown =>
    labelledMixture({
      means: [
        [0, 0],
        [1, 1],
      ],
      deviations: [1, 1],
      labels,
    });
  expect(() => make([0])).toThrow("labels has 1 entries for 2 components; give one for each.");
  expect(() => make([0, 2])).toThrow("labels has no component of class 1; use each of 0 to 2.");
  expect(() => make([0, 0.5])).toThrow("labels[1] is 0.5; use a whole number of 0 or more.");
  expect(() => world.logProbability(2, [0, 0], 1, schedule)).toThrow(
    "label is 2; use a whole number from 0 to 1.",
  );
  expect(() => world.sampleTilted({ label: 0, gamma: -1 }, 10)).toThrow("gamma is -1");
});
