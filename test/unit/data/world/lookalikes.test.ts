import {
  captionOf,
  randomBatch,
  setSeed,
  splitOf,
  tf,
  worldPictures,
  type Group,
  type Scene,
} from "diffusion";

const attributes = ["count", "size", "colour", "shape", "place"] as const;

/** The places of a scene at which another one has something else: group and attribute. */
const differences = (a: Scene, b: Scene): string[] =>
  a.flatMap((group: Group, i) =>
    attributes.filter((name) => group[name] !== b[i][name]).map((name) => `${i} ${name}`),
  );

/** What two groups of one scene have exchanged in the other. */
const isExchange = (a: Scene, b: Scene, [first, second]: string[]): boolean => {
  const name = first.split(" ")[1] as keyof Group;
  return (
    second === `1 ${name}` && first === `0 ${name}` && a[0][name] === b[1][name] && a[1][name] === b[0][name]
  );
};

const runsOf = (scenes: readonly Scene[], length: number): Scene[][] =>
  Array.from({ length: scenes.length / length }, (_, i) => scenes.slice(i * length, (i + 1) * length));

test("in training, a run's scenes differ from its first in one word, or by an exchange between groups; all of both kinds come", () => {
  const { images, captions, scenes } = worldPictures({ count: 1200, runs: 4, seed: 3, captions: "full" });
  images.dispose();
  const seen = new Set<string>();
  for (const [first, ...others] of runsOf(scenes, 4)) {
    for (const other of others) {
      const found = differences(first, other);
      const exchange = found.length === 2 && isExchange(first, other, found);
      expect(found.length === 1 || exchange).toBe(true);
      expect(splitOf(other)).toBe("train");
      seen.add(`${first.length} ${exchange ? "exchange" : "change"} ${found[0].split(" ")[1]}`);
    }
  }
  expect([...seen].sort()).toEqual(
    [
      ...attributes.map((name) => `1 change ${name}`),
      ...attributes.slice(0, 4).flatMap((name) => [`2 change ${name}`, `2 exchange ${name}`]),
    ].sort(),
  );
  expect(captions).toEqual(scenes.map((scene) => captionOf(scene)));
});

test("where the split has few scenes, others of it come all the same", () => {
  for (const split of ["heldOutCaptions", "heldOutPairs"] as const) {
    const { images, scenes } = worldPictures({ count: 200, runs: 2, groups: 1, split, seed: 4 });
    images.dispose();
    for (const [first, other] of runsOf(scenes, 2)) {
      expect(splitOf(other)).toBe(split);
      expect(captionOf(other)).not.toBe(captionOf(first));
    }
  }
});

test("the first of each run are drawn as all are without runs; runs have to divide the count", () => {
  const [plain, inRuns] = [1, 3].map((runs) => worldPictures({ count: 30, runs, seed: 5 }));
  for (let i = 0; i < 30; i += 3) expect(inRuns.scenes[i]).toEqual(plain.scenes[i]);
  expect(inRuns.scenes[1]).not.toEqual(plain.scenes[1]);
  const first = (x: tf.Tensor4D): tf.Tensor => x.slice([3], [1]);
  expect(first(inRuns.images).dataSync()).toEqual(first(plain.images).dataSync());
  tf.dispose([plain.images, inRuns.images]);
  expect(() => worldPictures({ count: 30, runs: 4 })).toThrow("count / runs is 7.5");
});

test("a batch has whole runs, each as often as others", () => {
  const images = tf.range(0, 12).reshape<tf.Tensor4D>([12, 1, 1, 1]);
  setSeed(1);
  const counts = new Array<number>(4).fill(0);
  for (let step = 0; step < 200; step++) {
    const { x, index } = randomBatch(images, { size: 6, runs: 3 });
    const rows = Array.from(index.dataSync());
    expect(Array.from(x.dataSync())).toEqual(rows);
    for (const start of [0, 3]) {
      expect(rows[start] % 3).toBe(0);
      expect(rows.slice(start, start + 3)).toEqual([0, 1, 2].map((k) => rows[start] + k));
      counts[rows[start] / 3]++;
    }
    tf.dispose([x, index]);
  }
  // 400 runs, 100 of each expected: five standard deviations are 43.
  for (const count of counts) expect(Math.abs(count - 100)).toBeLessThan(43);
  expect(() => randomBatch(images, { size: 5, runs: 3 })).toThrow("size / runs is");
  expect(() => randomBatch(images, { size: 5, runs: 5 })).toThrow("the number of images / runs is 2.4");
  images.dispose();
});
