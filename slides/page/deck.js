/* Prepares a deck: mathematics, then figures, then reveal.js, which measures what it finds. */
"use strict";

const slide = { width: 1280, height: 720 };
/** What deck.css leaves free at the edges. */
const inner = { width: slide.width - 64, height: slide.height - 32 };
/** Figures are made for a page read at arm's length; a slide shows them larger, and no smaller than they were made. */
const largest = 1.7;

function typeset() {
  const { Hub } = window.MathJax;
  return new Promise((resolve) => {
    Hub.Queue(["Typeset", Hub, document.querySelector(".slides")], resolve);
  });
}

/** What a figure needs is stored beside it as JSON: see slides/figures.mjs. */
async function drawFigures() {
  for (const figure of document.querySelectorAll("[data-figure]")) {
    const spec = JSON.parse(figure.querySelector("script").textContent);
    await drawing[figure.dataset.figure](figure, spec);
  }
}

const drawing = {
  async vega(figure, spec) {
    const { parse, View } = window.vega;
    const box = figure.appendChild(document.createElement("div"));
    const [container, bind] = [0, 1].map(() => box.appendChild(document.createElement("div")));
    const view = new View(parse(spec), { renderer: "svg", container, bind, hover: true });
    await view.runAsync();
  },
  async plotly(figure, { data, layout = {} }) {
    const font = { ...layout.font, size: Math.max(layout.font?.size ?? 0, 18) };
    const size = { width: inner.width, height: Math.max(400, roomFor(figure)), autosize: false };
    const margin = { t: 60, ...layout.margin };
    await window.Plotly.newPlot(figure, data, { ...layout, ...size, font, margin }, { displaylogo: false });
  },
};

/** The height that the rest of its slide leaves to a figure. */
function roomFor(figure) {
  return inner.height - (figure.closest("section").offsetHeight - 32 - figure.offsetHeight);
}

async function enlargeFigures() {
  for (const picture of document.querySelectorAll(":is(.jp-RenderedImage, .jp-RenderedSVG) img")) {
    await picture.decode();
  }
  const figures =
    ":is(.jp-RenderedImage, .jp-RenderedSVG) img, [data-figure=vega] > *, .jp-RenderedHTML > figure";
  for (const figure of document.querySelectorAll(figures)) {
    const fit = Math.min(inner.width / figure.offsetWidth, roomFor(figure) / figure.offsetHeight, largest);
    figure.style.zoom = Math.max(1, fit);
  }
}

/** Space and the keys of a clicker scroll a tall slide before they leave it. */
function turn(direction) {
  const { scrollTop, scrollHeight, clientHeight } = window.Reveal.getCurrentSlide();
  const rest = direction > 0 ? scrollHeight - clientHeight - scrollTop : scrollTop;
  if (rest > 1) window.Reveal.getCurrentSlide().scrollBy({ top: 0.8 * direction * clientHeight });
  else if (direction > 0) window.Reveal.next();
  else window.Reveal.prev();
}

const keyboard = Object.fromEntries(
  [
    [32, 1],
    [33, -1],
    [34, 1],
  ].map(([key, direction]) => [key, () => turn(direction)]),
);

/** Marks the slides that scroll: see deck.css. */
function markTallSlides() {
  for (const section of window.Reveal.getSlides()) {
    section.classList.toggle("tall", section.scrollHeight > section.clientHeight + 1);
  }
}

async function start() {
  await typeset();
  await drawFigures();
  await enlargeFigures();
  document.body.classList.remove("preparing");
  await window.Reveal.initialize({
    ...slide,
    margin: 0.03,
    center: false,
    hash: true,
    slideNumber: "c/t",
    transition: "none",
    pdfSeparateFragments: false,
    keyboard,
    // No slide is ever taken off the page: what was measured stays true.
    viewDistance: Number.MAX_SAFE_INTEGER,
    mobileViewDistance: Number.MAX_SAFE_INTEGER,
    plugins: [window.RevealNotes],
  });
  markTallSlides();
  document.body.dataset.deck = "ready";
}

void start();
