/** Estimates the time left from the latest half of the steps done: the slow first step (compilation, caches) is soon
 * forgotten, a slow step now and then (evaluation, a picture) counts with its true share, and a change of pace is seen. */
export class TimeLeft {
  /** Times at which steps were finished, thinned out geometrically: a million steps keep about two thousand. */
  private readonly marks: { readonly step: number; readonly time: number }[];

  constructor(start: number) {
    this.marks = [{ step: 0, time: start }];
  }

  /** Notes that `step` steps are done at this time. */
  mark(step: number, time: number): void {
    if (step >= this.last.step + Math.max(1, step / 200)) this.marks.push({ step, time });
  }

  /** Steps per unit of time over the latest half; undefined before two steps are done. */
  rate(): number | undefined {
    const { last } = this;
    if (last.step < 2) return undefined;
    const from = this.marks.findLast(({ step }) => step <= last.step / 2)!;
    return last.time > from.time ? (last.step - from.step) / (last.time - from.time) : undefined;
  }

  /** The time from the given one until `total` steps are done; undefined while nothing can be said. */
  estimate(total: number, now: number): number | undefined {
    const rate = this.rate();
    return rate && Math.max(0, this.last.time + (total - this.last.step) / rate - now);
  }

  private get last(): { readonly step: number; readonly time: number } {
    return this.marks[this.marks.length - 1];
  }
}
