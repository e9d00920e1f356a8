export { gaussianMixture, type GaussianMixture, type MixtureParameters } from "./mixture";
export { bookMixture } from "./book";
