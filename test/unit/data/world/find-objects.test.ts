import { drawScene, findObjects, worldShapes, type FoundObject, type Scene } from "diffusion";
import { foregroundOf } from "../../../../src/data/world/foreground";
import { layOut, type PlacedObject } from "../../../../src/data/world/layout";
import { uniformStream } from "../../../../src/data/uniform-stream";
import { blurred, examples, noisy } from "./scenes";

const scenes = [
  ...examples({ count: 1000, seed: 1 }),
  ...examples({ count: 500, seed: 2, split: "heldOutPairs" }),
].map(({ scene }) => scene);

/** What was drawn with that seed: the background takes the first number. */
function drawnObjects(scene: Scene, seed: number): PlacedObject[] {
  const random = uniformStream(seed);
  random.next();
  return layOut(scene, random);
}

const nearest = (found: readonly FoundObject[], { x, y }: PlacedObject): FoundObject =>
  found.reduce((a, b) => (Math.hypot(b.x - x, b.y - y) < Math.hypot(a.x - x, a.y - y) ? b : a));

/** Of how many scenes something is not seen as it was drawn. */
function mistakes(
  from: number,
  to: number,
  change: (pixels: Float32Array, i: number) => Float32Array,
  near: number,
): number {
  return scenes.slice(from, to).filter((scene, i) => {
    const found = findObjects(change(drawScene(scene, i), i));
    const drawn = drawnObjects(scene, i);
    const right = drawn.every((object) => {
      const seen = nearest(found, object);
      return (
        seen.shape === object.shape &&
        seen.colour === object.group.colour &&
        seen.size === object.group.size &&
        Math.hypot(seen.x - object.x, seen.y - object.y) < near
      );
    });
    return !right || found.length !== drawn.length;
  }).length;
}

describe("findObjects sees what was drawn", () => {
  test("in every one of 1500 pictures, to a sixth of a pixel", () => {
    expect(mistakes(0, 1500, (pixels) => pixels, 1 / 6)).toBe(0);
  });

  test("under noise with a standard deviation of 0.1, in at least 99 of 100", () => {
    expect(mistakes(0, 600, (pixels, i) => noisy(pixels, 0.1, i), 1 / 2)).toBeLessThanOrEqual(1);
  });

  test("blurred, and with noise on it", () => {
    expect(mistakes(0, 400, (pixels) => blurred(pixels, 0.25), 1 / 2)).toBe(0);
    const both = (pixels: Float32Array, i: number): Float32Array => noisy(blurred(pixels, 0.2), 0.05, i);
    expect(mistakes(400, 800, both, 1 / 2)).toBeLessThanOrEqual(1);
  });

  test("with its area, of which a near neighbour may take a little", () => {
    const unitArea = { circle: 0.785, square: 0.74, triangle: 0.499, cross: 0.576 };
    scenes.slice(0, 200).forEach((scene, i) => {
      const found = findObjects(drawScene(scene, i));
      const drawn = drawnObjects(scene, i);
      for (const object of drawn) {
        const area = unitArea[object.shape] * object.diameter ** 2;
        const limit = drawn.length === 1 ? 0.8 : 0.1 * area;
        expect(Math.abs(nearest(found, object).area - area)).toBeLessThan(limit);
      }
    });
  });
});

test("the background is found behind six large objects, under noise", () => {
  const halves = (["left", "right"] as const).map(
    (place) => ({ count: 3, size: "large", colour: "white", shape: "square", place }) as const,
  );
  for (let seed = 0; seed < 10; seed++) {
    const pixels = drawScene(halves, seed);
    const { background } = foregroundOf(noisy(pixels, 0.1, seed));
    for (const value of background) expect(Math.abs(value - pixels[0])).toBeLessThan(0.03);
  }
});

describe("findObjects on other pictures", () => {
  const grey = -0.7;
  const red = [0.9, -0.7, -0.7];
  /** Grey but for the pixels of a colour. */
  const picture = (inside: (x: number, y: number) => boolean, colour = red): Float32Array =>
    Float32Array.from({ length: 3072 }, (_, i) => {
      const pixel = Math.floor(i / 3);
      return inside(pixel % 32, Math.floor(pixel / 32)) ? colour[i % 3] : grey;
    });

  test("nothing in an empty picture, and specks are nothing", () => {
    expect(findObjects(picture(() => false))).toEqual([]);
    expect(findObjects(picture((x, y) => y === 5 && (x === 8 || x === 9 || x === 20)))).toEqual([]);
  });

  test("a blob is an object without a shape", () => {
    const bar = picture((x, y) => x > 3 && x < 28 && y > 10 && y < 14);
    const corner = picture((x, y) => x > 8 && x < 20 && y > 8 && y < 20 && (x < 11 || y > 17));
    for (const pixels of [bar, corner]) {
      expect(findObjects(pixels)).toMatchObject([{ shape: undefined, size: undefined, colour: "red" }]);
    }
  });

  test("two that touch are one thing, of no shape", () => {
    const pixels = picture((x, y) => y >= 10 && y < 17 && x >= 5 && x < 20 && (x !== 12 || y === 13));
    expect(findObjects(pixels)).toMatchObject([{ shape: undefined }]);
  });

  test("a square of no size, and one of no colour", () => {
    const square = (from: number, to: number) => (x: number, y: number) =>
      Math.min(x, y) >= from && Math.max(x, y) < to;
    expect(findObjects(picture(square(8, 20)))).toMatchObject([{ shape: "square", size: undefined }]);
    expect(findObjects(picture(square(8, 11)))).toMatchObject([{ size: undefined }]);
    expect(findObjects(picture(square(8, 16), [-0.7, 0.8, 0.8]))).toMatchObject([
      { shape: "square", size: "large", colour: undefined },
    ]);
  });

  test("pure noise is not full of objects, and one colour is no object", () => {
    expect(
      findObjects(
        noisy(
          picture(() => false),
          0.1,
          1,
        ),
      ),
    ).toEqual([]);
    expect(findObjects(new Float32Array(3072).fill(0.95))).toEqual([]);
  });

  test("refuses what is no picture", () => {
    expect(() => findObjects(new Float32Array(3071))).toThrow(
      "pixels has 3071 numbers; give one picture of 32 × 32 × 3 = 3072",
    );
    expect(() => findObjects(new Float32Array(3072).fill(NaN))).toThrow("pixels[0] is NaN");
  });

  test("knows all shapes, at every place between pixels", () => {
    for (const shape of worldShapes) {
      for (let seed = 0; seed < 40; seed++) {
        const scene: Scene = [{ count: 1, size: "small", shape, colour: "green", place: "middle" }];
        expect(findObjects(drawScene(scene, seed))).toMatchObject([{ shape, size: "small" }]);
      }
    }
  });
});
