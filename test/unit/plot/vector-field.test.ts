import { vectorField, type VectorField } from "../../../src/plot";
import { bundle, marksIn, textsIn, webAddresses } from "./pictures";

const options = {
  title: "The score",
  x: { title: "first", unit: "cm", domain: [-2, 2] as const },
  y: { title: "second", unit: null },
  legend: "length",
};
const field: VectorField = { x: [0, 1, 0, 1], y: [0, 0, 1, 1], u: [0, 3, -1, 1], v: [2, 0, 0, -1] };

interface Layer {
  readonly data: { readonly values: readonly Record<string, number>[] };
}
const layersOf = (spec: object): readonly Layer[] => (spec as { layer: readonly Layer[] }).layer;

test("an arrow for each vector, with its length as colour", async () => {
  const figure = vectorField(field, options);
  const [arrows] = layersOf(figure.spec);
  expect(arrows.data.values.map(({ x, y }) => [x, y])).toEqual([
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
  ]);
  expect(arrows.data.values.map(({ length }) => length)).toEqual([2, 3, 1, 1.41421]);
  const svg = await figure.svg();
  expect(marksIn(svg, "symbol")).toBe(4);
  expect(textsIn(svg)).toEqual(expect.arrayContaining(["The score", "first (cm)", "second", "length"]));
  expect(webAddresses(svg)).toEqual([]);
});

test("angles are Vega's: clockwise from up", () => {
  const square = { ...options, y: { ...options.y, domain: [-2, 2] as const }, width: 300, height: 300 };
  const [arrows] = layersOf(vectorField(field, square).spec);
  // Up, right, left, and down to the right.
  expect(arrows.data.values.map(({ angle }) => angle)).toEqual([0, 90, -90, 135]);
});

test("angles are those on the screen, where the axes have scales of their own", () => {
  // A unit is 100 pixels wide and 50 high, so that (1, -1) points flatly down.
  const flat = { ...options, y: { ...options.y, domain: [-4, 4] as const }, width: 400, height: 400 };
  const [arrows] = layersOf(vectorField(field, flat).spec);
  expect(arrows.data.values[3].angle).toBe(Math.round(90 + (Math.atan(50 / 100) * 180) / Math.PI));
});

test("the drawn arrows point there", async () => {
  const one = (u: number, v: number): Promise<string> =>
    vectorField({ x: [0], y: [0], u: [u], v: [v] }, options).svg();
  const transform = async (u: number, v: number): Promise<string> =>
    /<path[^>]*transform="[^"]*rotate\(([-\d.]+)\)/.exec(await one(u, v))?.[1] ?? "0";
  expect(Number(await transform(1, 0))).toBe(90);
  expect(Number(await transform(0, -1))).toBe(180);
  expect(Number(await transform(0, 1))).toBe(0);
  expect(await one(0, 1)).toMatch(/<path[^>]* d="[^"]*L0,-/); // its tip is up
});

test("points lie below the arrows", async () => {
  const figure = vectorField(field, { ...options, points: { name: "data", x: [0.5, -1, 1], y: [0, 1, -1] } });
  const [below, above] = layersOf(figure.spec);
  expect(below.data.values).toEqual([
    { x: 0.5, y: 0 },
    { x: -1, y: 1 },
    { x: 1, y: -1 },
  ]);
  expect(above.data.values).toHaveLength(4);
  expect(marksIn(await figure.svg(), "symbol")).toBeGreaterThanOrEqual(3);
});

test("a vector of no length is drawn, too", async () => {
  const svg = await vectorField({ x: [0], y: [0], u: [0], v: [0] }, options).svg();
  expect(marksIn(svg, "symbol")).toBe(1);
});

test("it is shown interactively, and as a picture", async () => {
  const shown = await bundle(vectorField(field, options));
  expect(Object.keys(shown)).toEqual(["application/vnd.vegalite.v5+json", "image/svg+xml", "text/plain"]);
});

describe("bad input is refused by name", () => {
  test.each<[Partial<VectorField>, string]>([
    [{ x: [], y: [], u: [], v: [] }, "vectorField: field: there is no data"],
    [{ y: [0] }, "vectorField: field: x has 4 values and y has 1"],
    [{ v: [0] }, "vectorField: vectors: x has 4 values and y has 1"],
    [{ u: [0], v: [0] }, "vectorField: there are 1 vectors for 4 places; give one for each"],
    [{ u: [0, NaN, 0, 0] }, "vectorField: u[1] is NaN: only finite numbers can be drawn"],
    [{ x: [0, 1, 0, Infinity] }, "vectorField: x[3] is Infinity"],
  ])("%j", (bad, message) => {
    expect(() => vectorField({ ...field, ...bad }, options)).toThrow(message);
  });

  test.each([
    [{ x: [1, 2], y: [1] }, "vectorField: points: x has 2 values and y has 1"],
    [{ x: [1], y: [1, 2] }, "vectorField: points: x has 1 values and y has 2"],
    [{ x: [1], y: [NaN] }, "vectorField: points.y[0] is NaN"],
  ])("points %j", (points, message) => {
    expect(() => vectorField(field, { ...options, points: { name: "p", ...points } })).toThrow(message);
  });
});
