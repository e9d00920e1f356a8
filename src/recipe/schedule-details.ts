import type { Details } from "../checkpoint";
import type { Schedule } from "../schedule";

/** What tells a schedule from others, for a file that is to say with which it was made. */
export const scheduleDetails = ({ name, steps, alpha }: Schedule): Details => ({
  name,
  steps,
  alpha: [1, steps].map((t) => alpha[t]),
});
