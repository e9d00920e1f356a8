import { checkNumber } from "../errors";
import { conversionWeights, type Prediction } from "../prediction";
import { betaVariance, type ReverseVariance } from "../process";
import type { Schedule } from "../schedule";
import { klWeights, reconstructionWeights } from "./bound";

/** How much ‖ε - ε̂‖² at time t counts in the loss, in double precision. A function, so that any can be written. */
export type Weighting = (t: number, schedule: Schedule) => number;

/** 1 at every t: the simple loss (lecture, "Training – Practical view"; Ho et al. 2020, equation 14). */
export const simpleWeighting: Weighting = () => 1;

/** The weight that the bound gives, β_t² / (2σ_t² (1-β_t)(1-α_t)) for t ≥ 2, and that of the reconstruction at t = 1 (Ho et al.
 * 2020, equation 12). Each ‖ε - ε̂‖² is ‖x - x̂‖² · SNR(t). */
export function boundWeighting(variance: ReverseVariance = betaVariance): Weighting {
  return (t, schedule) => {
    const onData =
      t === 1 ? reconstructionWeights(1, schedule, variance) : klWeights(t, 1, schedule, variance);
    return onData.weight / schedule.snr[t];
  };
}

/** SNR(t)^power: 0 is the simple loss, and -1 counts ‖x - x̂‖² the same at every t.
 * @throws RangeError for a power that is not finite */
export function snrWeighting(power: number): Weighting {
  checkNumber("power", power);
  return (t, { snr }) => snr[t] ** power;
}

/** min(SNR(t), γ) / SNR(t): the simple loss, but ‖x - x̂‖² counts at most γ, so that the easy small t do not outweigh all others
 * (Hang et al. 2023, "Efficient diffusion training via min-SNR weighting").
 * @throws RangeError for a γ of 0 or less */
export function minSnrWeighting(gamma: number = 5): Weighting {
  checkNumber("gamma", gamma, Number.MIN_VALUE);
  return (t, { snr }) => Math.min(1, gamma / snr[t]); // 1 where SNR is 0, too
}

/** What the plain loss of a network that predicts this counts for at t, in units of ‖ε - ε̂‖²: 1 for the noise, 1/SNR(t) for x, 1 + 1/SNR(t)
 * for v, (1 + 1/√SNR(t))² for the flow (Kingma & Gao 2023, "Understanding diffusion objectives as the ELBO with simple data augmentation",
 * table 1). So any network can be trained by the loss of any other. It is infinite where nothing is left of the data, unless the unit is ‖x - x̂‖²:
 * of it the same losses are SNR, 1, 1 + SNR and (1 + √SNR)², and that of the flow is 1/τ² on the straight path.
 * @param of the error that is the unit
 * @throws RangeError at a call where α_t = 0, if the unit is the noise's error */
export function predictionWeighting(predicts: Prediction, of: Prediction = "noise"): Weighting {
  return (t, schedule) => conversionWeights(of, predicts, t, schedule).prediction ** 2;
}
