import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  accuracy,
  classifierRecipe,
  cosineSchedule,
  describeImages,
  diffuse,
  loadClassifier,
  loadDigits,
  randomNormal,
  tf,
  trainRecipe,
  type ClassifierRecipe,
  type ClassifierSettings,
} from "diffusion";
import { screen } from "./tiny";

const base = mkdtempSync(join(tmpdir(), "classifier-"));
afterAll(() => {
  rmSync(base, { recursive: true });
});

const schedule = cosineSchedule(50);

/** A recipe that takes seconds: a dozen digits to learn by heart. */
const tiny = (changes: Partial<ClassifierSettings> = {}): ClassifierRecipe =>
  classifierRecipe({
    name: "tiny-classifier",
    about: "for tests",
    data: () => ({ train: loadDigits({ count: 12 }), heldOut: loadDigits({ count: 12 }) }),
    network: { size: 28, classes: 10, width: 16, multipliers: [1, 2, 2], groups: 4, features: 32 },
    learningRate: { peak: 1e-2, warmup: 20 },
    decay: 0.9,
    batch: 12,
    steps: 300,
    ...changes,
  });

const trained = (recipe: ClassifierRecipe, name: string): ReturnType<typeof trainRecipe> =>
  trainRecipe(recipe, { folder: join(base, name), precision: "float32", screen, evaluateEvery: 300 });

test("a classifier of noisy images learns from z_t at all times, and a clean one from x", async () => {
  const warned = jest.spyOn(console, "warn").mockImplementation(() => undefined);
  const noisy = tiny({ name: "tiny-noisy", schedule });
  const [ofNoisy, ofClean] = [await trained(noisy, "noisy"), await trained(tiny(), "clean")];
  // Each step is one program, traced once; otherwise there would be a warning.
  expect(warned).not.toHaveBeenCalled();
  warned.mockRestore();
  expect(ofClean.evaluations[0].numbers["held-out accuracy"]).toBeGreaterThan(0.9);
  // At the latest times nothing can be seen, so that not all are right.
  expect(ofNoisy.evaluations[0].numbers["held-out accuracy"]).toBeGreaterThan(0.3);

  const { images, labels } = loadDigits({ count: 12 });
  const right = async (network: ClassifierRecipe, file: string, at: number): Promise<number> => {
    const classifier = loadClassifier(network, { file });
    const t = tf.fill<tf.Rank.R1>([12], at, "int32");
    const z = diffuse(images, at, schedule, { seed: 3 });
    const { probabilities } = await describeImages(classifier, z, network.schedule && { t, batch: 5 });
    return accuracy(probabilities, labels);
  };
  const [noisyHalfway, cleanHalfway] = [
    await right(noisy, ofNoisy.weights, 25),
    await right(tiny(), ofClean.weights, 25),
  ];
  expect(noisyHalfway).toBeGreaterThan(cleanHalfway + 0.2);
});

test("its weights tell the schedule, and fit no other", async () => {
  const brief = { steps: 2, learningRate: { peak: 1e-2, warmup: 1 } };
  const noisy = tiny({ ...brief, schedule });
  const { weights: file } = await trained(noisy, "schedule");
  expect(loadClassifier(noisy, { file }).classes).toBe(10);
  const other = tiny({ ...brief, schedule: cosineSchedule(60) });
  expect(() => loadClassifier(other, { file })).toThrow(
    /other settings than the recipe "tiny-classifier".*schedule/,
  );
  expect(() => loadClassifier(tiny(brief), { file })).toThrow(/network is .*"steps":50/);
});

test("images are described with the time of each", async () => {
  const classifier = tiny({ schedule }).network();
  classifier.parameters.forEach((parameter, i) => {
    parameter.assign(randomNormal(parameter.shape as [number], i + 1).mul(0.3));
  });
  const images = randomNormal<tf.Rank.R4>([3, 28, 28, 1], 1);
  const t = tf.tensor1d([0, 20, 50], "int32");
  const { probabilities } = await describeImages(classifier, images, { t, batch: 2 });
  const expected = tf.softmax(classifier.classify(images, { t }).logits).dataSync();
  const clean = tf.softmax(classifier.classify(images).logits).dataSync();
  probabilities.dataSync().forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i], 4);
  });
  expect([...expected]).not.toEqual([...clean]);
});
