import {
  drawScene,
  findObjects,
  tf,
  worldColours,
  worldPlaces,
  worldShapes,
  worldSizes,
  type Scene,
  type Shape,
} from "diffusion";
import { layOut, type PlacedObject } from "../../../../src/data/world/layout";
import { palette } from "../../../../src/data/world/palette";
import { unitArea } from "../../../../src/data/world/shapes";
import { stamp } from "../../../../src/data/world/stamp";
import { uniformStream } from "../../../../src/data/uniform-stream";
import { along, areaOf, contains, outline, type Point } from "./outlines";
import { examples, singleScenes } from "./scenes";

const ofBoth = (size: "small" | "large", shape: Shape, count: 1 | 2 | 3, places: [string, string]): Scene =>
  places.map((place) => ({ count, size, shape, colour: "red", place }) as Scene[number]);

describe.each(worldShapes)("a drawn %s", (shape) => {
  const cases = [5.6, 9.2].flatMap((diameter) =>
    [0, 0.3, 0.5, 0.8].map((shift) => ({ shape, diameter, x: 15 + shift, y: 16.6 - shift })),
  );

  test("has the area of its outline, about its centre of gravity", () => {
    for (const object of cases) {
      const exact =
        shape === "circle" ? Math.PI * (object.diameter / 2) ** 2 : areaOf(outline(shape, object.diameter));
      let [area, x, y] = [0, 0, 0];
      stamp(object, (row, column, share) => {
        area += share;
        x += share * (column + 0.5);
        y += share * (row + 0.5);
      });
      expect(unitArea[shape] * object.diameter ** 2).toBeCloseTo(exact, 10);
      // Soft edges add about a third of a pixel (half a pixel at the corners of a triangle).
      expect(area - exact).toBeGreaterThan(-0.4);
      expect(area - exact).toBeLessThan(0.7);
      expect(Math.hypot(x / area - object.x, y / area - object.y)).toBeLessThan(0.1);
    }
  });

  test("covers of each pixel what its outline does", () => {
    const fine = Array.from({ length: 10 }, (_, i) => (i + 0.5) / 10);
    for (const object of cases.slice(0, 3)) {
      const points = outline(shape, object.diameter);
      const drawn = new Float32Array(32 * 32);
      stamp(object, (row, column, share) => (drawn[32 * row + column] = share));
      const errors = Array.from(drawn, (share, pixel) => {
        const inside = fine.flatMap((down) =>
          fine.map((right) =>
            contains(points, (pixel % 32) + right - object.x, Math.floor(pixel / 32) + down - object.y),
          ),
        );
        return Math.abs(share - inside.filter(Boolean).length / 100);
      });
      expect(Math.max(...errors)).toBeLessThan(0.4);
      expect(errors.reduce((sum, error) => sum + error, 0)).toBeLessThan(2);
    }
  });
});

describe("layout", () => {
  const crowded = worldShapes.flatMap((shape) => [
    ofBoth("large", shape, 3, ["left", "right"]),
    ofBoth("large", shape, 3, ["bottom", "top"]),
  ]);
  const mixed = examples({ count: 40, seed: 1 }).map(({ scene }) => scene);
  const layouts = [...crowded, ...mixed].map((scene, i) => layOut(scene, uniformStream(i)));
  const edge = (object: PlacedObject): Point[] =>
    along(outline(object.shape, object.diameter), 0.5).map(([x, y]) => [x + object.x, y + object.y]);

  test("objects are at least 1.8 pixels apart, and inside the frame", () => {
    for (const objects of layouts) {
      const edges = objects.map(edge);
      edges.forEach((points, i) => {
        const near = points.map(([x, y]) => Math.min(x, y, 32 - x, 32 - y));
        expect(Math.min(...near)).toBeGreaterThan(0.74);
        for (const others of edges.slice(0, i)) {
          let least = Infinity;
          for (const [x, y] of points) {
            for (const [u, v] of others) least = Math.min(least, (x - u) ** 2 + (y - v) ** 2);
          }
          expect(Math.sqrt(least)).toBeGreaterThan(1.79);
        }
      });
    }
  });

  test("every scene of one group finds room, clearly in its place and, in a half, not all in the middle", () => {
    singleScenes.forEach(([group], i) => {
      const objects = layOut([group], uniformStream(i));
      const right = objects.map(({ x }) => x - 16);
      const down = objects.map(({ y }) => y - 16);
      const reach = group.count === 1 ? 32 / 6 : 8;
      const inMiddle = Math.max(...[...right, ...down].map(Math.abs));
      const sides = {
        left: Math.max(...right),
        right: -Math.min(...right),
        top: Math.max(...down),
        bottom: -Math.min(...down),
      };
      expect(objects).toHaveLength(group.count);
      if (group.place === "middle") expect(inMiddle).toBeLessThan(reach - 1.49);
      else {
        expect(inMiddle).toBeGreaterThanOrEqual(reach);
        expect(sides[group.place]).toBeLessThanOrEqual(-1.5 + 1e-6);
      }
    });
  });

  test.each([1, 2, 3] as const)("groups of %i keep their pattern, and move within it", (count) => {
    for (const place of worldPlaces) {
      const group = { count, size: "small", colour: "red", shape: "circle", place } as const;
      const drawn = Array.from({ length: 60 }, (_, i) => layOut([group], uniformStream(i)));
      for (let k = 0; k < count; k++) {
        for (const axis of ["x", "y"] as const) {
          const values = drawn.map((objects) => objects[k][axis]);
          const range = Math.max(...values) - Math.min(...values);
          // 3 / count pixels to each side together, and 0.75 by itself; 4 % of the diameter move the room.
          expect(range).toBeLessThan(2 * (3 / count + 0.75) + 0.3);
          expect(range).toBeGreaterThan(0.9);
        }
      }
    }
  });

  test("diameters stay within 4 % of their class, and fill that range", () => {
    for (const [size, diameter] of [
      ["small", 5.75],
      ["large", 9],
    ] as const) {
      const ratios = layouts
        .flat()
        .filter((o) => o.group.size === size)
        .map((o) => o.diameter / diameter);
      expect(Math.min(...ratios)).toBeGreaterThanOrEqual(0.96);
      expect(Math.max(...ratios)).toBeLessThanOrEqual(1.04);
      expect(Math.max(...ratios) - Math.min(...ratios)).toBeGreaterThan(0.07);
    }
  });
});

describe("drawScene", () => {
  const scene: Scene = [{ count: 1, size: "large", colour: "yellow", shape: "square", place: "top" }];

  test("32 × 32 × 3 numbers: the same for the same seed, others for another", () => {
    const pixels = drawScene(scene, 3);
    expect(pixels).toHaveLength(3072);
    expect(drawScene(scene, 3)).toEqual(pixels);
    expect(drawScene(scene, tf.tensor1d([3, 0], "int32"))).toEqual(pixels);
    expect(drawScene(scene, 4)).not.toEqual(pixels);
  });

  test.each(worldColours)(
    "a grey between -0.8 and -0.55 behind, %s in the middle of the object",
    (colour) => {
      const greys = Array.from({ length: 100 }, (_, seed) => {
        const pixels = drawScene([{ ...scene[0], colour, place: "middle" }], seed);
        expect(pixels[0]).toBe(pixels[1]);
        expect(pixels[0]).toBe(pixels[3071]);
        const [{ x, y }] = findObjects(pixels);
        const centre = 3 * (32 * Math.floor(y) + Math.floor(x));
        palette[colour].forEach((value, c) => {
          expect(pixels[centre + c]).toBeCloseTo(value, 5);
        });
        return pixels[0];
      });
      expect(Math.min(...greys)).toBeGreaterThanOrEqual(Math.fround(-0.8));
      expect(Math.max(...greys)).toBeLessThanOrEqual(-0.55);
      expect(Math.max(...greys) - Math.min(...greys)).toBeGreaterThan(0.2);
    },
  );

  test("colours are far from each other and from all backgrounds", () => {
    const all = [
      [-0.8, -0.8, -0.8],
      [-0.55, -0.55, -0.55],
    ];
    worldColours.forEach((colour) => {
      for (const other of all) {
        expect(Math.hypot(...palette[colour].map((value, c) => value - other[c]))).toBeGreaterThan(1.1);
      }
      all.push([...palette[colour]]);
    });
  });

  test.each([
    [[], "scene has 0 groups; give one or two"],
    [[...scene, ...scene, ...scene], "scene has 3 groups; give one or two"],
    [[scene[0], scene[0]], 'the places "top" and "top"; two groups need opposite halves: "left" and "right"'],
    [[{ ...scene[0], place: "middle" }, scene[0]], 'the places "middle" and "top"'],
    [[{ ...scene[0], colour: "pink" }], 'scene[0].colour is "pink"; use one of "red", "green"'],
    [[{ ...scene[0], count: 4 }], "scene[0].count is 4; use one of 1, 2, 3"],
    [[{ count: 1, shape: "circle" }], 'scene[0].size is undefined; use one of "small", "large"'],
  ])("refuses what is no scene: %j", (wrong, message) => {
    expect(() => drawScene(wrong as unknown as Scene, 1)).toThrow(RangeError);
    expect(() => drawScene(wrong as unknown as Scene, 1)).toThrow(message);
  });

  test("sizes differ by the eye's measure, the area", () => {
    const area = (size: (typeof worldSizes)[number], seed: number): number => {
      const pixels = drawScene([{ ...scene[0], size }], seed);
      return (
        pixels.reduce((sum, value, i) => sum + (i % 3 === 0 ? value - pixels[0] : 0), 0) / (0.95 - pixels[0])
      );
    };
    for (let seed = 0; seed < 50; seed++) {
      expect(area("small", seed)).toBeLessThan((0.86 * 5.75 * 1.04) ** 2 + 0.7);
      expect(area("large", seed)).toBeGreaterThan((0.86 * 9 * 0.96) ** 2 - 0.4);
    }
  });
});
