// @ts-check
/** Reads a notebook, writes it without outputs, in the form in which Jupyter stores notebooks. A git filter. */
import { readFileSync } from "node:fs";

const text = readFileSync(0, "utf8");
process.stdout.write(stripped(text));

/** @param {string} text */
function stripped(text) {
  let notebook;
  try {
    notebook = JSON.parse(text);
  } catch {
    // Not a notebook (yet): a merge conflict, say. Store it as it is.
    return text;
  }
  for (const cell of notebook.cells ?? []) {
    if (cell.cell_type !== "code") continue;
    cell.outputs = [];
    cell.execution_count = null;
    // When and how it was run.
    delete cell.metadata?.execution;
    delete cell.metadata?.trusted;
  }
  delete notebook.metadata?.widgets;
  return JSON.stringify(notebook, null, 1) + "\n";
}
