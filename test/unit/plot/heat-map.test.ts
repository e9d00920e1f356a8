import { heatMap } from "../../../src/plot";
import { format, picturesIn, pixel } from "./pictures";

const labels = {
  title: "Map",
  x: { title: "t", unit: "steps" },
  y: { title: "z", unit: null },
  legend: "density",
};
const viridis = { first: [68, 1, 84], last: [253, 231, 37] };

/** How bright a colour looks (ITU-R BT.709). */
const luminance = ([r, g, b]: number[]): number => 0.2126 * r + 0.7152 * g + 0.0722 * b;

test("values[i][j] lies at x[i], with y[j] upwards", async () => {
  const map = heatMap(
    {
      x: [1, 2, 3],
      y: [10, 20],
      values: [
        [0, 0],
        [0, 0],
        [0, 1],
      ],
    },
    labels,
  );
  const [image] = picturesIn(await format(map, "image/svg+xml"));
  expect([image.width, image.height]).toEqual([3, 2]);
  expect(pixel(image, 2, 0)).toEqual(viridis.last);
  expect(pixel(image, 2, 1)).toEqual(viridis.first);
  expect(pixel(image, 0, 0)).toEqual(viridis.first);
});

test("larger values are brighter", async () => {
  const x = Array.from({ length: 50 }, (_, i) => i);
  const [image] = picturesIn(
    await format(heatMap({ x, y: [0], values: x.map((i) => [i]) }, labels), "image/svg+xml"),
  );
  const brightness = x.map((i) => luminance(pixel(image, i, 0)));
  expect(brightness).toEqual([...brightness].sort((a, b) => a - b));
  expect(new Set(brightness).size).toBe(50);
});

test("the axes end half a cell outside the coordinates", () => {
  const { spec } = heatMap(
    {
      x: [0, 2, 4],
      y: [0, 1],
      values: [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
    },
    labels,
  );
  expect(spec.data).toMatchObject({ values: [{ left: -1, right: 5, bottom: -0.5, top: 1.5 }] });
});

test("the root shows low values beside a peak; a given domain cuts off", async () => {
  const data = { x: [0, 1, 2], y: [0], values: [[0], [1], [100]] };
  const low = async (options: object): Promise<number> =>
    luminance(
      pixel(picturesIn(await format(heatMap(data, { ...labels, ...options }), "image/svg+xml"))[0], 1, 0),
    );
  expect(await low({ colourScale: "sqrt" })).toBeGreaterThan(1.5 * (await low({})));
  expect(await low({ colourDomain: [0, 1] })).toBeCloseTo(luminance(viridis.last), 5);
});

test.each<[string, Parameters<typeof heatMap>[0], RegExp]>([
  ["too few columns", { x: [0, 1], y: [0], values: [[1]] }, /values has 1 columns for 2 values of x/],
  ["a short column", { x: [0], y: [0, 1], values: [[1]] }, /values\[0\] has 1 entries for 2 values of y/],
  ["NaN", { x: [0], y: [0], values: [[NaN]] }, /values\[0\]\[0\] is NaN/],
  ["uneven steps", { x: [0, 1, 3], y: [0], values: [[1], [1], [1]] }, /x must increase in even steps/],
  ["falling steps", { x: [0], y: [1, 0], values: [[1, 1]] }, /y must increase in even steps/],
  ["no cells", { x: [], y: [0], values: [] }, /x is empty/],
])("%s", (_, data, message) => {
  expect(() => heatMap(data, labels)).toThrow(message);
});

test("a root of negative values", () => {
  const data = { x: [0, 1], y: [0], values: [[-1], [1]] };
  expect(() => heatMap(data, { ...labels, colourScale: "sqrt" })).toThrow(
    /values go down to -1, which has no root/,
  );
});
