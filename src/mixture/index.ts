export { gaussianMixture, type GaussianMixture, type MixtureParameters } from "./mixture";
export { bookMixture } from "./book";
export {
  planeMixture,
  type PlaneComponent,
  type PlaneMixture,
  type PlaneMixtureParameters,
  type Point,
} from "./plane";
export { labelledMixture, type LabelledMixture, type Tilt } from "./labelled";
export { denoiseMixture, exactDenoiser, type AnyMixture } from "./denoise";
export { exactErrors, meanLogDensity } from "./exact-errors";
