import {
  captionOf,
  foldIn,
  heldOutPairs,
  parseCaption,
  setSeed,
  splitOf,
  tf,
  worldColours,
  worldPictures,
  worldPlaces,
  worldShapes,
  worldSizes,
  type Scene,
  type WorldOptions,
  type WorldSplit,
} from "diffusion";
import { examples, singleScenes } from "./scenes";

const splits: readonly WorldSplit[] = ["train", "heldOutCaptions", "heldOutPairs"];
const hasHeldOutPair = (scene: Scene): boolean =>
  scene.some(({ colour, shape }) =>
    heldOutPairs.some((pair) => pair.colour === colour && pair.shape === shape),
  );

describe("splits", () => {
  test("four pairs are held out: each shape once, in four colours", () => {
    expect(heldOutPairs.map(({ shape }) => shape).sort()).toEqual([...worldShapes].sort());
    expect(new Set(heldOutPairs.map(({ colour }) => colour)).size).toBe(4);
  });

  test("the three hold different scenes, and all there are", () => {
    const seen = new Map<string, WorldSplit>();
    for (const split of splits) {
      for (const { scene } of examples({ count: 1500, seed: 2, split })) {
        const name = scene
          .map((group) => captionOf([group]))
          .sort()
          .join(" and ");
        expect(splitOf(scene)).toBe(split);
        expect(splitOf([...scene].reverse())).toBe(split);
        expect(hasHeldOutPair(scene)).toBe(split === "heldOutPairs");
        expect(seen.get(name) ?? split).toBe(split);
        seen.set(name, split);
      }
    }
  });

  test("one scene in ten without a held-out pair is a held-out caption", () => {
    const others = singleScenes.filter((scene) => !hasHeldOutPair(scene));
    const share = others.filter((scene) => splitOf(scene) === "heldOutCaptions").length / others.length;
    expect(others).toHaveLength(600);
    expect(Math.abs(share - 0.1)).toBeLessThan(4 * Math.sqrt(0.09 / 600));
    const pairs = examples({ count: 2000, seed: 3, groups: 2, split: "train" });
    expect(pairs.every(({ scene }) => scene.length === 2)).toBe(true);
  });

  test("never changes: other splits would make trained weights and their held-out captions worthless", () => {
    const heldOut = singleScenes
      .filter((scene) => splitOf(scene) === "heldOutCaptions")
      .map((scene) => captionOf(scene));
    expect([heldOut.length, heldOut[0], heldOut[20], heldOut.at(-1)]).toMatchInlineSnapshot(`
      [
        51,
        "a small red square at the bottom",
        "two small blue triangles at the bottom",
        "three large white crosses on the right",
      ]
    `);
  });

  test("training shows every pair of attributes but the held-out ones", () => {
    const seen = new Set<string>();
    for (const [group] of singleScenes.filter((scene) => splitOf(scene) === "train")) {
      const entries = Object.entries(group);
      entries.forEach(([name, value], i) => {
        entries.slice(0, i).forEach(([other, with_]) => seen.add(`${name} ${value}, ${other} ${with_}`));
      });
    }
    const sizes = [3, worldSizes.length, worldColours.length, worldShapes.length, worldPlaces.length];
    const all = sizes.flatMap((size, i) => sizes.slice(0, i).map((other) => size * other));
    expect(seen.size).toBe(all.reduce((sum, value) => sum + value, 0) - heldOutPairs.length);
  });
});

describe("worldPictures", () => {
  test("[count, 32, 32, 3] within [-1, 1]: the same for the same seed, and more begin with the same ones", () => {
    const [few, more] = [worldPictures({ count: 5, seed: 4 }), worldPictures({ count: 9, seed: 4 })];
    expect([few.images.shape, few.images.dtype]).toEqual([[5, 32, 32, 3], "float32"]);
    expect(more.captions.slice(0, 5)).toEqual(few.captions);
    expect(more.scenes.slice(0, 5)).toEqual(few.scenes);
    expect(more.images.slice(0, 5).dataSync()).toEqual(few.images.dataSync());
    expect(worldPictures({ count: 5, seed: 5 }).captions).not.toEqual(few.captions);
    const values = few.images.dataSync();
    expect(values.every((value) => value >= -1 && value <= 1)).toBe(true);
  });

  test("without a seed, the next of the stream that setSeed restarts; a tensor is a seed, too", () => {
    setSeed(5);
    const first = worldPictures({ count: 3 }).captions;
    expect(worldPictures({ count: 3 }).captions).not.toEqual(first);
    expect(worldPictures({ count: 3, seed: foldIn(5, 0) }).captions).toEqual(first);
    const seed = tf.tensor1d([6, 0], "int32");
    expect(worldPictures({ count: 3, seed }).captions).toEqual(worldPictures({ count: 3, seed: 6 }).captions);
  });

  test("captions say nothing but what is there, and leave out size, colour and place now and then", () => {
    const { captions, scenes } = worldPictures({ count: 2000, seed: 6 });
    const described = captions.map(parseCaption);
    described.forEach((groups, i) => {
      expect(groups).toHaveLength(scenes[i].length);
      groups.forEach((group, k) => {
        expect(scenes[i][k]).toMatchObject(group);
      });
    });
    const groups = described.flat();
    const share = (name: "size" | "colour" | "place"): number =>
      groups.filter((group) => group[name] === undefined).length / groups.length;
    const limit = 4 * Math.sqrt(0.25 / groups.length);
    expect(Math.abs(share("size") - 0.4)).toBeLessThan(limit);
    expect(Math.abs(share("colour") - 0.25)).toBeLessThan(limit);
    expect(Math.abs(share("place") - 0.4)).toBeLessThan(limit);
  });

  test("full captions say everything; one group, two, or half of each", () => {
    const { captions, scenes } = worldPictures({ count: 400, seed: 7, captions: "full" });
    expect(captions).toEqual(scenes.map((scene) => captionOf(scene)));
    const single = scenes.filter(({ length }) => length === 1).length;
    expect(Math.abs(single / 400 - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / 400));
    for (const groups of [1, 2] as const) {
      const some = worldPictures({ count: 50, seed: 8, groups });
      expect(some.scenes.every(({ length }) => length === groups)).toBe(true);
    }
  });

  test("only the images stay in memory", () => {
    const before = tf.memory().numTensors;
    worldPictures({ count: 2, seed: 1 }).images.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test.each([
    [{ count: 0 }, "count is 0; use a whole number of 1 or more"],
    [{ count: 1, split: "test" }, 'split is "test"; use "train" or "heldOutCaptions" or "heldOutPairs"'],
    [{ count: 1, captions: "none" }, 'captions is "none"; use "partial" or "full"'],
    [{ count: 1, groups: 3 }, "groups is 3; use a whole number from 1 to 2"],
    [{ count: 1, seed: 0.5 }, "seed is 0.5; use a whole number"],
  ])("refuses %j", (options, message) => {
    expect(() => worldPictures(options as WorldOptions)).toThrow(RangeError);
    expect(() => worldPictures(options as WorldOptions)).toThrow(message);
  });
});
