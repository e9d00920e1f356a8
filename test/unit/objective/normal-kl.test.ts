import * as fc from "fast-check";
import { normalKl, toBits, type NormalParameters } from "diffusion";

/** ∫ q log(q/p) by the trapezoidal rule, over twelve deviations of q to each side. */
function byIntegration(q: NormalParameters, p: NormalParameters): number {
  const logDensity = (x: number, { mean, variance }: NormalParameters): number =>
    -0.5 * (Math.log(2 * Math.PI * variance) + (x - mean) ** 2 / variance);
  const deviation = Math.sqrt(q.variance);
  const step = deviation / 20;
  let sum = 0;
  for (let i = -240; i <= 240; i++) {
    const x = q.mean + i * step;
    sum += Math.exp(logDensity(x, q)) * (logDensity(x, q) - logDensity(x, p)) * step;
  }
  return sum;
}

const normals = fc.record({
  mean: fc.double({ min: -3, max: 3, noNaN: true }),
  variance: fc.double({ min: 0.01, max: 4, noNaN: true }),
});

test("is the integral of q log(q/p)", () => {
  fc.assert(
    fc.property(normals, normals, (q, p) => {
      const exact = byIntegration(q, p);
      expect(Math.abs(normalKl(q, p) - exact)).toBeLessThan(1e-9 * (1 + exact));
    }),
  );
});

test("is 0 for the same distribution only, and not symmetric", () => {
  fc.assert(
    fc.property(normals, normals, (q, p) => {
      expect(normalKl(q, q)).toBe(0);
      expect(normalKl(q, p)).toBeGreaterThanOrEqual(0);
    }),
  );
  const [narrow, wide] = [
    { mean: 0, variance: 0.1 },
    { mean: 0, variance: 1 },
  ];
  expect(normalKl(wide, narrow)).toBeGreaterThan(3 * normalKl(narrow, wide));
});

test("nats as bits", () => {
  expect(toBits(Math.log(8))).toBeCloseTo(3, 14);
});

test("bad arguments are named", () => {
  const good = { mean: 0, variance: 1 };
  expect(() => normalKl({ mean: NaN, variance: 1 }, good)).toThrow("q.mean is NaN");
  expect(() => normalKl(good, { mean: Infinity, variance: 1 })).toThrow("p.mean is Infinity");
  expect(() => normalKl({ mean: 0, variance: 0 }, good)).toThrow("q.variance is 0");
  expect(() => normalKl(good, { mean: 0, variance: -1 })).toThrow("p.variance is -1");
});
