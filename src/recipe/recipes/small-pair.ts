import type { TextImagePairOptions } from "../../network";

/** The pair for colour pictures of 32 pixels a side, whatever their captions. */
export const smallPair: Omit<TextImagePairOptions, "text" | "seed"> & { readonly features: number } = {
  size: 32,
  channels: 3,
  width: 24,
  multipliers: [1, 2, 4],
  features: 64,
};
