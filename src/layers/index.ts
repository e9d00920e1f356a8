/** The layers that networks are made of, as functions of tensors. Each one's gradient is written down by hand, for speed
 * and because WebAssembly lacks the operations that TensorFlow.js would use. None can be differentiated twice. */
export { conv2d, type Conv2dOptions, type Padding } from "./conv2d";
export { dense } from "./dense";
export { groupNorm, type GroupNormOptions } from "./group-norm";
export { silu } from "./silu";
export { attention, attentionWeights, type AttentionOptions } from "./attention";
export { meanAbsoluteError } from "./mean-absolute-error";
export { meanSquaredError } from "./mean-squared-error";
export { upsample, downsample } from "./resample";
export { embedding } from "./embedding";
export { stopGradient, straightThrough } from "./stop-gradient";
