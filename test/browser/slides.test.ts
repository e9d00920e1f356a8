/** The decks as they are given away: opened from the disk, with the network off, slide by slide. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Locator } from "playwright-core";
import { main as buildSlides, out } from "../../slides/build.mjs";
import { executedFolder } from "../notebooks/execute.mjs";
import { discover, nameOf, readNotebook } from "../notebooks/files.mjs";
import { whenNotRunning } from "../notebooks/running.mjs";
import { collectErrors, countColours, keepScreenshot, launchChromium } from "./chromium";

const decks = discover().map(nameOf);
const figures = ".jp-RenderedImage img, .jp-RenderedSVG img, [data-figure], .jp-RenderedHTML figure";

/** See deck-probe.js; the functions that name it run in the page. */
declare const probe: {
  remainingTex(): string[];
  failedFormulas(): string[];
  showFragments(): void;
  show(element: unknown): boolean;
  cutOff(): string[];
  slide(input: unknown): Promise<boolean>;
};
declare const Reveal: { getTotalSlides(): number; isLastSlide(): boolean; next(): void };

let browser: Browser | undefined;
beforeAll(async () => {
  await whenNotRunning();
  await buildSlides([]);
  browser = await launchChromium();
  // All notebooks are executed before, which takes more than half an hour on a slow machine.
}, 4_500_000);
afterAll(async () => {
  await browser?.close();
});

async function openDeck(file: string) {
  const context = await browser!.newContext({ viewport: { width: 1280, height: 720 }, offline: true });
  await context.addInitScript({ path: join(__dirname, "deck-probe.js") });
  const errors = collectErrors(context);
  context.on("request", (request) => {
    if (!/^(file|data|blob):/.test(request.url())) errors.push(`asks the network for ${request.url()}`);
  });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(pathToFileURL(join(out, file)).href);
  return { page, errors, close: () => context.close() };
}

/** How many figures the deck's notebook shows in cells that are on slides. */
function expectedFigures(name: string): number {
  const { cells } = readNotebook(join(executedFolder, `${name}.ipynb`));
  const shown = cells.filter(({ metadata }) => {
    const { slideshow, tags = [] } = metadata as { slideshow?: { slide_type: string }; tags?: string[] };
    return !["skip", "notes"].includes(slideshow?.slide_type ?? "") && !tags.includes("hide-output");
  });
  const bundles = shown.flatMap(({ outputs = [] }) => outputs.map(({ data = {} }) => data as object));
  // A figure by itself, or image grids within the last state of a progress display.
  const figuresIn = (bundle: object): number =>
    Object.keys(bundle).some((type) => /^image\/|plotly|vegalite/.test(type))
      ? 1
      : [...JSON.stringify(bundle).matchAll(/<figure\b/g)].length;
  return bundles.reduce((sum, bundle) => sum + figuresIn(bundle), 0);
}

test("the index leads to every deck", async () => {
  const { page, errors, close } = await openDeck("index.html");
  const all = await page.locator("li a").all();
  const links = await Promise.all(all.map((link) => link.getAttribute("href")));
  expect(links).toEqual(decks.map((name) => `${name}.html`));
  expect(errors).toEqual([]);
  await close();
});

describe.each(decks)("%s", (name) => {
  let deck: Awaited<ReturnType<typeof openDeck>> | undefined;
  const show = (part: Locator) => part.evaluate((element) => probe.show(element));

  beforeAll(async () => {
    deck = await openDeck(`${name}.html`);
    await deck.page.waitForSelector("body[data-deck=ready]", { state: "attached" });
  });
  afterAll(async () => {
    await deck?.close();
  });

  test("typesets every formula", async () => {
    expect(await deck!.page.evaluate(() => probe.remainingTex())).toEqual([]);
    expect(await deck!.page.evaluate(() => probe.failedFormulas())).toEqual([]);
  });

  test("shows every slide whole, or scrolls it", async () => {
    const { page } = deck!;
    const total = await page.evaluate(() => Reveal.getTotalSlides());
    expect(total).toBeGreaterThan(1);
    for (let slide = 1; slide <= total; slide++) {
      const cutOff = await page.evaluate(() => {
        probe.showFragments();
        return probe.cutOff();
      });
      expect({ slide, cutOff }).toEqual({ slide, cutOff: [] });
      await keepScreenshot(page, "slides", name, String(slide).padStart(2, "0"));
      expect(await page.evaluate(() => Reveal.isLastSlide())).toBe(slide === total);
      await page.evaluate(() => {
        Reveal.next();
      });
    }
  });

  test("draws every figure", async () => {
    const all = deck!.page.locator(figures);
    const count = await all.count();
    expect(count).toBe(expectedFigures(name));
    for (let i = 0; i < count; i++) {
      const seen = await show(all.nth(i));
      const colours = await countColours(all.nth(i));
      expect({ figure: i + 1, seen, drawn: colours > 2 }).toEqual({ figure: i + 1, seen: true, drawn: true });
    }
  });

  test("redraws the figures that have sliders", async () => {
    for (const figure of await deck!.page.locator("[data-figure=vega]").all()) {
      await show(figure);
      for (const slider of await figure.locator("input[type=range]").all()) {
        expect(await slider.evaluate((input) => probe.slide(input))).toBe(true);
      }
    }
  });

  // Last: whatever the tests above have stirred up is in the list.
  test("has no error and asks for nothing but local files", () => {
    expect(deck!.errors).toEqual([]);
  });
});
