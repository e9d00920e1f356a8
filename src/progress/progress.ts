import { checkInterrupt, InterruptedError } from "../notebook/host";
import { pictureHtml } from "./html";
import { defaultScreen, type Screen } from "./screen";
import type { ProgressState } from "./state";
import { TimeLeft } from "./time-left";

export interface ProgressOptions {
  /** What is going on, such as "training". */
  readonly label?: string;
  /** The number of steps, where it cannot be told from what is iterated over. */
  readonly total?: number;
  /** Seconds between two updates of the display. */
  readonly every?: number;
  /** Seconds on any clock that only goes forward. */
  readonly clock?: () => number;
  readonly screen?: Screen;
}

/** Work that shows how far it is: bar, rate, time left, named numbers and a live picture, in one display.
 * Made by `progress`; iterate over it with `for await`, or call `advance` and `finish`. */
export class Progress<T = number> implements AsyncIterable<T> {
  private readonly label: string;
  private readonly total: number | undefined;
  private readonly every: number;
  private readonly clock: () => number;
  private readonly screen: Screen;
  private readonly start: number;
  private readonly pace: TimeLeft;
  private step = 0;
  private values: Record<string, number> = {};
  private status: ProgressState["status"] = "running";
  private nextShow = -Infinity;
  private nextYield: number;
  private draw: (() => unknown) | undefined;
  private drawn = "";
  private nextDraw = -Infinity;

  constructor(
    private readonly items: Iterable<T> | AsyncIterable<T>,
    { label = "progress", total, every = 0.2, clock = now, screen = defaultScreen() }: ProgressOptions,
  ) {
    this.label = label;
    this.total = total;
    this.every = every;
    this.clock = clock;
    this.screen = screen;
    this.start = clock();
    this.pace = new TimeLeft(this.start);
    this.nextYield = this.start + yieldEvery;
  }

  /** Numbers to show from the next update on, such as `{ loss }`. */
  report(values: Readonly<Record<string, number>>): void {
    Object.assign(this.values, values);
  }

  /** The live picture from the next update on: a figure or image grid, or a function that makes one. The function is called
   * only when a picture is drawn, and drawing takes at most a tenth of the time. */
  picture(value: unknown): void {
    this.draw = typeof value === "function" ? (value as () => unknown) : (): unknown => value;
  }

  /** Counts one step as done, shows it if an update is due, and lets messages flow.
   * @throws InterruptedError once the user has interrupted the cell; the display then says where the work stopped. */
  async advance(values: Readonly<Record<string, number>> = {}): Promise<void> {
    this.report(values);
    this.step++;
    const time = this.clock();
    this.pace.mark(this.step, time);
    if (time >= this.nextShow) {
      this.nextShow = time + this.every;
      await this.show();
    }
    if (time >= this.nextYield) {
      await new Promise(setImmediate);
      this.nextYield = this.clock() + yieldEvery;
    }
    this.stopIfInterrupted();
  }

  /** Shows the last state; nothing changes after it. By default the work is done. */
  async finish(status: "done" | "stopped" | "failed" = "done"): Promise<void> {
    if (this.status !== "running") return;
    this.status = status;
    if (status === "done") await this.redraw();
    this.screen.show(this.state(), this.drawn);
  }

  /** Runs through the items; leaving the loop early, by `break`, an error or an interrupt, shows where it stopped. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    let end: "done" | "stopped" | "failed" = "stopped";
    try {
      await this.show();
      for await (const item of this.items) {
        this.stopIfInterrupted();
        yield item;
        await this.advance();
      }
      end = "done";
    } catch (error) {
      if (!(error instanceof InterruptedError)) end = "failed";
      throw error;
    } finally {
      await this.finish(end);
    }
  }

  private stopIfInterrupted(): void {
    try {
      checkInterrupt();
    } catch (error) {
      // Nothing is drawn any more: a picture may take long, and the user wants to go on.
      this.status = "stopped";
      this.screen.show(this.state(), this.drawn);
      throw error;
    }
  }

  private async show(): Promise<void> {
    await this.redraw();
    this.screen.show(this.state(), this.drawn);
  }

  private async redraw(): Promise<void> {
    const begin = this.clock();
    if (!this.draw || !this.screen.pictures || (begin < this.nextDraw && this.status === "running")) return;
    this.drawn = await pictureHtml(await this.draw());
    const end = this.clock();
    this.nextDraw = end + 9 * (end - begin);
  }

  private state(): ProgressState {
    const { label, step, total, values, status } = this;
    const time = this.clock();
    const elapsed = time - this.start;
    const running = status === "running";
    return {
      label,
      step,
      total,
      elapsed,
      rate: running ? this.pace.rate() : step > 0 && elapsed > 0 ? step / elapsed : undefined,
      left: running && total !== undefined ? this.pace.estimate(total, time) : undefined,
      values: { ...values },
      status,
    };
  }
}

/** Seconds after which a loop lets the event loop turn: messages and interrupts are then seen at once. */
const yieldEvery = 0.03;
const now = (): number => performance.now() / 1000;

/** Shows the progress of a loop.
 *
 *     const steps = progress(1000, { label: "training" });
 *     for await (const step of steps) steps.report({ loss: train(step) });
 *
 * A number n stands for the steps 1, 2, …, n, as the lecture counts them.
 * @throws RangeError if the number of steps is not a whole number of at least 0. */
export function progress(steps: number, options?: ProgressOptions): Progress;
export function progress<T>(items: Iterable<T> | AsyncIterable<T>, options?: ProgressOptions): Progress<T>;
export function progress<T>(
  work: number | Iterable<T> | AsyncIterable<T>,
  options: ProgressOptions = {},
): Progress<T> | Progress {
  if (typeof work === "number") return new Progress(countTo(work), { total: work, ...options });
  return new Progress(work, { ...sizeOf(work), ...options });
}

function countTo(steps: number): Iterable<number> {
  if (!Number.isInteger(steps) || steps < 0) {
    throw new RangeError(`progress: ${steps} steps cannot be counted; give a whole number of at least 0.`);
  }
  return {
    *[Symbol.iterator](): Generator<number, void, undefined> {
      for (let step = 1; step <= steps; step++) yield step;
    },
  };
}

function sizeOf(items: object): { total?: number } {
  if ("length" in items && typeof items.length === "number") return { total: items.length };
  if ("size" in items && typeof items.size === "number") return { total: items.size };
  return {};
}
