import { tf } from "../backend/tf";
import { checkShape } from "../errors";
import type { Schedule } from "../schedule";
import { convertPrediction, type Prediction } from "./prediction";

/** x̂(z_t, t): a guess of the data behind z_t. All samplers and bounds are about such a function, whatever a network
 * predicts, and whether there is a network at all.
 * @param z z_t, float32 [batch, ...]
 * @param t from 1 to T, the same for the whole batch
 * @returns x̂, of the shape of z */
export type Denoiser = (z: tf.Tensor, t: number) => tf.Tensor;

/** What a network computes: f_θ(z_t, t).
 * @param z float32 [batch, ...]
 * @param t int32 [batch], from 1 to T
 * @returns its prediction, of the shape of z */
export type Predictor = (z: tf.Tensor, t: tf.Tensor) => tf.Tensor;

/** The denoiser that a network amounts to.
 * @throws RangeError at a call if the network's result has another shape than z, or where nothing is left of the data */
export function denoiserOf(predict: Predictor, predicts: Prediction, schedule: Schedule): Denoiser {
  return (z, t) =>
    tf.tidy(() => {
      const value = predict(z, tf.fill([z.shape[0]], t, "int32"));
      checkShape("The network's result", value.shape, z.shape);
      return convertPrediction(value, { from: predicts, to: "x", z, t, schedule });
    });
}
