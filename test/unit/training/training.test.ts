import {
  adam,
  compile,
  denoisingLoss,
  gaussianMixture,
  InterruptedError,
  linearSchedule,
  lossCurve,
  mlp,
  randomNormal,
  randomTimes,
  setSeed,
  tf,
  train,
  valueAndGradients,
} from "diffusion";
import { displaySymbol } from "../../../src/notebook/show";
import type { ProgressState, Screen } from "../../../src/progress";
import { withHost } from "../notebook/fake-host";
import { marksIn, textsIn } from "../plot/pictures";

/** A screen that writes down what it is shown. */
function fakeScreen(): { screen: Screen; states: ProgressState[]; drawn: string[] } {
  const states: ProgressState[] = [];
  const drawn: string[] = [];
  const show = (state: ProgressState, picture: string): void => {
    states.push(state);
    drawn.push(picture);
  };
  return { screen: { pictures: true, show }, states, drawn };
}
const quiet = fakeScreen().screen;

describe("train", () => {
  test("makes the step so many times, and returns the loss of each", async () => {
    let calls = 0;
    const { losses } = await train(() => tf.scalar(1 / ++calls), { steps: 7, screen: quiet });
    expect(calls).toBe(7);
    expect(losses).toBeInstanceOf(Float32Array);
    expect([...losses]).toEqual([1, 2, 3, 4, 5, 6, 7].map((i) => Math.fround(1 / i)));
  });

  test.each([undefined, 1])("traces a compiled step once, with the seed %p", async (seed) => {
    const step = compile(() => randomNormal<tf.Rank.R0>([]));
    await train(step, { steps: 5, screen: quiet, ...(seed !== undefined && { seed }) });
    expect(step.traces).toBe(1);
  });

  test("disposes of the losses, and of all that a step leaves", async () => {
    const before = tf.memory().numTensors;
    const step = (): tf.Tensor => {
      tf.ones([3]);
      return tf.scalar(1);
    };
    await train(step, { steps: 5, screen: quiet });
    expect(tf.memory().numTensors).toBe(before);
  });

  test.each([NaN, Infinity, -Infinity])("a loss of %d ends it, with the step and a cure", async (bad) => {
    let calls = 0;
    const { screen, states } = fakeScreen();
    const before = tf.memory().numTensors;
    const work = train(() => tf.scalar(++calls === 3 ? bad : 1), { steps: 9, screen });
    await expect(work).rejects.toThrow(
      new RegExp(
        `^The loss is ${bad} at step 3: training has diverged. Use a smaller learning rate, or clip`,
      ),
    );
    expect(calls).toBe(3);
    expect(tf.memory().numTensors).toBe(before);
    expect(states.at(-1)).toMatchObject({ step: 2, total: 9, status: "stopped" });
  });

  test("an error of the step passes through", async () => {
    const step = (): tf.Tensor => {
      throw new Error("no data");
    };
    await expect(train(step, { steps: 2, screen: quiet })).rejects.toThrow("no data");
  });

  test(
    "an interrupt ends it between two steps: the variables keep what they have learned, and one can go on",
    withHost(async (host) => {
      const variable = tf.variable(tf.scalar(0));
      const { screen, states } = fakeScreen();
      let calls = 0;
      const step = (): tf.Tensor => {
        if (++calls === 4) host.interrupt();
        variable.assign(variable.add(1));
        return tf.scalar(1);
      };
      await expect(train(step, { steps: 100, screen })).rejects.toThrow(InterruptedError);
      expect(calls).toBe(4);
      expect(variable.dataSync()[0]).toBe(4);
      expect(states.at(-1)).toMatchObject({ step: 4, total: 100, status: "stopped" });
      Reflect.set(host, "interrupted", () => false);
      await train(step, { steps: 2, screen });
      expect(variable.dataSync()[0]).toBe(6);
    }),
  );

  test("shows how far it is, with the smoothed loss under the name it is given", async () => {
    const { screen, states } = fakeScreen();
    await train(() => tf.scalar(2), { steps: 20, screen, label: "a small network", every: 0 });
    expect(states.length).toBeGreaterThan(20);
    expect(states.at(-1)).toMatchObject({
      label: "a small network",
      step: 20,
      total: 20,
      status: "done",
      values: { loss: 2 },
    });
    const { screen: other, states: names } = fakeScreen();
    let step = 0;
    await train(() => tf.scalar(++step % 2), { steps: 400, screen: other, every: 0 });
    expect(names[0].label).toBe("training");
    // Losses of 0 and 1 in turn: a mean that moves slowly lies between.
    const shown = names.slice(200).map(({ values }) => values.loss);
    for (const loss of shown) expect(Math.abs(loss - 0.5)).toBeLessThan(0.05);
  });

  test("its picture is the losses so far, over the axis of all steps", async () => {
    const { screen, drawn } = fakeScreen();
    await train(() => tf.scalar(2), { steps: 30, screen, every: 0 });
    expect(drawn[1]).toBe(""); // a curve needs some losses
    expect(drawn.at(-1)).toContain("Loss while training");
  });

  test("or another one, made when it is drawn", async () => {
    const { screen, drawn } = fakeScreen();
    let made = 0;
    const picture = (): unknown => ({
      [displaySymbol]: () => ({ "image/svg+xml": `<svg>${++made}</svg>` }),
    });
    await train(() => tf.scalar(2), { steps: 30, screen, picture, every: 0 });
    expect(made).toBeGreaterThan(0);
    expect(drawn.at(-1)).toBe(`<svg>${made}</svg>`);
  });

  test.each([0, 1.5, NaN])("%d steps are refused", async (steps) => {
    await expect(train(() => tf.scalar(0), { steps })).rejects.toThrow(
      `steps is ${steps}; use a whole number of 1 or more`,
    );
  });
});

describe("lossCurve", () => {
  interface Row {
    readonly x: number;
    readonly y: number;
  }
  const rowsOf = (figure: ReturnType<typeof lossCurve>): Row[] =>
    (figure.spec as unknown as { data: { values: Row[] } }).data.values;

  test("few losses are shown one by one, many as means over a hundredth of them", async () => {
    expect(rowsOf(lossCurve([3, 2, 1])).map(({ y }) => y)).toEqual([3, 2, 1]);
    const many = Float32Array.from({ length: 1000 }, (_, i) => i);
    const rows = rowsOf(lossCurve(many));
    expect(rows).toHaveLength(100);
    expect(rows.map(({ y }) => y)).toEqual(Array.from({ length: 100 }, (_, k) => 10 * k + 4.5));
    const svg = await lossCurve(many, 2000).svg();
    expect(marksIn(svg, "line")).toBe(1);
    expect(textsIn(svg)).toEqual(expect.arrayContaining(["training step (steps)", "loss", "2,000"]));
  });

  test("no losses are refused", () => {
    expect(() => lossCurve([])).toThrow("the number of losses is 0");
  });
});

test("a small network learns the noise in normal data, down to the least loss there is", async () => {
  setSeed(1);
  const schedule = linearSchedule(20);
  const variance = 0.25;
  const data = gaussianMixture({ means: [0.5], deviations: [Math.sqrt(variance)], weights: [1] });
  // E‖ε - E[ε | z_t]‖² = SNR Var[x | z_t].
  let least = 0;
  for (let t = 1; t <= 20; t++) {
    const { [t]: alpha } = schedule.alpha;
    least += (alpha * variance) / (alpha * variance + 1 - alpha) / 20;
  }
  const batch = 256;
  const network = mlp({ size: 1, steps: 20, width: 32, depth: 1, seed: 2 });
  const optimizer = adam(network.parameters, { learningRate: 5e-3 });
  const step = compile(() => {
    const x = randomNormal([batch, 1]).mul(Math.sqrt(variance)).add(0.5);
    const t = randomTimes(batch, schedule, { stratified: true });
    const { value, gradients } = valueAndGradients(
      () => denoisingLoss((z, t) => network.predict(z, t), x, schedule, { t }),
      network.parameters,
    );
    optimizer.apply(gradients);
    return value;
  });
  const { losses } = await train(step, { steps: 400, screen: quiet });
  expect(losses[0]).toBeGreaterThan(0.8); // it begins by predicting 0
  const count = 40_000;
  const x = tf.tensor2d(Float32Array.from(data.sample(count, 3)), [count, 1]);
  const t = randomTimes(count, schedule, { seed: 4, stratified: true });
  const noise = randomNormal([count, 1], 5);
  const lossOf = (predict: (z: tf.Tensor, t: tf.Tensor) => tf.Tensor): number =>
    denoisingLoss(predict, x, schedule, { t, noise }).dataSync()[0];
  const reached = lossOf((z, t) => network.predict(z, t));
  // The same draws for the best prediction there is, which is linear in z.
  const best = lossOf((z, t) => {
    const alpha = tf.gather(tf.tensor1d(Float32Array.from(schedule.alpha)), t).reshape([-1, 1]);
    const within = alpha.mul(variance).add(tf.sub(1, alpha));
    return z.sub(alpha.sqrt().mul(0.5)).mul(tf.sub(1, alpha).sqrt()).div(within);
  });
  expect(Math.abs(best / least - 1)).toBeLessThan(0.05);
  expect(reached / best).toBeGreaterThan(1);
  expect(reached / best).toBeLessThan(1.05);
  step.dispose();
});
