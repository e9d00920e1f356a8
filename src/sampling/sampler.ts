import type { tf } from "../backend/tf";
import type { Denoiser } from "../prediction";
import type { Seed } from "../random";
import type { Schedule } from "../schedule";

/** A sampler turns noise into data: from z_T ~ N(0, I) to z_0, by calls of a denoiser at decreasing times. An interrupt of
 * the cell ends it.
 * @param z where it starts, z_T unless `times` begins elsewhere: float32 [batch, ...]
 * @returns z at the last of the times, of the shape of z; the caller disposes of it
 * @throws RangeError for times that do not fit the schedule, naming them; InterruptedError */
export type Sampler<Options extends SamplerOptions = SamplerOptions> = (
  denoise: Denoiser,
  z: tf.Tensor,
  schedule: Schedule,
  options?: Options,
) => Promise<tf.Tensor>;

/** What all samplers take. */
export interface SamplerOptions {
  /** The times t to go through, decreasing, from that of z to the last; T, T-1, …, 0 if omitted, see {@link samplingTimes}. */
  readonly times?: readonly number[];
  /** Where the noise of samplers that add some comes from. */
  readonly seed?: Seed;
  /** The noise itself, for the step that starts at t: instead of the seed, where runs are to have the same. */
  readonly noise?: (t: number) => tf.Tensor;
  /** Called after each step, as for pictures; what it returns is awaited. */
  readonly callback?: (state: SamplingState) => unknown;
}

/** Where a sampler is. Its tensors are disposed of after the callback: clone what is to be kept. */
export interface SamplingState {
  /** Steps that have been made, from 1, and those in all. */
  readonly step: number;
  readonly steps: number;
  /** The time that is reached, and z there. */
  readonly t: number;
  readonly z: tf.Tensor;
  /** x̂ from the step's start. */
  readonly guess: tf.Tensor;
}
