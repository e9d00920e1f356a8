import { checkInteger } from "../errors";

/** How often a completion goes back to more noise, so that what is made has time to come to terms with what is known. */
export interface TimeTravel {
  /** j: how many steps are taken back at once. A twenty-fifth of all if omitted, as the paper's 10 of 250. */
  readonly jump?: number;
  /** r: how often each stretch of j steps is made; 1 for plain replacement. The denoiser is called about r times as often. */
  readonly resamplings?: number;
}

/** The way through `steps` + 1 times, as places in their list: 0, 1, …, `steps`, but for every `jump` steps it turns back by
 * as many, until each stretch has been made `resamplings` times (Lugmayr et al. 2022, "RePaint", section 4.2 and appendix
 * B). With a jump of 1 it is the loop of the paper's algorithm 1. From the last place, the data, nothing turns back.
 * @throws RangeError for numbers that are not whole, a jump of no step or all, or no sampling at all */
export function repaintPath(
  steps: number,
  { jump = Math.max(1, Math.round(steps / 25)), resamplings = 10 }: TimeTravel = {},
): number[] {
  checkInteger("steps", steps, 1);
  checkInteger("jump", jump, 1, Math.max(1, steps - 1));
  checkInteger("resamplings", resamplings, 1);
  const path = [0];
  const turned = new Int32Array(steps);
  for (let place = 1; place <= steps; place++) {
    path.push(place);
    const turns = place >= jump && place < steps && (steps - 1 - place) % jump === 0;
    if (!turns || turned[place] === resamplings - 1) continue;
    turned[place]++;
    place -= jump;
    path.push(place);
  }
  return path;
}
