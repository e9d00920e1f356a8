// @ts-check
/** A git filter: reads a notebook, writes it in the form in which the project stores notebooks, without outputs. */
import { readFileSync } from "node:fs";

import { normalise } from "../../test/notebooks/stored-form.mjs";

const text = readFileSync(0, "utf8");
process.stdout.write(stored(text));

/** @param {string} text */
function stored(text) {
  try {
    return normalise(JSON.parse(text));
  } catch {
    // Not a notebook (yet): a merge conflict, say. Store it as it is.
    return text;
  }
}
