import { setTimeout } from "node:timers/promises";
import { checkInterrupt } from "./host";

/** For long computations: the function is called, and awaited, after each step. It lets messages and pictures move every 50 ms,
 * and ends the work once the user has interrupted the cell.
 * @throws InterruptedError, by the function, after an interrupt */
export function pace(): () => Promise<void> {
  let pause = performance.now() + pauseEvery;
  return async () => {
    checkInterrupt();
    if (performance.now() <= pause) return;
    await setTimeout(0);
    pause = performance.now() + pauseEvery;
  };
}

/** Milliseconds. */
const pauseEvery = 50;
