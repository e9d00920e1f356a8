import {
  alignment,
  captionOf,
  checkCaption,
  drawScene,
  tf,
  worldColours,
  worldPictures,
  worldShapes,
  type CaptionCheck,
  type Group,
  type Scene,
} from "diffusion";
import { examples, noisy, singleScenes } from "./scenes";

const right: CaptionCheck = { all: true, count: true, shape: true, colour: true, size: true, place: true };
const wrong = (...names: (keyof CaptionCheck)[]): CaptionCheck => ({
  ...right,
  all: false,
  ...Object.fromEntries(names.map((name) => [name, false])),
});

/** Each attribute changed to another value. */
const changes: readonly (readonly [keyof CaptionCheck & keyof Group, (group: Group) => Partial<Group>])[] = [
  ["count", ({ count }) => ({ count: ((count % 3) + 1) as 1 | 2 | 3 })],
  ["shape", ({ shape }) => ({ shape: next(worldShapes, shape) })],
  ["colour", ({ colour }) => ({ colour: next(worldColours, colour) })],
  ["size", ({ size }) => ({ size: size === "small" ? "large" : "small" })],
];

function next<Value>(values: readonly Value[], value: Value): Value {
  return values[(values.indexOf(value) + 1) % values.length];
}

describe("checkCaption", () => {
  test("every picture has its own caption", () => {
    for (const { pixels, caption } of examples({ count: 1000, seed: 11 })) {
      expect([caption, checkCaption(pixels, caption)]).toEqual([caption, right]);
    }
  });

  test("also under noise, but for one in a hundred", () => {
    const failed = examples({ count: 500, seed: 12, split: "heldOutPairs" }).filter(
      ({ pixels, caption }, i) => !checkCaption(noisy(pixels, 0.1, i), caption).all,
    );
    expect(failed.length).toBeLessThanOrEqual(2);
  });

  test.each(changes)("one group: only %s is wrong if only that is wrong", (name, change) => {
    singleScenes
      .filter((_, i) => i % 7 === 0)
      .forEach(([group], seed) => {
        // A place in the middle is smaller for one object than for several.
        if (name === "count" && group.place === "middle") return;
        const caption = captionOf([{ ...group, ...change(group) }]);
        expect([caption, checkCaption(drawScene([group], seed), caption)]).toEqual([caption, wrong(name)]);
      });
  });

  test.each([
    ["left", "right"],
    ["top", "bottom"],
    ["left", "middle"],
    ["bottom", "middle"],
  ] as const)("one group: what is on the %s is not on the %s, and the other way round", (place, other) => {
    singleScenes
      .filter(([group], i) => group.place === place && i % 3 === 0)
      .forEach(([group], seed) => {
        const drawn = (where: typeof place | typeof other): Float32Array =>
          drawScene([{ ...group, place: where }], seed);
        expect(checkCaption(drawn(place), captionOf([{ ...group, place: other }]))).toEqual(wrong("place"));
        const back = checkCaption(drawn(other), captionOf([group]));
        // What is in the middle may be in the left half, too.
        if (other !== "middle") expect(back).toEqual(wrong("place"));
      });
  });

  test.each(changes)("two groups: only %s is wrong if one group's is", (name, change) => {
    examples({ count: 100, seed: 13, groups: 2 }).forEach(({ scene, pixels }, i) => {
      const changed = scene.map((group, k) => (k === i % 2 ? { ...group, ...change(group) } : group));
      const caption = captionOf(changed);
      expect([caption, checkCaption(pixels, caption)]).toEqual([caption, wrong(name)]);
    });
  });

  const scene: Scene = [
    { count: 2, size: "small", colour: "red", shape: "circle", place: "left" },
    { count: 1, size: "large", colour: "blue", shape: "square", place: "right" },
  ];

  test("binding: colours, shapes or places of the groups exchanged", () => {
    const pixels = drawScene(scene, 1);
    expect(
      checkCaption(pixels, "two small blue circles on the left and a large red square on the right"),
    ).toEqual(wrong("colour"));
    expect(
      checkCaption(pixels, "two small red squares on the left and a large blue circle on the right"),
    ).toEqual(wrong("shape"));
    expect(
      checkCaption(pixels, "two small red circles on the right and a large blue square on the left"),
    ).toEqual(wrong("place"));
    // Without sizes and places it could as well be the shapes that are exchanged; the shape counts as what it is.
    expect(checkCaption(pixels, "two blue circles and a red square")).toMatchObject({
      shape: true,
      colour: false,
    });
  });

  test("what the caption does not name is undefined, and may be anything", () => {
    const pixels = drawScene(scene, 2);
    expect(checkCaption(pixels, "two circles and a square")).toEqual({
      all: true,
      count: true,
      shape: true,
      colour: undefined,
      size: undefined,
      place: undefined,
    });
    expect(checkCaption(pixels, "a blue square and two circles")).toMatchObject({ all: true, colour: true });
    expect(checkCaption(pixels, "two blue circles and a square")).toMatchObject({
      all: false,
      colour: false,
    });
    expect(
      checkCaption(pixels, [
        { count: 1, shape: "square" },
        { count: 2, shape: "circle" },
      ]).all,
    ).toBe(true);
  });

  test("no more and no fewer: missing groups and additional objects", () => {
    const pixels = drawScene(scene, 3);
    expect(checkCaption(pixels, captionOf(scene.slice(0, 1)))).toMatchObject({ all: false, count: false });
    const single = drawScene(scene.slice(0, 1), 3);
    expect(checkCaption(single, captionOf(scene))).toMatchObject({ all: false, count: false, shape: false });
    const empty = new Float32Array(3072).fill(-0.7);
    expect(checkCaption(empty, captionOf(scene))).toEqual(wrong("count", "shape", "colour", "size", "place"));
  });

  test("one object of a group that is wrong makes the group wrong", () => {
    // The upper half of one picture, the lower of another: a red and a green circle.
    const half = (colour: "red" | "green", place: "top" | "bottom"): Float32Array =>
      drawScene([{ count: 1, size: "small", colour, shape: "circle", place }], 4);
    const [top, bottom] = [half("red", "top"), half("green", "bottom")];
    const both = top.map((value, i) => (bottom[i] === bottom[0] ? value : bottom[i]));
    expect(checkCaption(both, "two small red circles")).toEqual({ ...wrong("colour"), place: undefined });
    expect(checkCaption(both, "two circles").all).toBe(true);
    expect(checkCaption(both, "a red circle at the top and a green circle at the bottom").all).toBe(true);
  });

  test("refuses captions that it does not understand", () => {
    expect(() => checkCaption(drawScene(scene, 1), "a pink circle")).toThrow('the word "pink"');
  });
});

describe("alignment", () => {
  test("is 1 for pictures and their captions, with the numbers of those that name an attribute", async () => {
    const { images, captions } = worldPictures({ count: 60, seed: 14 });
    const result = await alignment(images, captions);
    expect(result.all).toEqual({ share: 1, standardError: 0, pictures: 60 });
    expect(result.colour.pictures).toBe(
      captions.filter((caption) => worldColours.some((colour) => caption.includes(colour))).length,
    );
  });

  test("counts what is wrong", async () => {
    const group: Group = { count: 1, size: "large", colour: "red", shape: "square", place: "left" };
    const pixels = [0, 1, 2, 3].map((seed) => [...drawScene([group], seed)]);
    const images = tf.tensor(pixels).reshape<tf.Tensor4D>([4, 32, 32, 3]);
    const captions = ["a red square", "a large red square", "a blue square on the left", "two red squares"];
    expect(await alignment(images, captions)).toEqual({
      all: { share: 0.5, standardError: 0.25, pictures: 4 },
      count: { share: 0.75, standardError: Math.sqrt(0.1875 / 4), pictures: 4 },
      shape: { share: 1, standardError: 0, pictures: 4 },
      colour: { share: 0.75, standardError: Math.sqrt(0.1875 / 4), pictures: 4 },
      size: { share: 1, standardError: 0, pictures: 1 },
      place: { share: 1, standardError: 0, pictures: 1 },
    });
    const none = await alignment(
      images,
      captions.map(() => "a square"),
    );
    expect(none.size).toEqual({ share: NaN, standardError: NaN, pictures: 0 });
  });

  test("exchanged captions are no longer aligned", async () => {
    const { images, captions } = worldPictures({ count: 100, seed: 15, captions: "full" });
    const { all } = await alignment(images, [...captions.slice(1), captions[0]]);
    expect(all.share).toBeLessThan(0.05);
  });

  test("refuses images and captions that do not fit", async () => {
    await expect(alignment(tf.zeros([2, 32, 32, 3]), ["a circle"])).rejects.toThrow(
      "images has the shape [2, 32, 32, 3]; use [1, 32, 32, 3]",
    );
    await expect(alignment(tf.zeros([1, 32, 32, 3]), ["a cow"])).rejects.toThrow('the word "cow"');
  });
});
