import type { UNetOptions } from "../../network";

/** The network for colour pictures of 32 pixels a side, whatever else it is told. */
export const smallPictures: Omit<UNetOptions, "steps" | "seed"> = {
  size: 32,
  channels: 3,
  width: 32,
  multipliers: [1, 2, 4],
  attention: [8],
  heads: 4,
  time: "adaptive",
};
