/** The table from slide to notebook points at sections that exist. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { discover, nameOf, readNotebook, sourceOf } from "./files.mjs";
import { paths } from "../../kernel-setup/setup/environment.mjs";

const rows = readFileSync(join(paths.notebooks, "LECTURE.md"), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| ") && !line.startsWith("| slide"));

/** Headings as plain text: formulas without their TeX. */
const headings = new Map(
  discover().map((path) => {
    const text = readNotebook(path)
      .cells.filter(({ cell_type }) => cell_type === "markdown")
      .map(sourceOf)
      .join("\n");
    const found = [...text.matchAll(/^##+ +(.+)$/gm)].map(([, heading]) => plain(heading));
    return [nameOf(path).slice(0, 2), found] as const;
  }),
);

function plain(text: string): string {
  return text
    .replace(/\\(boldsymbol|mathbf|mathcal|hat|tilde)\b/g, "")
    .replace(/\\epsilon/g, "ε")
    .replace(/\\sigma/g, "σ")
    .replace(/\\beta/g, "β")
    .replace(/\\alpha/g, "α")
    .replace(/[$\\{}* ]/g, "")
    .replace(/'/g, "’");
}

/** What a row says: notebooks by their two digits, with the sections named after each. */
function references(row: string): { notebook: string; section: string }[] {
  const where = row.split(" | ").at(-1)!;
  let notebook = "";
  return [...where.matchAll(/\[?\b(\d\d)\b(?![.\d])[^*;,\]]*|\*([^*]+)\*/g)].flatMap(
    ([, number, section]) => {
      if (number) notebook = number;
      return section ? [{ notebook, section }] : [];
    },
  );
}

test("every slide has its row", () => {
  expect(rows.length).toBeGreaterThan(25);
});

test.each(rows.flatMap(references))("$notebook has the section $section", ({ notebook, section }) => {
  expect(headings.get(notebook)).toContain(plain(section));
});
