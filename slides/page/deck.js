/* Prepares a deck: mathematics, then figures, then reveal.js, which measures what it finds. */
"use strict";

const slideSize = { width: 1280, height: 720 };
/** Figures are made for a page read at arm's length. */
const figureScale = 1.5;

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
    const [container, bind] = [0, 1].map(() => figure.appendChild(document.createElement("div")));
    const view = new View(parse(spec), { renderer: "svg", container, bind, hover: true });
    await view.runAsync();
  },
  async plotly(figure, { data, layout = {} }) {
    const size = { width: slideSize.width - 80, height: slideSize.height - 200, autosize: false };
    const font = { ...layout.font, size: Math.max(layout.font?.size ?? 0, 18) };
    await window.Plotly.newPlot(figure, data, { ...layout, ...size, font }, { displaylogo: false });
  },
};

async function enlargePictures() {
  for (const picture of document.querySelectorAll(":is(.jp-RenderedImage, .jp-RenderedSVG) img")) {
    await picture.decode();
    picture.style.width = `${picture.width * figureScale}px`;
  }
}

/** Space and the keys of a clicker scroll a tall slide before they leave it. */
function turn(direction) {
  const slide = window.Reveal.getCurrentSlide();
  const rest = direction > 0 ? slide.scrollHeight - slide.clientHeight - slide.scrollTop : slide.scrollTop;
  if (rest > 1) slide.scrollBy({ top: 0.8 * direction * slide.clientHeight, behavior: "smooth" });
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
  for (const slide of window.Reveal.getSlides()) {
    slide.classList.toggle("tall", slide.scrollHeight > slide.clientHeight + 1);
  }
}

async function start() {
  await typeset();
  await drawFigures();
  await enlargePictures();
  document.body.classList.remove("preparing");
  await window.Reveal.initialize({
    ...slideSize,
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
