import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  adam,
  compile,
  denoisingLoss,
  linearSchedule,
  loadCheckpoint,
  mlp,
  movingAverage,
  randomNormal,
  saveCheckpoint,
  tf,
  train,
  trainingState,
  valueAndGradients,
  type TrainOptions,
} from "diffusion";
import type { ProgressState } from "../../../src/progress";
import { withHost } from "../notebook/fake-host";

const folder = mkdtempSync(join(tmpdir(), "training-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const states: ProgressState[] = [];
const screen = { pictures: false, show: (state: ProgressState) => void states.push(state) };
const schedule = linearSchedule(20);

/** Everything that training needs, made anew as in another process. */
function setUp({ seed = 1, width = 8 } = {}) {
  const network = mlp({ size: 1, steps: 20, width, depth: 1, seed });
  const optimizer = adam(network.parameters, { learningRate: 0.01 });
  const average = movingAverage(network.parameters);
  const step = compile(() => {
    const loss = (): tf.Scalar => denoisingLoss(network.predict, randomNormal([32, 1]).mul(0.3), schedule);
    const { value, gradients } = valueAndGradients(loss, network.parameters);
    optimizer.apply(gradients);
    average.update();
    return value;
  });
  const variables = trainingState({ network, optimizer, average });
  return { step, variables, values: () => Object.values(variables).map((each) => [...each.dataSync()]) };
}

const run = (
  { step, variables }: ReturnType<typeof setUp>,
  file: string,
  options: Partial<TrainOptions> & { readonly steps: number },
): ReturnType<typeof train> =>
  train(step, { screen, checkpoint: { file: join(folder, file), variables }, ...options });

test("the state has the parameters, the optimizer and the averages by name", () => {
  const names = Object.keys(setUp().variables);
  expect(names).toEqual(
    expect.arrayContaining(["network/last/weights", "optimizer/first/0", "optimizer/steps", "average/steps"]),
  );
});

test("a run that goes on from a checkpoint gives bit for bit what one without a break gives", async () => {
  const straight = setUp();
  const { losses } = await run(straight, "straight", { steps: 20 });
  await run(setUp(), "broken", { steps: 8 });
  const resumed = setUp({ seed: 77 }); // another beginning, which the checkpoint replaces
  states.length = 0;
  const rest = await run(resumed, "broken", { steps: 20 });
  expect([...rest.losses]).toEqual([...losses]);
  expect(resumed.values()).toEqual(straight.values());
  expect(states.at(-1)).toMatchObject({ label: "training, from step 8", step: 12, status: "done" });
});

test("a run that is done does nothing more", async () => {
  const one = setUp();
  await run(one, "done", { steps: 5 });
  const before = one.values();
  const { losses } = await run(one, "done", { steps: 5 });
  expect(one.values()).toEqual(before);
  expect(losses).toHaveLength(5);
});

test(
  "an interrupt saves what was learned",
  withHost(async (host) => {
    const one = setUp();
    let calls = 0;
    const interrupted = (): tf.Tensor => {
      if (++calls === 7) host.interrupt();
      return one.step();
    };
    const work = run({ ...one, step: interrupted as typeof one.step }, "interrupted", { steps: 1000 });
    await expect(work).rejects.toThrow("interrupted");
    const { details, tensors } = loadCheckpoint(join(folder, "interrupted"));
    expect(details).toEqual({ step: 7 });
    expect(tensors["optimizer/steps"].dataSync()[0]).toBe(7);
  }),
);

test("it saves at once, or every so often", async () => {
  const saved: number[] = [];
  const file = join(folder, "often");
  const one = setUp();
  const watched = (): tf.Tensor => {
    saved.push(existsSync(file) ? (loadCheckpoint(file).details as { step: number }).step : 0);
    return one.step();
  };
  await train(watched, { steps: 4, screen, checkpoint: { file, variables: one.variables, every: 0 } });
  expect(saved).toEqual([0, 1, 2, 3]);
});

test("a loss that is not finite is not saved: the last good state stays", async () => {
  const one = setUp();
  await run(one, "diverged", { steps: 3 });
  const bad = { ...one, step: compile(() => tf.scalar(NaN)) };
  await expect(run(bad, "diverged", { steps: 9 })).rejects.toThrow(
    /The loss is NaN at step 4.*diverged keeps the last state that was saved/,
  );
  expect(loadCheckpoint(join(folder, "diverged")).details).toEqual({ step: 3 });
});

test("a checkpoint that does not fit changes nothing, and says why", async () => {
  await run(setUp(), "other", { steps: 6 });
  const wider = setUp({ width: 16 });
  const before = wider.values();
  await expect(run(wider, "other", { steps: 9 })).rejects.toThrow(/do not fit.*float32 \[1, 8\] instead of/);
  expect(wider.values()).toEqual(before);
  await expect(run(setUp(), "other", { steps: 5 })).rejects.toThrow("has 6 steps, more than the 5");
  saveCheckpoint(join(folder, "foreign"), { tensors: { a: tf.ones([1]) } });
  await expect(run(setUp(), "foreign", { steps: 5 })).rejects.toThrow("not one of train");
});

test("with a seed, the draws of a step depend on its number alone", async () => {
  const losses = async (seed: number): Promise<number[]> => [
    ...(await train(setUp().step, { steps: 5, seed, screen })).losses,
  ];
  expect(await losses(3)).toEqual(await losses(3));
  expect(await losses(3)).not.toEqual(await losses(4));
  const drawn = await train(() => randomNormal([]), { steps: 5, seed: 3, screen });
  expect(new Set(drawn.losses).size).toBe(5);
});

test("the file tells what it is asked to tell, and a callback comes between two steps", async () => {
  const one = setUp();
  const file = join(folder, "told");
  const steps: number[] = [];
  let told = 0;
  const { losses } = await train(one.step, {
    steps: 4,
    screen,
    checkpoint: { file, variables: one.variables, details: () => ({ network: "small", told }) },
    callback: async ({ step, loss }) => {
      await new Promise(setImmediate);
      steps.push(step, loss);
      told = step;
    },
  });
  expect(steps).toEqual([1, losses[0], 2, losses[1], 3, losses[2], 4, losses[3]]);
  expect(loadCheckpoint(file).details).toEqual({ network: "small", told: 4, step: 4 });
});
