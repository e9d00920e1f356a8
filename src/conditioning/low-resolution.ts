import { tf } from "../backend/tf";
import { checkInteger } from "../errors";
import { downsample, upsample } from "../layers";
import { diffuse } from "../process";
import { randomUniform, type Seed } from "../random";
import { nextSeed } from "../random/seed";
import type { Schedule } from "../schedule";
import type { Condition } from "../network";
import type { DerivedCondition } from "./derived";

export interface LowResolutionOptions {
  /** How many times as large the samples are, along a side, as what they are made of. */
  readonly factor?: number;
  /** Of the noise that the small image gets. */
  readonly schedule: Schedule;
  /** The most noise that it gets in training, as the time of the schedule up to which; 0 for none. */
  readonly mostNoise: number;
}

/** For super-resolution: the sample's own small copy, enlarged again, as the conditional image (lecture, "Cascaded Conditional
 * Generation": channel-wise concatenation; Saharia et al. 2021, "SR3"), with noise conditioning augmentation (Ho et al. 2022, "Cascaded
 * diffusion models", section 4): it has noise of a random time s from 0 to `mostNoise`, and the network is told s, so that it does
 * not trust every detail. In a cascade the small image is a sample, which is not quite like the small images of training.
 * @throws RangeError for a factor or time that is not possible */
export function lowResolution({ factor = 2, schedule, mostNoise }: LowResolutionOptions): DerivedCondition {
  checkInteger("factor", factor, 2);
  checkInteger("mostNoise", mostNoise, 0, schedule.steps);
  return {
    details: { condition: "low resolution", factor, mostNoise },
    of: (x) => {
      const drawn = (): tf.Tensor1D => {
        const s = randomUniform<tf.Rank.R1>([x.shape[0]]).mul(mostNoise + 1);
        return s.floor().minimum(mostNoise).cast("int32");
      };
      return fromSmall(() => downsample(x, factor), drawn, { factor, schedule });
    },
  };
}

/** The condition of samples that are to be a small image, enlarged: for a network that has learned by {@link lowResolution}.
 * @param small float32 [batch, height, width, channels]
 * @param s how much noise it gets, the same for all: 0 for none
 * @throws RangeError for a time that the schedule does not have */
export function enlarged(
  small: tf.Tensor4D,
  s: number,
  options: Omit<LowResolutionOptions, "mostNoise"> & { readonly seed?: Seed },
): Condition {
  const { factor = 2, schedule, seed } = options;
  checkInteger("s", s, 0, schedule.steps);
  const everywhere = (): tf.Tensor1D => tf.fill([small.shape[0]], s, "int32");
  return fromSmall(() => small, everywhere, { factor, schedule, seed });
}

/** Image and vector of small images with noise of each one's time s. */
function fromSmall(
  smallImages: () => tf.Tensor4D,
  times: () => tf.Tensor1D,
  {
    factor,
    schedule,
    seed = nextSeed(),
  }: { readonly factor: number; readonly schedule: Schedule; readonly seed?: Seed | undefined },
): Condition {
  const [image, vector] = tf.tidy(() => {
    const [small, s] = [smallImages(), times()];
    // The schedule begins at t = 1; s = 0 is the clean image.
    const clean = s.equal(0).reshape([-1, 1, 1, 1]);
    const noisy = diffuse(small, s.maximum(tf.scalar(1, "int32")), schedule, { seed });
    const told = s.cast("float32").div(schedule.steps).reshape([-1, 1]);
    return [upsample(tf.where(clean, small, noisy), factor), told];
  });
  return { image, vector };
}
