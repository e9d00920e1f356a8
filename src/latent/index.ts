export {
  autoencoder,
  type Autoencoder,
  type AutoencoderOptions,
  type CodeOptions,
  type RoundTrip,
} from "./autoencoder";
export type { Bottleneck, Learning, MadeBottleneck } from "./bottleneck";
export { normalBottleneck, type NormalBottleneckOptions } from "./normal-bottleneck";
export { codeBottleneck, type CodeBottleneckOptions } from "./code-bottleneck";
export { codeShares, nearestCodes, perplexity } from "./nearest-codes";
export { inBatches, latentSpace, type LatentSpace } from "./latent-space";
export { measureScale } from "./measure-scale";
