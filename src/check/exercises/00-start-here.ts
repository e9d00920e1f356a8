import { compared, type Trial } from "../compared";
import type { Exercise } from "../exercise";
import { FormError, numbersOf } from "../numbers";

type Ratio = (alpha: number) => unknown;

/** 00.1: the signal-to-noise ratio α / (1 - α). */
const signalToNoise = compared({
  id: "00.1",
  title: "the signal-to-noise ratio",
  solution: (alpha: number) => alpha / (1 - alpha),
  misconceptions: [
    {
      name: "noise to signal",
      says: "The ratio is upside down: this is the noise over the signal. Much signal should give a large number.",
      planted: [(alpha: number) => (1 - alpha) / alpha],
    },
    {
      name: "share of the signal",
      says: "That is the share of the signal in the whole. The ratio compares it with the noise alone, 1-α.",
      planted: [(alpha: number) => alpha],
    },
    {
      name: "missing brackets",
      says: "Division comes before subtraction: alpha / 1 - alpha means (alpha / 1) - alpha. Put 1 - alpha in brackets.",
      planted: [(alpha: number) => alpha / 1 - alpha],
    },
  ],
  notice: "It is 1 where signal and noise are equally strong, at α = 1/2.",
  trials: [0.2, 0.5, 0.9].map(ratioTrial),
});

function ratioTrial(alpha: number): Trial {
  return {
    asked: `Your function with alpha = ${alpha}`,
    async ask(answer) {
      if (answer !== undefined && typeof answer !== "function")
        throw new FormError(
          "The answer should be a function (alpha) => …; pass its name without calling it.",
        );
      return numbersOf((answer as Ratio | undefined)?.(alpha));
    },
  };
}

/** The exercises of the notebook "00-start-here". */
export const startHere: readonly Exercise[] = [signalToNoise];
