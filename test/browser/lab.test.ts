/** A student's first lesson: `npm start`, the notebook on the forward process in JupyterLab, Run All, some typing. */
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { discover, nameOf, readNotebook, sourceOf } from "../notebooks/files.mjs";
import { collectErrors, countColours, keepScreenshot, launchChromium } from "./chromium";
import { startLab, type Lab } from "./lab";

const path = discover({ wanted: ["01-"] })[0];
const cells = readNotebook(path).cells;
const codeCells = cells.flatMap((cell, index) =>
  cell.cell_type === "code" && sourceOf(cell) ? [index] : [],
);
const figures =
  ".jp-RenderedVegaCommon5, .jp-RenderedPlotly, .jp-RenderedImage, .jp-RenderedSVG, .jp-RenderedHTML figure";
const complaints = ["error", "stderr"]
  .map((kind) => `[data-mime-type="application/vnd.jupyter.${kind}"]`)
  .join(", ");

let lab: Lab | undefined;
let browser: Browser | undefined;
let context: BrowserContext;
let page: Page;
let errors: string[];

beforeAll(async () => {
  browser = await launchChromium();
  lab = await startLab();
  context = await browser.newContext({ viewport: { width: 1400, height: 1000 } });
  errors = collectErrors(context);
  context.on("request", (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (/^(http|ws)/.test(protocol) && hostname !== "127.0.0.1")
      errors.push(`leaves the machine: ${request.url()}`);
  });
  page = await context.newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(lab.address(`${nameOf(path)}.ipynb`));
});

afterAll(async () => {
  await keepScreenshot(page, "lab", "end");
  await browser?.close();
  const ended = await lab?.stop();
  expect(ended).toMatchObject({ code: 0 });
});

/** Cells in the document's order; JupyterLab draws those far from the window only when they come near it. */
async function cell(index: number): Promise<Locator> {
  const found = page.locator(`.jp-Notebook .jp-Cell[data-windowed-list-index="${index}"]`);
  await found.scrollIntoViewIfNeeded();
  return found;
}

const isFolded = (index: number): boolean => {
  const { jupyter } = cells[index].metadata as { jupyter?: { source_hidden?: boolean } };
  return jupyter?.source_hidden === true;
};

/** Until the kernel is connected and has nothing to do. */
async function idle(): Promise<void> {
  await page.getByText("TypeScript | Idle", { exact: true }).waitFor();
}

test("runs all cells of the notebook", async () => {
  await idle();
  await page.getByRole("menuitem", { name: "Run", exact: true }).click();
  await page.getByRole("menuitem", { name: "Run All Cells", exact: true }).click();
  await (await cell(codeCells[0])).locator(".jp-InputPrompt", { hasText: /\*|1/ }).waitFor();
  for (const [count, index] of codeCells.entries()) {
    const shown = await cell(index);
    const prompt = shown.locator(".jp-InputPrompt");
    await prompt.filter({ hasNotText: "*" }).waitFor();
    expect(await shown.locator(complaints).allTextContents()).toEqual([]);
    // A solution's cell is folded to one line, without its number.
    if (!isFolded(index)) expect(await prompt.textContent()).toBe(`[${count + 1}]:`);
  }
  await idle();
});

test("draws the figures", async () => {
  let drawn = 0;
  for (const index of codeCells) {
    for (const figure of await (await cell(index)).locator(figures).all()) {
      await figure.scrollIntoViewIfNeeded();
      await figure.locator("svg, canvas, img").first().waitFor();
      expect({ cell: index + 1, colours: (await countColours(figure)) > 2 }).toEqual({
        cell: index + 1,
        colours: true,
      });
      await keepScreenshot(page, "lab", String(++drawn).padStart(2, "0"));
    }
  }
  expect(drawn).toBeGreaterThan(0);
});

describe("in a new cell", () => {
  beforeAll(async () => {
    await (await cell(cells.length - 1)).click();
    await page.keyboard.press("Escape");
    await page.keyboard.press("b");
    await page.keyboard.press("Enter");
  });

  test("completes the library's names with their kinds", async () => {
    await page.keyboard.insertText('import * as course from "diffusion";\ncourse');
    // The course's settings open the list while one types.
    await page.keyboard.type(".li", { delay: 50 });
    const item = page.locator(".jp-Completer-item", { hasText: "linearSchedule" });
    await item.waitFor();
    expect(await item.textContent()).toMatch(/function/);
    await keepScreenshot(page, "lab", "completion");
    await item.click();
    await page.locator(".jp-Cell.jp-mod-active .cm-content", { hasText: "course.linearSchedule" }).waitFor();
  });

  test("shows a function's type and documentation", async () => {
    await page.keyboard.press("Shift+Tab");
    const tooltip = page.locator(".jp-Tooltip");
    await tooltip.waitFor();
    expect(await tooltip.textContent()).toMatch(/linearSchedule\(steps: number.*Schedule/s);
    await keepScreenshot(page, "lab", "tooltip");
    await page.keyboard.press("Escape");
  });
});

// Last: whatever the tests above have stirred up is in the list.
test("has no error and asks for nothing but what this machine serves", () => {
  expect(errors).toEqual([]);
});
