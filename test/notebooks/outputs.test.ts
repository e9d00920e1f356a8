/** Each kind of defect, made by hand in an otherwise sound notebook, is found and named. */
import { PNG } from "pngjs";
import type { Cell, Notebook, Output } from "./files.mjs";
import { describeDefect } from "./files.mjs";
import { inspectOutputs } from "./outputs.mjs";

const ran = { "iopub.status.idle": "2026-01-01T00:00:00Z", "shell.execute_reply": "2026-01-01T00:00:00Z" };

function cell(count: number, outputs: Output[] = [], changes: Partial<Cell> = {}): Cell {
  return {
    cell_type: "code",
    source: `step(${count});\nmore();`,
    execution_count: count,
    outputs,
    metadata: { execution: ran },
    ...changes,
  };
}

function notebook(...cells: Cell[]): Notebook {
  return { cells, metadata: {}, nbformat: 4, nbformat_minor: 5 };
}

function defectsOf(...cells: Cell[]): string[] {
  return inspectOutputs(notebook(...cells)).map((defect) => describeDefect("01-example", defect));
}

function shows(data: Record<string, unknown>): Cell {
  return cell(1, [{ output_type: "display_data", data, metadata: {} }]);
}

function png(colour: (pixel: number) => number): string {
  const image = new PNG({ width: 4, height: 4 });
  for (let i = 0; i < image.data.length; i++) image.data[i] = i % 4 === 3 ? 255 : colour(i >> 2);
  return PNG.sync.write(image).toString("base64");
}

const vegaSvg = (marks: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg"><g class="mark-rule role-axis-grid"><line x2="9"/></g>` +
  `<g class="mark-line role-mark marks" role="graphics-object">${marks}</g></svg>`;
const svg = vegaSvg(`<path d="M0,0L1,1"/>`);
const vegaLite = { $schema: "https://vega.github.io/schema/vega-lite/v5.json", mark: "line" };

test("a sound notebook has no defect", () => {
  const markdown: Cell = { cell_type: "markdown", source: "# Title", metadata: {} };
  const empty: Cell = { cell_type: "code", source: "", metadata: {}, execution_count: null, outputs: [] };
  expect(
    defectsOf(
      markdown,
      cell(1, [{ output_type: "stream", name: "stdout", text: "loss 0.1\n" }]),
      empty,
      cell(2, [
        {
          output_type: "execute_result",
          data: { "application/vnd.vegalite.v5+json": vegaLite, "image/svg+xml": svg },
          metadata: {},
        },
      ]),
      cell(3, [
        { output_type: "display_data", data: { "image/png": png((pixel) => pixel) }, metadata: {} },
        {
          output_type: "display_data",
          data: { "application/vnd.plotly.v1+json": { data: [{ y: [1] }] }, "text/html": "<div></div>" },
          metadata: {},
        },
      ]),
    ),
  ).toEqual([]);
});

test("a defect names the notebook, the cell's number and its first line", () => {
  expect(defectsOf(cell(1), cell(2, [], { execution_count: null }))).toEqual([
    "01-example: cell 2 (step(2);): was not executed: it has no execution count",
  ]);
});

test.each<[message: string, bad: Cell]>([
  ["was not executed", cell(1, [], { execution_count: null })],
  ["has execution count 2 where 1 was due", cell(2)],
  ["never became idle", cell(1, [], { metadata: { execution: { "shell.execute_reply": "x" } } })],
  ["got no reply from the kernel", cell(1, [], { metadata: { execution: { "iopub.status.idle": "x" } } })],
  ["wrote to stderr: careful", cell(1, [{ output_type: "stream", name: "stderr", text: ["careful\n"] }])],
  ["shows a bundle without any format", shows({})],
  ["has a Vega-Lite figure without its SVG", shows({ "application/vnd.vegalite.v5+json": vegaLite })],
  ["has an empty figure: SVG without marks", shows({ "image/svg+xml": vegaSvg("") })],
  ["has an empty figure: SVG without marks", shows({ "image/svg+xml": "<svg><g></g></svg>" })],
  ["has a figure drawn at NaN", shows({ "image/svg+xml": vegaSvg(`<path d="M0,NaN"/>`) })],
  ["has an empty figure: PNG of one colour", shows({ "image/png": png(() => 7) })],
  ["has a PNG that cannot be read", shows({ "image/png": "AAAA" })],
  [
    "has a Plotly figure without its HTML",
    shows({ "application/vnd.plotly.v1+json": { data: [{ y: [1] }] } }),
  ],
  [
    "has an empty figure: Plotly without points",
    shows({ "application/vnd.plotly.v1+json": { data: [{ x: [] }] }, "text/html": "<div></div>" }),
  ],
  ["has empty HTML", shows({ "text/html": " " })],
  [
    "has a web address in its output: https://example.org/a.js",
    shows({ "text/html": `<script src="https://example.org/a.js"></script>` }),
  ],
  [
    "has a web address in its output: http://example.org/",
    cell(1, [
      {
        output_type: "stream",
        name: "stdout",
        text: "see http://example.org/ there, by https://creativecommons.org/licenses/by/4.0/",
      },
    ]),
  ],
  [
    "raised an error\nTypeError: x is not a function\nat line 2",
    cell(1, [
      {
        output_type: "error",
        ename: "TypeError",
        evalue: "x is not a function",
        traceback: ["\u001b[31mTypeError: x is not a function\u001b[0m", "at line 2"],
      },
    ]),
  ],
  [
    "is tagged raises-exception but raised nothing",
    cell(1, [], { metadata: { execution: ran, tags: ["raises-exception"] } }),
  ],
])("%s", (message, bad) => {
  const defects = defectsOf(bad);
  expect(defects).toHaveLength(1);
  expect(defects[0]).toContain(`01-example: cell 1 (step(${bad.execution_count ?? 1});): ${message}`);
});

test("an error is expected where the cell says so, and the cells after it run", () => {
  const error = { output_type: "error", ename: "RangeError", evalue: "beta", traceback: [] };
  const tagged = { execution: ran, tags: ["raises-exception"] };
  expect(defectsOf(cell(1, [error], { metadata: tagged }), cell(2))).toEqual([]);
  expect(defectsOf(cell(1, [error]), cell(2, [], { execution_count: null }))).toHaveLength(1);
});
