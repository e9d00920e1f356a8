import { uniformStream } from "../../../src/data/uniform-stream";

describe("uniformStream", () => {
  const numbers = (seed: number, count: number): number[] => {
    const random = uniformStream(seed);
    return Array.from({ length: count }, () => random.next());
  };

  test("gives the same numbers for the same seed, and none again", () => {
    const some = numbers(1, 1000);
    expect(numbers(1, 1000)).toEqual(some);
    expect(numbers(2, 1000)).not.toEqual(some);
    expect(new Set(some).size).toBeGreaterThan(998);
  });

  test("uniform on [0, 1), on other ranges and over values", () => {
    const some = numbers(3, 10_000);
    const mean = some.reduce((sum, value) => sum + value, 0) / some.length;
    expect(Math.abs(mean - 1 / 2)).toBeLessThan(4 / Math.sqrt(12 * some.length));
    const random = uniformStream(4);
    const counts = { a: 0, b: 0, c: 0 };
    for (let i = 0; i < 3000; i++) {
      const value = random.between(-3, 5);
      expect(value >= -3 && value < 5).toBe(true);
      counts[random.oneOf(["a", "b", "c"] as const)]++;
    }
    for (const count of Object.values(counts))
      expect(Math.abs(count - 1000)).toBeLessThan(4 * Math.sqrt(667));
  });
});
