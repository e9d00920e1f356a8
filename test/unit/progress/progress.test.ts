import { InterruptedError } from "../../../src/notebook/host";
import { displaySymbol } from "../../../src/notebook/show";
import { progress, terminalScreen, type ProgressState, type Screen } from "../../../src/progress";
import { withHost } from "../notebook/fake-host";

/** A clock that is set by hand, and a screen that writes down what it is shown. */
function bench(): {
  clock: () => number;
  pass: (seconds: number) => number;
  screen: Screen;
  states: ProgressState[];
  drawn: string[];
} {
  let time = 1000;
  const states: ProgressState[] = [];
  const drawn: string[] = [];
  return {
    clock: () => time,
    pass: (seconds) => (time += seconds),
    states,
    drawn,
    screen: {
      pictures: true,
      show(state, picture): void {
        states.push(state);
        drawn.push(picture);
      },
    },
  };
}

/** A loop with this body. */
async function run(
  work: AsyncIterable<unknown>,
  body: (item: unknown) => unknown = () => undefined,
): Promise<void> {
  for await (const item of work) body(item);
}

test("a number stands for the steps 1 to n", async () => {
  const seen: number[] = [];
  for await (const step of progress(4, bench())) seen.push(step);
  expect(seen).toEqual([1, 2, 3, 4]);
});

test("anything that can be iterated over is, and its size is found", async () => {
  const { states, ...options } = bench();
  const seen: string[] = [];
  for await (const letter of progress(new Set(["a", "b"]), options)) seen.push(letter);
  expect(seen).toEqual(["a", "b"]);
  expect(states.at(-1)).toMatchObject({ step: 2, total: 2, status: "done" });
  async function* stream(): AsyncGenerator<number> {
    yield await Promise.resolve(5);
  }
  for await (const value of progress(stream(), options)) expect(value).toBe(5);
  expect(states.at(-1)).toMatchObject({ step: 1, total: undefined, status: "done" });
});

test("about five updates a second, and the last state always", async () => {
  const { states, pass, ...options } = bench();
  await run(progress(1000, options), () => pass(0.01));
  // 10 s of work: the first state, one each 0.2 s, the last state.
  expect(states.length).toBeGreaterThan(45);
  expect(states.length).toBeLessThan(55);
  expect(states.at(-1)).toMatchObject({ step: 1000, status: "done", left: undefined });
  expect(states.at(-1)?.elapsed).toBeCloseTo(10, 6);
});

test("rate, time left and named numbers", async () => {
  const { states, pass, ...options } = bench();
  const steps = progress(100, options);
  for await (const step of steps) {
    pass(0.5);
    steps.report({ loss: 1 / step });
  }
  const halfway = states.find(({ step }) => step === 50)!;
  expect(halfway.rate).toBeCloseTo(2, 6);
  expect(halfway.left).toBeCloseTo(25, 6);
  expect(halfway.values).toEqual({ loss: 0.02 });
});

test("a picture is made only when it is drawn, and drawing takes about a tenth of the time", async () => {
  const { drawn, pass, ...options } = bench();
  let made = 0;
  const steps = progress(1000, options);
  await run(steps, () => {
    pass(0.1);
    steps.picture(() => {
      made++;
      pass(1);
      return { [displaySymbol]: () => ({ "image/svg+xml": `<svg>${made}</svg>` }) };
    });
  });
  // 100 s of steps leave room for about 11 pictures of 1 s, and the last one.
  expect(made).toBeGreaterThanOrEqual(9);
  expect(made).toBeLessThanOrEqual(13);
  expect(drawn.at(-1)).toBe(`<svg>${made}</svg>`);
});

test("leaving the loop early says where", async () => {
  const { states, ...options } = bench();
  for await (const step of progress(9, options)) if (step === 4) break;
  expect(states.at(-1)).toMatchObject({ step: 3, total: 9, status: "stopped" });
});

test("an error of the work itself passes through and is shown", async () => {
  const { states, ...options } = bench();
  function* work(): Generator<number> {
    yield 1;
    throw new Error("no more");
  }
  await expect(run(progress(work(), options))).rejects.toThrow("no more");
  expect(states.at(-1)).toMatchObject({ step: 1, status: "failed" });
});

test(
  "an interrupt stops at the next step",
  withHost(async (host) => {
    const { states, ...options } = bench();
    const seen: unknown[] = [];
    const body = (step: unknown): void => {
      seen.push(step);
      if (step === 3) host.interrupt();
    };
    await expect(run(progress(9, options), body)).rejects.toThrow(InterruptedError);
    expect(seen).toEqual([1, 2, 3]);
    expect(states.at(-1)).toMatchObject({ step: 3, total: 9, status: "stopped" });
    expect(states.filter(({ status }) => status !== "running")).toHaveLength(1);
  }),
);

test(
  "in a notebook: one display, updated in place, escaped",
  withHost(async (host) => {
    const { clock, pass } = bench();
    const steps = progress(50, { clock, label: "train <it>" });
    for await (const step of steps) {
      pass(0.1);
      steps.report({ loss: step });
    }
    expect(new Set(host.shown.map(({ displayId }) => displayId)).size).toBe(1);
    expect(host.shown.map(({ update }) => update).indexOf(true)).toBe(1);
    const { data } = host.shown.at(-1)!;
    expect(data["text/plain"]).toBe("train <it>:  100 %  step 50 of 50  10 steps/s  took 5.0 s  loss 50");
    expect(data["text/html"]).toContain("train &lt;it&gt;");
    expect(data["text/html"]).toContain('aria-valuenow="100"');
  }),
);

test("messages flow: timers run while the loop goes on", async () => {
  let ticks = 0;
  const timer = setInterval(() => ticks++, 10);
  let last = 0;
  for await (const step of progress(1e7, { screen: bench().screen })) {
    last = step;
    if (ticks > 4) break;
  }
  clearInterval(timer);
  expect(ticks).toBeGreaterThan(4);
  expect(last).toBeLessThan(1e7);
});

test("advance and finish do without a loop", async () => {
  const { states, ...options } = bench();
  const work = progress([], { ...options, total: 2 });
  await work.advance({ loss: 3 });
  await work.advance();
  await work.finish();
  await work.finish("failed");
  expect(states.at(-1)).toMatchObject({ step: 2, total: 2, status: "done", values: { loss: 3 } });
});

test(
  "an interrupt without a loop says where, too",
  withHost(async (host) => {
    const { states, ...options } = bench();
    const work = progress([], { ...options, total: 5 });
    await work.advance();
    host.interrupt();
    await expect(work.advance()).rejects.toThrow(InterruptedError);
    expect(states.at(-1)).toMatchObject({ step: 2, status: "stopped" });
  }),
);

test.each([-1, 1.5, NaN])("%p steps cannot be counted", (steps) => {
  expect(() => progress(steps)).toThrow(/cannot be counted; give a whole number/);
});

describe("in a terminal", () => {
  const written = async (isTTY: boolean): Promise<string> => {
    let text = "";
    const screen = terminalScreen({ isTTY, columns: 60, write: (piece: string) => (text += piece) });
    const { clock, pass } = bench();
    await run(progress(100, { clock, screen }), () => pass(0.25));
    return text;
  };

  test("one line is rewritten, and ended at last", async () => {
    const text = await written(true);
    const versions = text.split("\r\x1b[2K").slice(1);
    expect(versions.length).toBeGreaterThan(90);
    expect(versions.every((version) => version.trimEnd().length < 60)).toBe(true);
    expect(text.match(/\n/g)).toHaveLength(1);
    expect(versions.at(-1)).toMatch(/100 % .* took 25 s\n$/);
  });

  test("a log gets a line for each tenth", async () => {
    const lines = (await written(false)).trimEnd().split("\n");
    expect(lines.length).toBeGreaterThanOrEqual(11);
    expect(lines.length).toBeLessThanOrEqual(13);
    expect(lines.at(-1)).toMatch(/took 25 s$/);
  });
});
