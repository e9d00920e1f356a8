// @ts-check
/** The fast pass over the notebooks, in seconds and without Jupyter: stored form, links, types, style. Part of `npm run check`. */
import { fileURLToPath } from "node:url";
import { describeDefect, discover, nameOf } from "./files.mjs";
import { inspectStyle } from "./lint.mjs";
import { inspectSource } from "./source.mjs";
import { inspectTypes } from "./types.mjs";

/**
 * @param {string[]} args  parts of the names of the notebooks to check; none: all
 * @returns {Promise<number>} exit code
 */
export async function main(args) {
  const begin = performance.now();
  const notebooks = discover({ wanted: args });
  const style = inspectStyle(notebooks);
  let failed = 0;
  for (const path of notebooks) {
    const types = inspectTypes(path);
    // A type error makes the linter's findings follow from it.
    const defects = [...inspectSource(path), ...(types.length > 0 ? types : (style.get(path) ?? []))];
    for (const defect of defects) console.log(describeDefect(nameOf(path), defect));
    failed += defects.length;
  }
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  console.log(`${notebooks.length} notebooks checked in ${seconds} s: ${failed || "no"} defects`);
  return failed === 0 ? 0 : 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exit(await main(process.argv.slice(2)));
