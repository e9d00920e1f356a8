export type { DerivedCondition } from "./derived";
export { enlarged, lowResolution, type LowResolutionOptions } from "./low-resolution";
export { contextOf, maskedContext, type MaskedContextOptions } from "./masked-context";
