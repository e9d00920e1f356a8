// @ts-check
/** The files that decks load, and no others: reveal.js, the part of MathJax that draws TeX as SVG, Vega, Plotly. */
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { paths } from "../kernel-setup/setup/environment.mjs";

const page = fileURLToPath(new URL("page", import.meta.url));
const packages = join(paths.root, "node_modules");

/** Files and folders by package, and where they go. */
const copies = {
  "reveal.js/dist/reveal.css": "reveal/reveal.css",
  "reveal.js/dist/reveal.js": "reveal/reveal.js",
  "reveal.js/plugin/notes/notes.js": "reveal/notes.js",
  "mathjax/MathJax.js": "mathjax/MathJax.js",
  "mathjax/extensions/tex2jax.js": "mathjax/extensions/tex2jax.js",
  "mathjax/extensions/MathEvents.js": "mathjax/extensions/MathEvents.js",
  "mathjax/extensions/TeX": "mathjax/extensions/TeX",
  "mathjax/jax/element/mml": "mathjax/jax/element/mml",
  "mathjax/jax/input/TeX": "mathjax/jax/input/TeX",
  "mathjax/jax/output/SVG/config.js": "mathjax/jax/output/SVG/config.js",
  "mathjax/jax/output/SVG/jax.js": "mathjax/jax/output/SVG/jax.js",
  "mathjax/jax/output/SVG/autoload": "mathjax/jax/output/SVG/autoload",
  "mathjax/jax/output/SVG/fonts/TeX": "mathjax/jax/output/SVG/fonts/TeX",
};

/**
 * @param {string} target  folder to fill
 * @param {Set<string>} scripts  figure libraries that some deck needs
 */
export async function copyAssets(target, scripts) {
  cpSync(page, target, { recursive: true });
  for (const [from, to] of Object.entries(copies)) copy(join(packages, from), join(target, to));
  if (scripts.has("vega.min.js")) copy(join(packages, "vega/build/vega.min.js"), join(target, "vega.min.js"));
  if (scripts.has("plotly.min.js")) copy(await minifiedPlotly(), join(target, "plotly.min.js"));
}

/**
 * @param {string} from
 * @param {string} to
 */
function copy(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { recursive: true });
}

/** The package holds Plotly unminified, 11 MB; a third of it remains, made once for each version. */
async function minifiedPlotly() {
  const folder = join(packages, "plotly.js-dist");
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const minified = join(paths.cache, "slides", `plotly-${version}.min.js`);
  if (existsSync(minified)) return minified;
  const { transform } = await import("esbuild");
  const { code } = await transform(readFileSync(join(folder, "plotly.js"), "utf8"), {
    minify: true,
    legalComments: "inline",
  });
  mkdirSync(dirname(minified), { recursive: true });
  writeFileSync(minified, code);
  return minified;
}
