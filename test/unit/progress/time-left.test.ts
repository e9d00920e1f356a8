import { TimeLeft } from "../../../src/progress/time-left";

/** The estimate after these steps, each given by its duration. */
function after(durations: readonly number[], total: number): number {
  const pace = new TimeLeft(100);
  let time = 100;
  durations.forEach((duration, i) => {
    pace.mark(i + 1, (time += duration));
  });
  return pace.estimate(total, time)!;
}

const times = (count: number, duration: number): number[] => new Array<number>(count).fill(duration);

test("even steps: exact", () => {
  expect(after(times(10, 2), 30)).toBeCloseTo(40, 9);
});

test("nothing is said before two steps are done", () => {
  const pace = new TimeLeft(0);
  expect(pace.estimate(10, 0)).toBeUndefined();
  pace.mark(1, 5);
  expect(pace.estimate(10, 5)).toBeUndefined();
});

test("a slow first step does not count", () => {
  expect(after([60, ...times(4, 1)], 105)).toBeCloseTo(100, 9);
});

test("a slow step now and then counts with its share", () => {
  const durations = Array.from({ length: 400 }, (_, i) => (i % 10 === 9 ? 11 : 1));
  expect(after(durations, 800)).toBeCloseTo(800, -1.7);
});

test("a change of pace is followed", () => {
  expect(after([...times(100, 1), ...times(200, 3)], 400)).toBeCloseTo(300, -0.5);
});

test("the time runs down between two steps, never below 0", () => {
  const pace = new TimeLeft(0);
  [1, 2, 3, 4].forEach((step) => {
    pace.mark(step, step);
  });
  expect(pace.estimate(6, 4.5)).toBeCloseTo(1.5, 9);
  expect(pace.estimate(6, 99)).toBe(0);
});

test("a million steps keep few records, and the estimate", () => {
  const pace = new TimeLeft(0);
  for (let step = 1; step <= 1e6; step++) pace.mark(step, step / 1000);
  expect(pace.estimate(2e6, 1000)! / 1000).toBeCloseTo(1, 1);
  expect((pace as unknown as { marks: unknown[] }).marks.length).toBeLessThan(3000);
});
