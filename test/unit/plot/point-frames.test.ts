import { pointFrames, type PointFrame } from "../../../src/plot";
import { bundle, marksIn, textsIn, webAddresses } from "./pictures";

const options = {
  title: "Samples on their way",
  x: { title: "first", unit: null, domain: [-3, 3] as const },
  y: { title: "second", unit: null, domain: [-3, 3] as const },
  slider: "t",
};
const frames: PointFrame[] = [
  { at: 100, x: [0, 1, 2], y: [0, 1, 2] },
  { at: 50, x: [0, 1], y: [0.5, 1.5] },
  { at: 0, x: [-1, 1, 0, 2], y: [0.123456, 0, 1, 1] },
];

interface Spec {
  readonly params: readonly { name: string; value: number; bind: Record<string, unknown> }[];
  readonly layer: readonly { data: { values: readonly Record<string, number>[] }; transform?: object[] }[];
}

test("the slider goes over all frames, and stands at the last", async () => {
  const figure = pointFrames(frames, options);
  const { params, layer } = figure.spec as unknown as Spec;
  expect(params).toEqual([
    { name: "frame", value: 2, bind: { input: "range", min: 0, max: 2, step: 1, name: "frame " } },
  ]);
  const rows = layer[0].data.values;
  expect(rows.map(({ frame }) => frame)).toEqual([0, 0, 0, 1, 1, 2, 2, 2, 2]);
  expect(rows[4]).toEqual({ frame: 1, x: 1, y: 1.5 });
  expect(rows[5]).toEqual({ frame: 2, x: -1, y: 0.123 });
  const svg = await figure.svg();
  expect(marksIn(svg, "symbol")).toBe(4);
  expect(textsIn(svg)).toEqual(expect.arrayContaining(["Samples on their way", "t = 0", "first", "second"]));
  expect(webAddresses(svg)).toEqual([]);
});

test("at another place of the slider, its frame and its name are seen", async () => {
  const { spec } = pointFrames(frames, options);
  const { params } = spec as unknown as Spec;
  // As the page does when the slider moves.
  const { vegaLite } = await import("../../../src/plot");
  const svg = await vegaLite({ ...spec, params: [{ ...params[0], value: 1 }] }).svg();
  expect(marksIn(svg, "symbol")).toBe(2);
  expect(textsIn(svg)).toContain("t = 50");
});

test("the background stays at all frames", async () => {
  const background = { name: "data", x: [0.5, -0.5], y: [1, 2] };
  const svg = await pointFrames(frames, { ...options, background }).svg();
  // Two points, and one in the legend.
  expect(svg.match(/<path[^>]*fill="#aaaaaa"/g)).toHaveLength(3);
  expect(textsIn(svg)).toContain("data");
});

test("one frame is enough, and the size of points is a choice", async () => {
  const figure = pointFrames([frames[0]], { ...options, pointSize: 99, width: 300, height: 300 });
  expect(figure.spec).toMatchObject({ width: 300, height: 300 });
  expect(JSON.stringify(figure.spec)).toContain('"size":99');
  expect(marksIn(await figure.svg(), "symbol")).toBe(3);
});

test("it is shown interactively, and as a picture", async () => {
  const shown = await bundle(pointFrames(frames, options));
  expect(Object.keys(shown)).toEqual(["application/vnd.vegalite.v5+json", "image/svg+xml", "text/plain"]);
});

describe("bad input is refused by name", () => {
  test.each<[PointFrame[], string]>([
    [[], "pointFrames: there are no frames; give at least one"],
    [[{ at: 1, x: [], y: [] }], "pointFrames: frames[0]: there is no data"],
    [[frames[0], { at: 1, x: [1, 2], y: [1] }], "pointFrames: frames[1]: x has 2 values and y has 1"],
    [[{ at: NaN, x: [1], y: [1] }], "pointFrames: frames[0].at[0] is NaN"],
    [[{ at: 1, x: [NaN], y: [1] }], "pointFrames: frames[0].x[0] is NaN: only finite numbers can be drawn"],
    [[{ at: 1, x: [1], y: [Infinity] }], "pointFrames: frames[0].y[0] is Infinity"],
  ])("%j", (bad, message) => {
    expect(() => pointFrames(bad, options)).toThrow(message);
  });

  test("too many points", () => {
    const cloud = (count: number): PointFrame => ({
      at: 0,
      x: new Float32Array(count),
      y: new Float32Array(count),
    });
    expect(() => pointFrames([cloud(10_000), cloud(10_001)], options)).toThrow(
      "pointFrames: 20001 points in all frames make a slow page; show 20000 or less, with fewer points or frames.",
    );
    expect(() => pointFrames([cloud(10_000), cloud(10_000)], options)).not.toThrow();
  });

  test.each([
    [{ x: [1, 2], y: [1] }, "pointFrames: background: x has 2 values and y has 1"],
    [{ x: [NaN], y: [1] }, "pointFrames: background.x[0] is NaN"],
    [{ x: [], y: [] }, "pointFrames: background: there is no data"],
  ])("background %j", (background, message) => {
    expect(() => pointFrames(frames, { ...options, background: { name: "b", ...background } })).toThrow(
      message,
    );
  });
});
