// @ts-check
/** What set-up shows while it works: one changing line on a terminal, an occasional plain line elsewhere. */

/**
 * @typedef {object} Task
 * @property {(text: string) => void} note shows a short state beside the step's title
 * @property {(done: number, total: number) => void} bytes shows bytes done, rate and time left
 * @property {(pid: number) => void} started told the process id of a program the step runs
 */

const TERMINAL_INTERVAL = 100;
const PLAIN_INTERVAL = 10_000;

/** @param {number} bytes */
export const megabytes = (bytes) => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;

/** @param {number} seconds */
export const duration = (seconds) =>
  seconds < 90
    ? `${seconds.toFixed(seconds < 9.95 ? 1 : 0)} s`
    : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;

/**
 * "120 of 274 MB, 12 MB/s, 13 s left"
 * @param {number} done bytes @param {number} total bytes @param {number} seconds since the start
 */
export function transfer(done, total, seconds) {
  const amount = `${(done / 1e6).toFixed(0)} of ${megabytes(total)}`;
  const rate = done / seconds;
  if (seconds < 0.5 || rate === 0) return amount;
  return `${amount}, ${megabytes(rate)}/s, ${duration((total - done) / rate)} left`;
}

/**
 * The display of one step.
 * @param {string} title
 * @param {NodeJS.WriteStream} [stream]
 */
export function showTask(title, stream = process.stderr) {
  const start = Date.now();
  let state = "";
  let stateStart = start;
  let lastDone = 0;
  let shown = start;
  const elapsed = () => (Date.now() - start) / 1000;
  const redraw = () => {
    const line = `  ${title}  ${[state, duration(elapsed())].filter(Boolean).join(" · ")}`;
    stream.write(`\r\x1b[2K${line.slice(0, (stream.columns ?? 80) - 1)}`);
  };
  const plain = () => {
    if (Date.now() - shown < PLAIN_INTERVAL) return;
    shown = Date.now();
    stream.write(`    ${[state, duration(elapsed())].filter(Boolean).join(" · ")}\n`);
  };
  if (!stream.isTTY) stream.write(`  ${title} …\n`);
  const timer = setInterval(stream.isTTY ? redraw : plain, stream.isTTY ? TERMINAL_INTERVAL : 1000);
  timer.unref();
  return {
    /** @type {Task["note"]} */
    note(text) {
      state = text;
      stateStart = Date.now();
    },
    /** @type {Task["bytes"]} */
    bytes(done, total) {
      if (done === 0 || done < lastDone) stateStart = Date.now();
      lastDone = done;
      state = transfer(done, total, (Date.now() - stateStart) / 1000);
    },
    /** @param {boolean} ok */
    end(ok) {
      clearInterval(timer);
      const mark = ok ? "done" : "stopped";
      stream.write(`${stream.isTTY ? "\r\x1b[2K" : ""}  ${title}: ${mark} in ${duration(elapsed())}\n`);
    },
  };
}
