import { randomNormal, seamContrast, tf } from "diffusion";

describe("seamContrast", () => {
  test("is the ratio of the mean differences, by hand", async () => {
    // Differences 1, 3, 1, 2 in the first row and 0, 5, 1, 0 in the second.
    const image = tf.tensor4d([0, 1, 4, 5, 7, 2, 2, 7, 6, 6], [1, 2, 5, 1]);
    const { contrast, standardError } = await seamContrast(image, [2]);
    expect(contrast).toBeCloseTo((3 + 5) / 2 / ((1 + 1 + 2 + 0 + 1 + 0) / 6), 6);
    expect(standardError).toBeNaN();
    expect((await seamContrast(image, [2, 4, 2])).contrast).toBeCloseTo((3 + 2 + 5 + 0) / 4 / (3 / 4), 6);
  });

  test("is 1 but for chance where there is no seam, and its standard error is as large as it varies", async () => {
    const found = [];
    for (let seed = 0; seed < 60; seed++) {
      // Pictures of different contrast, and columns that belong together.
      const noise = randomNormal<tf.Rank.R4>([40, 4, 24, 1], seed);
      const scale = randomNormal<tf.Rank.R4>([40, 1, 1, 1], 1000 + seed).exp();
      found.push(await seamContrast(noise.cumsum(2).mul<tf.Tensor4D>(scale), [8, 16]));
    }
    const mean = found.reduce((sum, { contrast }) => sum + contrast, 0) / 60;
    const deviation = Math.sqrt(found.reduce((sum, { contrast }) => sum + (contrast - 1) ** 2, 0) / 60);
    const told = Math.sqrt(found.reduce((sum, each) => sum + each.standardError ** 2, 0) / 60);
    expect(Math.abs(mean - 1)).toBeLessThan((4 * deviation) / Math.sqrt(60));
    expect(told / deviation).toBeGreaterThan(0.7);
    expect(told / deviation).toBeLessThan(1.4);
  });

  test("sees a step of brightness, and the channels alike", async () => {
    const left = randomNormal<tf.Rank.R4>([20, 8, 8, 3], 1);
    const right = randomNormal<tf.Rank.R4>([20, 8, 8, 3], 2).add<tf.Tensor4D>(3);
    const { contrast, standardError } = await seamContrast(tf.concat([left, right], 2), [8]);
    expect(contrast).toBeGreaterThan(2.4);
    expect(standardError).toBeLessThan(0.1);
  });

  test("keeps no tensor, and names bad arguments", async () => {
    const images = tf.zeros<tf.Rank.R4>([2, 3, 4, 1]);
    const before = tf.memory().numTensors;
    await seamContrast(images, [1]);
    expect(tf.memory().numTensors).toBe(before);
    await expect(seamContrast(images, [0])).rejects.toThrow(
      "columns[0] is 0; use a whole number from 1 to 3",
    );
    await expect(seamContrast(images, [1, 4])).rejects.toThrow("columns[1] is 4");
    await expect(seamContrast(images, [])).rejects.toThrow(
      "The number of different columns is 0; use a whole number from 1 to 2",
    );
    await expect(seamContrast(images, [1, 2, 3])).rejects.toThrow("The number of different columns is 3");
    await expect(seamContrast(images.cast("int32"), [1])).rejects.toThrow("images is a tensor of int32");
  });
});
