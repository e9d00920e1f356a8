import * as fc from "fast-check";
import { binSamples, histogram } from "../../../src/plot";
import { marksIn, textsIn } from "./pictures";

const options = { title: "Samples", x: { title: "z", unit: "cm" }, legend: "what" };

test("counts are the data's", () => {
  const { edges, counts } = binSamples([0, 0.5, 1, 1.5, 1.9, 4], { bins: 4 });
  expect(edges).toEqual([0, 1, 2, 3, 4]);
  expect(counts).toEqual([2, 3, 0, 1]);
});

test("every sample is counted once, and in a bin that holds it", () => {
  const samples = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(samples, fc.integer({ min: 1, max: 40 }), (values, bins) => {
      const { edges, counts } = binSamples(values, { bins });
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(values.length);
      expect(edges).toHaveLength(bins + 1);
      expect(edges[0]).toBeLessThanOrEqual(Math.min(...values));
      expect(edges[bins] + 1e-9).toBeGreaterThanOrEqual(Math.max(...values));
    }),
  );
});

test("samples that differ by the smallest number there is", () => {
  expect(binSamples([0, Number.MIN_VALUE], { bins: 3 }).counts).toEqual([1, 0, 1]);
});

test("samples outside the range count nowhere, but the bars keep their share of all samples", () => {
  expect(binSamples([-5, 0.5, 0.6, 9], { bins: 1, range: [0, 1] }).counts).toEqual([2]);
  const { spec } = histogram([-5, 0.5, 0.6, 9], { ...options, bins: 1, range: [0, 1] });
  expect(spec).toMatchObject({ layer: [{ data: { values: [{ density: 0.5 }] } }] });
});

test("the bars have unit area", () => {
  const samples = Array.from({ length: 1000 }, (_, i) => Math.sin(i) * 3);
  const { layer } = histogram(samples, options).spec as {
    layer: { data: { values: { from: number; to: number; density: number }[] } }[];
  };
  const area = layer[0].data.values.reduce((sum, { from, to, density }) => sum + (to - from) * density, 0);
  expect(area).toBeCloseTo(1, 3);
});

test("a bar for each bin and a curve over them, both in the legend; the density has the axis's unit", async () => {
  const density = { name: "exact", of: (z: number): number => Math.exp(-z) };
  const svg = await histogram([0, 1, 2, 3], { ...options, bins: 8, name: "drawn", density }).svg();
  expect(marksIn(svg, "rect")).toBe(8);
  expect(marksIn(svg, "line")).toBe(1);
  expect(textsIn(svg)).toEqual(expect.arrayContaining(["drawn", "exact", "probability density (1/cm)"]));
});

test.each<[string, () => unknown, RegExp]>([
  ["no samples", () => binSamples([]), /there are no samples/],
  ["NaN", () => binSamples([1, NaN]), /samples\[1\] is NaN/],
  ["no bins", () => binSamples([1], { bins: 0 }), /bins is 0; give a whole number/],
  ["half a bin", () => binSamples([1], { bins: 2.5 }), /bins is 2\.5/],
  ["a range backwards", () => binSamples([1], { range: [2, 1] }), /range is \[2, 1\]/],
])("%s", (_, make, message) => {
  expect(make).toThrow(message);
});
