export type { DerivedCondition } from "./derived";
export { imageEmbedding, scaledEmbedding, type ImageEmbeddingOptions } from "./image-embedding";
export { enlarged, lowResolution, type LowResolutionOptions } from "./low-resolution";
export { contextOf, maskedContext, type MaskedContextOptions } from "./masked-context";
