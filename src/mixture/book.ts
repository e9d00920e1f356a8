import { gaussianMixture, type GaussianMixture } from "./mixture";

/** The one-dimensional data of Prince 2023, chapter 18 (and of its notebooks): four components of unequal width. */
export const bookMixture: GaussianMixture = gaussianMixture({
  means: [1.5, -0.216, 0.45, -1.875],
  deviations: [0.3, 0.15, 0.525, 0.075],
  weights: [0.2, 0.3, 0.35, 0.15],
});
