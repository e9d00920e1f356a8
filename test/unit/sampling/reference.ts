import { cosineSchedule, linearSchedule, type Prediction, type Schedule } from "diffusion";
import reference from "./reference.json";

/** What diffusers computed for one step from t to s, with the noise of `inputs`. */
export interface ReferenceStep {
  readonly sampler: string;
  readonly schedule: string;
  readonly prediction: string;
  readonly varianceType?: string;
  readonly eta?: number;
  readonly t: number;
  readonly s: number;
  readonly variance: number;
  readonly result: readonly number[];
}

/** What it computed through all of the times, where {@link model} is the network and {@link loopNoise} the noise. */
export interface ReferenceLoop {
  readonly sampler: string;
  readonly schedule: string;
  readonly prediction: string;
  readonly varianceType?: string;
  readonly eta?: number;
  readonly times: readonly number[];
  readonly result: readonly number[];
  /** z after each step, where there are few. */
  readonly path?: readonly (readonly number[])[];
}

export const inputs: { readonly z: number[]; readonly output: number[]; readonly noise: number[] } =
  reference.inputs;
export const steps: readonly ReferenceStep[] = reference.steps;
export const loops: readonly ReferenceLoop[] = reference.loops;
export const { timesteps } = reference;

export const schedules: Readonly<Record<string, Schedule>> = {
  linear: linearSchedule(1000),
  cosine: cosineSchedule(1000),
};

/** What diffusers calls a prediction. */
export const predictions: Readonly<Record<string, Prediction>> = {
  epsilon: "noise",
  sample: "x",
  v_prediction: "v",
};

/** The network of the loops is linear in z: its output is scale·z + shift. */
export function model(prediction: string, t: number): { readonly scale: number; readonly shift: number } {
  return prediction === "sample"
    ? { scale: 0.8 * Math.cos(t / 400), shift: 0.05 }
    : { scale: 0.6 * Math.cos(t / 200), shift: 0.1 * Math.sin(t / 50) };
}

/** The noise of the k-th step of a loop, from 0. */
export const loopNoise = (k: number): number[] => [1, 2, 3].map((i) => Math.sin(3 * k + i));

/** A name for `test.each`. */
export const named = <R extends ReferenceStep | ReferenceLoop>(rows: readonly R[]): [string, R][] =>
  rows.map((row) => {
    const { sampler, schedule, prediction, varianceType, eta } = row;
    const way = varianceType ?? (eta === undefined ? "" : `η = ${eta}`);
    const when = "t" in row ? `${row.t} → ${row.s}` : `${row.times.length - 1} steps from ${row.times[0]}`;
    return [[sampler, way, schedule, prediction, when].filter(Boolean).join(", "), row];
  });
