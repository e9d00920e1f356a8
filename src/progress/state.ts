/** What a progress display shows at one moment. Times are in seconds. */
export interface ProgressState {
  readonly label: string;
  readonly step: number;
  /** Undefined if nobody knows how many steps there will be. */
  readonly total: number | undefined;
  readonly elapsed: number;
  /** Steps per second. */
  readonly rate: number | undefined;
  readonly left: number | undefined;
  /** Named numbers, such as the loss. */
  readonly values: Readonly<Record<string, number>>;
  readonly status: "running" | "done" | "stopped" | "failed";
}

/** One line: percentage, steps, rate, times, values. */
export function progressText(state: ProgressState): string {
  return [`${state.label}:`, ...parts(state)].join("  ");
}

export function percentage({ step, total }: ProgressState): number | undefined {
  return total === undefined ? undefined : total === 0 ? 100 : Math.floor((100 * step) / total);
}

export function parts(state: ProgressState): string[] {
  const { step, total, elapsed, rate, left, values, status } = state;
  const percent = percentage(state);
  const of = total === undefined ? `step ${step}` : `step ${step} of ${total}`;
  const pace = rate === undefined ? [] : [rateText(rate)];
  const times: Record<ProgressState["status"], string[]> = {
    running: [
      ...pace,
      `${duration(elapsed)} so far`,
      ...(left === undefined ? [] : [`${duration(left)} left`]),
    ],
    done: [...pace, `took ${duration(elapsed)}`],
    stopped: [`after ${duration(elapsed)}`],
    failed: [`after ${duration(elapsed)}`],
  };
  return [
    ...(percent === undefined ? [] : [`${percent} %`]),
    status === "stopped" || status === "failed" ? `${status} at ${of}` : of,
    ...times[status],
    ...Object.entries(values).map(([name, value]) => `${name} ${numberText(value)}`),
  ];
}

function rateText(rate: number): string {
  return rate >= 1 ? `${Number(rate.toPrecision(3))} steps/s` : `${Number((1 / rate).toPrecision(3))} s/step`;
}

function numberText(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toPrecision(4);
}

/** "0.4 s", "12 s", "3:05 min", "2:07 h". */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return clock(whole, 60, "min");
  return clock(Math.round(seconds / 60), 60, "h");
}

const clock = (amount: number, base: number, unit: string): string =>
  `${Math.floor(amount / base)}:${String(amount % base).padStart(2, "0")} ${unit}`;
