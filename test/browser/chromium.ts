/** A headless Chromium and what went wrong in its pages. */
import { existsSync, mkdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium, type Browser, type BrowserContext, type Locator, type Page } from "playwright-core";
import { PNG } from "pngjs";
import { paths } from "../../kernel-setup/setup/environment.mjs";

const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/** Starts the system's Chromium; `CHROMIUM` names another one.
 * @throws Error if there is none, with the command that installs one. */
export async function launchChromium(): Promise<Browser> {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const found = folders.flatMap((folder) => names.map((name) => join(folder, name))).find(existsSync);
  const executablePath = process.env.CHROMIUM ?? found;
  if (!executablePath) {
    throw new Error(
      "The browser tests need Chromium: apt-get install chromium, or set CHROMIUM to its path.",
    );
  }
  // Nothing but the pages under test: no updates, no syncing, no look-ups of its own.
  const quiet = ["quic", "background-networking", "component-update", "sync"].map(
    (part) => `--disable-${part}`,
  );
  return chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", ...quiet],
  });
}

/** Collects the errors of all pages of a context: on the console, uncaught, of requests that failed or were refused. */
export function collectErrors(context: BrowserContext): string[] {
  const errors: string[] = [];
  context.on("console", (message) => {
    if (message.type() === "error") errors.push(`console: ${message.text()}`);
  });
  context.on("weberror", (error) => errors.push(`uncaught: ${error.error().message}`));
  context.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText ?? "";
    // A page that is left or a stream that ends takes its requests with it.
    if (!reason.includes("ERR_ABORTED")) errors.push(`request failed: ${request.url()} ${reason}`);
  });
  context.on("response", (response) => {
    if (response.status() >= 400) errors.push(`status ${response.status()}: ${response.url()}`);
  });
  return errors;
}

/** Keeps a picture of the page for people to look at. */
export async function keepScreenshot(page: Page, ...name: string[]): Promise<void> {
  const folder = join(paths.cache, "screenshots");
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name.join("-")}.png`), animations: "disabled" });
}

/** How many colours a part of the page shows: one or two mean that nothing is drawn there. */
export async function countColours(part: Locator): Promise<number> {
  const { data } = PNG.sync.read(await part.screenshot({ animations: "disabled" }));
  const pixels = new Uint32Array(data.buffer, data.byteOffset, data.length / 4);
  return new Set(pixels).size;
}
