import { tf } from "../../../src/backend";
import { check, todo } from "../../../src/check";
import { InterruptedError } from "../../../src/notebook/host";
import { diffusionKernel } from "../../../src/process";
import { cosineSchedule, linearSchedule, scheduleFromBetas } from "../../../src/schedule";
import { displaySymbol } from "../../../src/notebook/show";

type Step = (z: tf.Tensor, beta: number, noise: tf.Tensor) => unknown;
type Kernel = (x: number, t: number, beta: Float64Array) => unknown;

const tensorStep = (z: tf.Tensor, beta: number, noise: tf.Tensor): tf.Tensor =>
  z.mul(Math.sqrt(1 - beta)).add(noise.mul(Math.sqrt(beta)));

const moments = (x: number, t: number, beta: Float64Array): [mean: number, variance: number] => {
  const alpha = beta.slice(1, t + 1).reduce((product, value) => product * (1 - value), 1);
  return [Math.sqrt(alpha) * x, 1 - alpha];
};

const statusOf = async (id: string, answer: unknown): Promise<string> => (await check(id, answer)).status;

describe("a right answer passes in any form", () => {
  const steps: Record<string, Step> = {
    tensor: tensorStep,
    promise: async (z, beta, noise) => Promise.resolve(tensorStep(z, beta, noise)),
    "typed array": (z, beta, noise) => tensorStep(z, beta, noise).dataSync(),
    "nested array": (z, beta, noise) => [tensorStep(z, beta, noise).arraySync()],
  };
  test.each(Object.entries(steps))("noising step: %s", async (_, step) => {
    expect(await statusOf("01.1", step)).toBe("passed");
  });

  test("noising step: plain numbers", async () => {
    const step = (z: number, beta: number, noise: number): number =>
      Math.sqrt(1 - beta) * z + Math.sqrt(beta) * noise;
    expect(await statusOf("01.1", step)).toBe("passed");
  });

  const kernels: Record<string, Kernel> = {
    pair: moments,
    object: (x, t, beta) => ({ variance: moments(x, t, beta)[1], mean: moments(x, t, beta)[0] }),
    "object of tensors": (x, t, beta) => ({
      mean: tf.scalar(moments(x, t, beta)[0]),
      variance: tf.tensor1d([moments(x, t, beta)[1]]),
    }),
    asynchronous: async (x, t, beta) => Promise.resolve(moments(x, t, beta)),
    "the library's": (x, t, beta) => {
      const schedule = scheduleFromBetas("given", beta.subarray(1));
      return diffusionKernel(tf.tensor1d([x]), t, schedule);
    },
    "typed array": (x, t, beta) => Float32Array.from(moments(x, t, beta)),
  };
  test.each(Object.entries(kernels))("kernel: %s", async (_, kernel) => {
    expect(await statusOf("01.2", kernel)).toBe("passed");
  });

  const beta = Array.from({ length: 50 }, (_, i) => 0.002 + (0.398 * i) / 49);
  const schedules: Record<string, unknown> = {
    "array of β_1 … β_T": beta,
    "with β_0 = 0": [0, ...beta],
    "typed array": Float64Array.from(beta),
    tensor: tf.tensor1d(beta),
    schedule: { name: "mine", steps: 50, beta: Float64Array.of(0, ...beta) },
    "function of T": (steps: number) => beta.slice(0, steps),
    constant: new Array(50).fill(0.15),
    "the library's linear": linearSchedule,
    "the library's cosine": cosineSchedule(50),
  };
  test.each(Object.entries(schedules))("schedule: %s", async (_, schedule) => {
    expect(await statusOf("01.3", schedule)).toBe("passed");
  });
});

describe("what is not right is explained", () => {
  test("a wrong answer without a known misconception shows both numbers", async () => {
    const { status, misconception, says } = await check("01.2", () => ({ mean: 7, variance: 0.5 }));
    expect(status).toBe("failed");
    expect(misconception).toBeUndefined();
    expect(says).toEqual([expect.stringMatching(/gives \[7, 0\.5\].* it should be \[1\.462, 0\.05\]/)]);
  });

  test("too few numbers", async () => {
    const { says } = await check("01.2", () => 1);
    expect(says[0]).toMatch(/gives one number, and 2 numbers should come/);
  });

  test("NaN", async () => {
    const { says } = await check("01.2", () => [NaN, NaN]);
    expect(says[0]).toMatch(/gives NaN: look for/);
  });

  test("a field that is missing", async () => {
    const { status, says } = await check("01.2", () => ({ mean: 1 }));
    expect(status).toBe("failed");
    expect(says[0]).toMatch(/no "variance"/);
  });

  test("a value where a function belongs", async () => {
    expect((await check("01.1", 3)).says[0]).toMatch(/should be a function \(z, beta, noise\)/);
  });

  test("text", async () => {
    expect((await check("01.2", () => "half")).says[0]).toMatch(/the text "half"; give numbers/);
  });

  test("another number of steps", async () => {
    expect((await check("01.3", new Array(1000).fill(0.01))).says[0]).toMatch(
      /has 1000 steps; make one with T = 50/,
    );
  });

  test("a schedule that leaves too much of x, for no known reason", async () => {
    const { status, misconception, says } = await check("01.3", new Array(50).fill(0.05));
    expect([status, misconception]).toEqual(["failed", undefined]);
    expect(says[0]).toMatch(/α_T = 0\.0769, SNR\(T\) = 0\.0834\. Too much of x is left/);
  });

  test("an error in the reader's code: its message and advice, no stack", async () => {
    const outcome = await check("01.2", (x: number, t: number, beta: { gamma: number[] }) => beta.gamma[t]);
    expect(outcome.status).toBe("failed");
    expect(outcome.says[0]).toMatch(/^Your code stopped with TypeError: /);
    expect(outcome.says[1]).toMatch(/often undefined/);
    expect(outcome.says.join()).not.toMatch(/\bat .*:\d+/);
  });
});

test("todo() is no answer yet", async () => {
  expect(await statusOf("01.1", () => todo())).toBe("unanswered");
});

test("an interrupt is not a wrong answer: it ends the check", async () => {
  const interrupted = (): never => {
    throw new InterruptedError();
  };
  await expect(check("01.1", interrupted)).rejects.toThrow(InterruptedError);
});

test("an unknown exercise names the known ones", () => {
  expect(() => check("99.9", 1)).toThrow(/no exercise "99\.9"; there are: .*01\.1, /);
});

test("the outcome is shown with or without await, its text escaped", async () => {
  const checking = check("01.2", () => "<b>");
  const [early, late] = [await checking[displaySymbol](), await (await checking)[displaySymbol]()];
  expect(early).toEqual(late);
  expect(early["text/html"]).toContain("&lt;b&gt;");
  expect(early["text/html"]).not.toContain("<b>&quot;");
  expect(early["text/plain"]).toMatch(/^✗ Not yet: exercise 01\.2, the diffusion kernel\n/);
});
