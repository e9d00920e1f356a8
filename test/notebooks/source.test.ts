/** The stored form: what normalising removes and keeps, and what is wrong with a badly stored notebook. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cell, Notebook } from "./files.mjs";
import { inspectSource } from "./source.mjs";
import { kernelspec, normalise } from "./stored-form.mjs";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "notebooks-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const slide = { slideshow: { slide_type: "slide" } };
const title: Cell = { cell_type: "markdown", id: "a", source: "# The title", metadata: slide };
const code: Cell = {
  cell_type: "code",
  id: "b",
  source: "1 + 1",
  metadata: {},
  execution_count: null,
  outputs: [],
};

function notebook(...cells: Cell[]): Notebook {
  return { cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 };
}

function messagesFor(text: string): string[] {
  const path = join(folder, "01-example.ipynb");
  writeFileSync(path, text);
  return inspectSource(path).map(({ cell, message }) => (cell ? `${cell}: ${message}` : message));
}

const raw = (...cells: Cell[]) => messagesFor(JSON.stringify(notebook(...cells)));

test("a normalised notebook has no defect, and normalising it again changes nothing", () => {
  const text = normalise(notebook(title, code));
  expect(messagesFor(text)).toEqual([]);
  expect(normalise(JSON.parse(text) as Notebook)).toBe(text);
});

test("normalising removes outputs, counts and an editor's traces, and keeps sources, slides and tags", () => {
  const used: Cell = {
    ...code,
    source: "const a = 1;\na",
    execution_count: 7,
    outputs: [{ output_type: "stream", name: "stdout", text: "1" }],
    metadata: {
      editable: true,
      slideshow: { slide_type: "" },
      tags: ["hide-input"],
      execution: {},
      scrolled: true,
    },
  };
  const stored = JSON.parse(normalise(notebook(title, used))) as Notebook;
  expect(stored.cells[0]).toEqual({ ...title, source: ["# The title"] });
  expect(stored.cells[1]).toEqual({
    ...code,
    source: ["const a = 1;\n", "a"],
    metadata: { tags: ["hide-input"] },
  });
});

test.each<[message: string, cells: Cell[]]>([
  ["the first cell is not a title", [{ ...code, metadata: slide }]],
  ["the first cell does not start a slide", [{ ...title, metadata: {} }]],
  ["cell 2 (1 + 1): is stored with its execution count", [title, { ...code, execution_count: 1 }]],
  ["cell 2 (1 + 1): is stored with outputs", [title, { ...code, outputs: [{ output_type: "stream" }] }]],
  [
    'cell 2 (1 + 1): slide type "page" is none of',
    [title, { ...code, metadata: { slideshow: { slide_type: "page" } } }],
  ],
  ['cell 2 (1 + 1): shares its id "a"', [title, { ...code, id: "a" }]],
  [
    "links to a file that does not exist: 02-next.ipynb",
    [{ ...title, source: "# T\n[next](02-next.ipynb)" }],
  ],
  [
    "links to a heading that 01-example does not have: #Nowhere",
    [{ ...title, source: "# T\n[up](#Nowhere)" }],
  ],
  [
    "loads a picture from the web: https://e.org/a.png",
    [{ ...title, source: "# T\n![a](https://e.org/a.png)" }],
  ],
])("%s", (message, cells) => {
  const messages = raw(...cells);
  expect(messages).toHaveLength(1);
  expect(messages[0]).toContain(message);
});

test("a wrong kernel is named", () => {
  const wrong = { ...notebook(title), metadata: { kernelspec: { ...kernelspec, name: "python3" } } };
  expect(messagesFor(JSON.stringify(wrong))).toEqual(['kernelspec.name is "python3", not "typescript"']);
});

test("links to headings and files that exist, and links inside code, are no defect", () => {
  const links = "# T\n## A heading\n[up](#A-heading) [self](01-example.ipynb) `[x](y.ipynb)` $[a](b)$";
  expect(messagesFor(normalise(notebook({ ...title, source: links })))).toEqual([]);
});

test("a notebook that is not in its stored form says how to get there", () => {
  expect(raw(title, code)).toEqual(["is not in its stored form: run `npm run format`"]);
});
