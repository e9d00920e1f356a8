import { heatMap, histogram, lines, points, vegaLite, type Figure } from "../../../src/plot";
import { bundle, marksIn, picturesIn, textsIn, webAddresses } from "./pictures";

const x = { title: "t", unit: "steps" };
const y = { title: "value", unit: null };
const labels = { title: "A title", x, y, legend: "kind" };
const count = 20;
const t = Float64Array.from({ length: count }, (_, i) => i);

const figures: Record<string, () => Figure> = {
  lines: () =>
    lines(
      [
        { name: "one", x: t, y: t.map(Math.sqrt) },
        { name: "two", x: t, y: t },
      ],
      labels,
    ),
  points: () => points([{ name: "cloud", x: t, y: t.map(Math.sin) }], labels),
  histogram: () => histogram(t, { ...labels, density: { name: "curve", of: () => 1 / 19 } }),
  "heat map": () =>
    heatMap(
      {
        x: [0, 1],
        y: [0, 1],
        values: [
          [0, 1],
          [2, 3],
        ],
      },
      labels,
    ),
};

describe.each(Object.entries(figures))("%s", (_, make) => {
  test("has its title, its axes with units and its legend, large enough to be projected", async () => {
    const svg = await make().svg();
    expect(textsIn(svg)).toEqual(expect.arrayContaining(["A title", "t (steps)", "kind"]));
    const sizes = [...svg.matchAll(/font-size="(\d+)px"/g)].map(([, size]) => Number(size));
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(14);
  });

  test("one bundle: Vega-Lite, SVG and text, on white, with no address on the web", async () => {
    const shown = await bundle(make());
    expect(Object.keys(shown)).toEqual(["application/vnd.vegalite.v5+json", "image/svg+xml", "text/plain"]);
    expect(shown["application/vnd.vegalite.v5+json"]).toMatchObject({ config: { background: "white" } });
    expect(shown["image/svg+xml"]).toMatch(/<rect[^>]* fill="white"/);
    expect(shown["text/plain"]).toBe("Figure: A title");
    expect(webAddresses(JSON.stringify(shown))).toEqual([]);
  });
});

test("lines: one line for each series, named in the legend, through its points", async () => {
  const svg = await figures.lines().svg();
  expect(marksIn(svg, "line")).toBe(2);
  expect(textsIn(svg)).toEqual(expect.arrayContaining(["one", "two"]));
  const paths = [...svg.matchAll(/<path aria-label[^>]* d="(M[^"]*)"/g)].map(([, d]) => d.split("L").length);
  expect(paths).toEqual([count, count]);
});

test("lines keep the order of their points: a spiral is not sorted by x", () => {
  const figure = lines([{ name: "loop", x: [0, 1, 0.5], y: [0, 0, 1] }], labels);
  expect(figure.spec).toMatchObject({ encoding: { order: { field: "i" } } });
});

test("points: a mark for each", async () => {
  expect(marksIn(await figures.points().svg(), "symbol")).toBe(count);
});

test("a logarithmic axis needs values above 0", async () => {
  const figure = lines([{ name: "a", x: [1, 2], y: [0, 1] }], { ...labels, y: { ...y, scale: "log" } });
  await expect(figure.svg()).rejects.toThrow(/logarithmic scale needs values above 0/);
});

test("the figure is drawn without a copy of its schema's address, and the specification given is left as it was", () => {
  const spec = Object.freeze({
    $schema: "https://example.org/v5.json",
    mark: "bar",
    data: { values: [{ a: 1 }] },
  });
  expect(vegaLite({ ...spec, encoding: { x: { field: "a" } } }).spec).not.toHaveProperty("$schema");
  expect(spec.$schema).toBeDefined();
});

test("paths are short", async () => {
  expect(await figures.points().svg()).not.toMatch(/ (d|transform)="[^"]*\.\d{3}/);
});

describe("nothing is drawn in silence from bad data", () => {
  const bars = (values: object[], more: object = {}): Figure =>
    vegaLite({
      data: { values },
      mark: "bar",
      encoding: { x: { field: "a", type: "quantitative" } },
      ...more,
    });

  test.each([NaN, Infinity, undefined])("%p in a used field", (bad) => {
    expect(() => bars([{ a: 1 }, { a: bad }])).toThrow(`"a" is ${String(bad)} in row 1 of 2`);
  });

  test("in a layer with inherited data", () => {
    const layer = [{ mark: "line", encoding: { y: { field: "b" } } }];
    expect(() => vegaLite({ data: { values: [{ b: NaN }] }, layer })).toThrow(/"b" is NaN/);
  });

  test("a field that is not there", () => {
    expect(() => bars([{ b: 1 }])).toThrow(/uses the field "a", but its data have only: b/);
  });

  test("an unused field may hold anything, and null is a gap", () => {
    expect(() => bars([{ a: 1, b: NaN }, { a: null }])).not.toThrow();
  });

  test("an empty figure", async () => {
    await expect(bars([]).svg()).rejects.toThrow(/figure is empty/);
    await expect(bars([{ a: 1 }], { transform: [{ filter: "datum.a > 9" }] }).svg()).rejects.toThrow(
      /figure is empty/,
    );
  });

  test.each<[string, () => unknown, RegExp]>([
    [
      "lines of two lengths",
      () => lines([{ name: "s", x: [1], y: [1, 2] }], labels),
      /"s": x has 1 values and y has 2/,
    ],
    ["lines without points", () => lines([{ name: "s", x: [], y: [] }], labels), /"s": there is no data/],
    ["lines with NaN", () => lines([{ name: "s", x: [1], y: [NaN] }], labels), /"s"\.y\[0\] is NaN/],
    ["points with NaN", () => points([{ name: "s", x: [NaN], y: [1] }], labels), /"s"\.x\[0\] is NaN/],
    [
      "a density with NaN",
      () => histogram(t, { ...labels, density: { name: "d", of: () => NaN } }),
      /"density" is NaN/,
    ],
  ])("%s", (_, make, message) => {
    expect(make).toThrow(message);
  });
});

test("a map of 200 × 200 cells is one small image", async () => {
  const axis = Array.from({ length: 200 }, (_, i) => i);
  const values = axis.map((i) => axis.map((j) => Math.exp(-((i - 80) ** 2 + (j - 120) ** 2) / 900)));
  const shown = await bundle(heatMap({ x: axis, y: axis, values }, labels));
  expect(JSON.stringify(shown).length).toBeLessThan(300_000);
  const [image] = picturesIn(String(shown["image/svg+xml"]));
  expect([image.width, image.height]).toEqual([200, 200]);
});
