export {
  convertPrediction,
  conversionWeights,
  predictionTarget,
  type Conversion,
  type ConversionWeights,
  type Prediction,
} from "./prediction";
export { denoiserOf, type Denoiser, type Predictor } from "./denoiser";
