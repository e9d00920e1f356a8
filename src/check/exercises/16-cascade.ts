import { tf } from "../../backend/tf";
import { upsample } from "../../layers";
import { called } from "../answers";
import { compared, type Trial } from "../compared";
import type { Exercise } from "../exercise";
import { numbersOf } from "../numbers";
import { unpatterned } from "../unpatterned";

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** 16.1: what one picture costs. */
interface Stage {
  /** GFLOP of one call for one picture. */
  readonly gflop: number;
  /** Steps of the sampler. */
  readonly steps: number;
  /** With classifier-free guidance. */
  readonly guided: boolean;
}
type Cost = (stages: readonly Stage[]) => unknown;

const twice = ({ guided }: Stage): number => (guided ? 2 : 1);
const own = (stage: Stage): number => stage.gflop * stage.steps * twice(stage);

const cost = compared({
  id: "16.1",
  title: "what a picture costs",
  solution: ((stages) => sum(stages.map(own))) satisfies Cost,
  misconceptions: [
    {
      name: "guidance for nothing",
      says: "A guided step costs as much as any other here. But classifier-free guidance asks the network two things at each step: with and without the condition.",
      planted: [((stages) => sum(stages.map(({ gflop, steps }) => gflop * steps))) satisfies Cost],
    },
    {
      name: "guided everywhere",
      says: "Every stage is counted as guided. Guidance is a choice of each stage by itself.",
      planted: [((stages) => sum(stages.map(({ gflop, steps }) => 2 * gflop * steps))) satisfies Cost],
    },
    {
      name: "one step",
      says: "A network is called at every step of its sampler, not once for a picture.",
      planted: [((stages) => sum(stages.map((stage) => stage.gflop * twice(stage)))) satisfies Cost],
    },
    {
      name: "one within the other",
      says: "The steps of the stages are multiplied, as if all of the small picture were sampled anew at each step of the enlargement. The small picture is finished before the second stage begins: one loop after the other.",
      planted: [
        ((stages) =>
          sum(stages.map((stage) => stage.gflop * twice(stage))) *
          stages.reduce((product, { steps }) => product * steps, 1)) satisfies Cost,
        ((stages) => stages.reduce((product, stage) => product * own(stage), 1)) satisfies Cost,
      ],
    },
    {
      name: "all steps for all networks",
      says: "The GFLOP of all stages are added first, then multiplied by all steps. Each network is called at the steps of its own stage only.",
      planted: [
        ((stages) =>
          sum(stages.map((stage) => stage.gflop * twice(stage))) *
          sum(stages.map(({ steps }) => steps))) satisfies Cost,
      ],
    },
    {
      name: "only the last stage",
      says: "Only the last stage is counted, or only the dearest. The small picture has to be made as well.",
      planted: [
        ((stages) => own(stages[stages.length - 1])) satisfies Cost,
        ((stages) => Math.max(...stages.map(own))) satisfies Cost,
      ],
    },
  ],
  notice:
    "Stages add up, and each may have its own number of steps and its own guidance: what a picture shows is decided in the cheap stage.",
  trials: [
    costTrial("two stages, the first one guided", [
      { gflop: 0.8, steps: 20, guided: true },
      { gflop: 0.7, steps: 10, guided: false },
    ]),
    costTrial("one stage", [{ gflop: 3, steps: 50, guided: false }]),
    costTrial("three stages, the last one guided", [
      { gflop: 2, steps: 6, guided: false },
      { gflop: 5, steps: 4, guided: false },
      { gflop: 3, steps: 3, guided: true },
    ]),
  ],
});

function costTrial(what: string, stages: readonly Stage[]): Trial {
  return {
    asked: `The cost of ${what},`,
    async ask(answer) {
      const of = called(answer, "(stages) => number") as Cost | undefined;
      return numbersOf(of?.(stages.map((stage) => ({ ...stage }))));
    },
  };
}

/** 16.2: the second stage's condition with noise. */
interface Given {
  /** float32 [batch, height, width, channels]. */
  readonly small: tf.Tensor4D;
  readonly s: number;
  readonly T: number;
  /** α of the times 0 … T. */
  readonly alpha: readonly number[];
  /** Standard normal noise of a shape. */
  readonly noise: (shape: readonly number[]) => tf.Tensor4D;
}
type Condition = (given: Given) => unknown;

interface ConditionParts {
  readonly image: (given: Given) => tf.Tensor;
  readonly told: (given: Given) => number;
}

const mixed = (x: tf.Tensor4D, noise: tf.Tensor4D, [signal, sigma]: readonly number[]): tf.Tensor4D =>
  tf.add(tf.mul(x, signal), tf.mul(noise, sigma));
const noisy = (factors: (alpha: number) => readonly number[]): ConditionParts["image"] => {
  return ({ small, s, alpha, noise }) => upsample(mixed(small, noise(small.shape), factors(alpha[s])), 2);
};
const roots = (alpha: number): readonly number[] => [Math.sqrt(alpha), Math.sqrt(1 - alpha)];

/** The planted answers differ from the solution in one part each. */
const conditionWith = (wrong: Partial<ConditionParts> = {}): Condition => {
  const { image, told } = { image: noisy(roots), told: ({ s, T }: Given) => s / T, ...wrong };
  return (given) => ({ image: image(given), told: told(given) });
};

const augmented = compared({
  id: "16.2",
  title: "noise conditioning augmentation",
  solution: conditionWith(),
  misconceptions: [
    {
      name: "noise after enlarging",
      says: "The noise comes after the enlargement: each large pixel has its own, and a mean over four takes half of it away again. The small image is what is not to be trusted. Noise first, then enlarge.",
      planted: [
        conditionWith({
          image: ({ small, s, alpha, noise }) => {
            const large = upsample(small, 2);
            return mixed(large, noise(large.shape), roots(alpha[s]));
          },
        }),
      ],
    },
    {
      name: "s not told",
      says: "The picture has noise, but the network is not told how much. It would have to trust a clean picture as little as a noisy one.",
      planted: [conditionWith({ told: () => 0 }), conditionWith({ told: () => 1 })],
    },
    {
      name: "told in another unit",
      says: "What is told is not s/T: the network has learned numbers from 0 to 1 that grow evenly with s.",
      planted: [
        conditionWith({ told: ({ s }) => s }),
        conditionWith({ told: ({ s, alpha }) => alpha[s] }),
        conditionWith({ told: ({ s, alpha }) => 1 - alpha[s] }),
        conditionWith({ told: ({ s, alpha }) => Math.sqrt(1 - alpha[s]) }),
      ],
    },
    {
      name: "variances as factors",
      says: "α and 1 - α are variances. What the image and the noise are multiplied with are their roots.",
      planted: [
        conditionWith({ image: noisy((alpha) => [alpha, 1 - alpha]) }),
        conditionWith({ image: noisy((alpha) => [Math.sqrt(alpha), 1 - alpha]) }),
        conditionWith({ image: noisy((alpha) => [alpha, Math.sqrt(1 - alpha)]) }),
      ],
    },
    {
      name: "noise only added",
      says: "Noise is added, but the image is not made weaker. The diffusion kernel multiplies it with √α_s.",
      planted: [conditionWith({ image: noisy((alpha) => [1, Math.sqrt(1 - alpha)]) })],
    },
    {
      name: "signal and noise exchanged",
      says: "The factors have changed places: at s = 0, where α is 1, only noise would be left.",
      planted: [conditionWith({ image: noisy((alpha) => [...roots(alpha)].reverse()) })],
    },
    {
      name: "no noise",
      says: "The image has no noise. Then the network is told of noise that is not there.",
      planted: [conditionWith({ image: ({ small }) => upsample(small, 2) })],
    },
    {
      name: "not enlarged",
      says: "The image is as small as before. It belongs beside z, pixel by pixel, so it must have as many.",
      planted: [
        conditionWith({
          image: ({ small, s, alpha, noise }) => mixed(small, noise(small.shape), roots(alpha[s])),
        }),
      ],
    },
  ],
  notice:
    "It is the diffusion kernel of notebook 1, applied to the condition. At s = 0 nothing changes, so that one network serves every s.",
  trials: [conditionTrial([1, 2, 2, 1], 3), conditionTrial([2, 2, 2, 1], 1), conditionTrial([1, 2, 2, 3], 4)],
});

function conditionTrial(shape: readonly number[], s: number): Trial {
  const alpha = [1, 0.9, 0.7, 0.5, 0.2, 0];
  return {
    asked: `{ image, told } for small images of the shape [${shape.join(", ")}] and s = ${s}, T = 5,`,
    async ask(answer) {
      const of = called(answer, "({ small, s, T, alpha, noise }) => ({ image, told })") as
        Condition | undefined;
      const noise = (wanted: readonly number[]): tf.Tensor4D => unpatterned(wanted, 5);
      return numbersOf(of?.({ small: unpatterned(shape, 1), s, T: 5, alpha, noise }), ["image", "told"]);
    },
  };
}

/** 16.3: how much of a spectrum a small picture cannot have. */
type Beyond = (power: readonly number[], small: number) => unknown;

interface BeyondParts {
  readonly frequencies: (k: number) => number;
  readonly high: (k: number, small: number) => boolean;
  readonly share: (high: number, low: number) => number;
}

const beyondWith = (wrong: Partial<BeyondParts> = {}): Beyond => {
  const { frequencies, high, share }: BeyondParts = {
    frequencies: (k) => k,
    high: (k, small) => k > small / 2,
    share: (above, below) => above / (above + below),
    ...wrong,
  };
  return (power, small) => {
    const of = (wanted: boolean): number =>
      sum(power.map((p, i) => (high(i + 1, small) === wanted ? frequencies(i + 1) * p : 0)));
    return share(of(true), of(false));
  };
};

const beyond = compared({
  id: "16.3",
  title: "what a small picture cannot have",
  solution: beyondWith(),
  misconceptions: [
    {
      name: "rings as if equal",
      says: "All rings count alike. But there are more waves of many cycles than of few: a ring of the radius k has about 2πk of them, and power is the mean over them.",
      planted: [beyondWith({ frequencies: () => 1 })],
    },
    {
      name: "discs instead of rings",
      says: "The rings count like k². That is the number of waves of up to k cycles; a ring alone has about 2πk.",
      planted: [beyondWith({ frequencies: (k) => k ** 2 })],
    },
    {
      name: "as many cycles as pixels",
      says: "The limit is as many cycles as there are pixels. A wave needs two pixels for a cycle, a bright one and a dark one.",
      planted: [beyondWith({ high: (k, small) => k > small })],
    },
    {
      name: "a quarter",
      says: "The limit is too low: two pixels for a cycle are enough.",
      planted: [beyondWith({ high: (k, small) => k > small / 4 })],
    },
    {
      name: "the limit itself",
      says: "The wave of exactly small/2 cycles is counted as lost, but a small picture can have it: bright, dark, bright, dark.",
      planted: [beyondWith({ high: (k, small) => k >= small / 2 })],
    },
    {
      name: "the other part",
      says: "That is the share which the small picture *can* have.",
      planted: [beyondWith({ share: (above, below) => below / (above + below) })],
    },
    {
      name: "a ratio, not a share",
      says: "What lies above is divided by what lies below. A share is a part of the whole.",
      planted: [beyondWith({ share: (above, below) => above / below })],
    },
    {
      name: "not divided",
      says: "That is the power above the limit itself. How much is it of the whole?",
      planted: [
        beyondWith({ share: (above) => above }),
        beyondWith({ share: (above) => 2 * Math.PI * above }),
      ],
    },
  ],
  notice:
    "Little of a picture's variance is fine detail. A loss in squares hardly notices when it is missing; the eye does, at once.",
  trials: [
    beyondTrial(8, 4, (k) => 1 / k ** 2),
    beyondTrial(16, 8, (k) => 1 / k),
    beyondTrial(16, 4, (k) => 1 + (k % 3)),
  ],
});

function beyondTrial(rings: number, small: number, powerOf: (k: number) => number): Trial {
  const power = Array.from({ length: rings }, (_, i) => powerOf(i + 1));
  return {
    asked: `The share beyond a picture of ${small} pixels, for ${rings} rings [${power
      .slice(0, 3)
      .map((p) => p.toPrecision(3))
      .join(", ")}, …],`,
    async ask(answer) {
      const of = called(answer, "(power, small) => number") as Beyond | undefined;
      return numbersOf(of?.([...power], small));
    },
  };
}

/** The exercises of the notebook "16-cascade". */
export const cascadeExercises: readonly Exercise[] = [cost, augmented, beyond];
