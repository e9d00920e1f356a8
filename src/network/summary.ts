import { displaySymbol, type Displayable, type MimeBundle } from "../notebook/show";
import { escapeHtml } from "../plot/escape";
import type { Part } from "./parts";

/** What a network is made of, as a table: a row for each part, in the order in which they run, and the sums.
 * @throws RangeError if there is no part */
export function networkSummary({ parts }: { readonly parts: readonly Part[] }): Displayable {
  if (parts.length === 0) throw new RangeError("parts is empty; a network has one part or more.");
  const total = {
    parameters: parts.reduce((sum, { parameters }) => sum + parameters, 0),
    flops: parts.reduce((sum, { flops }) => sum + flops, 0),
  };
  const head = ["part", "gives", "parameters", "MFLOP"];
  const rows = parts.map(({ name, shape, parameters, flops }) => [
    name,
    shape.join(" × "),
    grouped(parameters),
    millions(flops),
  ]);
  const sums = ["all", "", grouped(total.parameters), millions(total.flops)];
  return {
    [displaySymbol](): MimeBundle {
      return { "text/html": html(head, rows, sums), "text/plain": text([head, ...rows, sums]) };
    },
  };
}

const grouped = (count: number): string => count.toLocaleString("en-US");
const millions = (flops: number): string => (flops / 1e6).toFixed(1);

const cell = "padding:2px 12px;border:none;font-size:14px";

function html(head: readonly string[], rows: readonly string[][], sums: readonly string[]): string {
  // Numbers to the right, names to the left.
  const row = (texts: readonly string[], tag: "td" | "th"): string =>
    `<tr style="background:none">${texts
      .map(
        (each, i) =>
          `<${tag} style="${cell};text-align:${i < 2 ? "left" : "right"}">${escapeHtml(each)}</${tag}>`,
      )
      .join("")}</tr>`;
  return [
    `<table style="border-collapse:collapse;font-variant-numeric:tabular-nums">`,
    row(head, "th"),
    ...rows.map((texts) => row(texts, "td")),
    row(sums, "th"),
    `</table>`,
  ].join("\n");
}

function text(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((texts) => texts[i].length)));
  const padded = (each: string, i: number): string =>
    i < 2 ? each.padEnd(widths[i]) : each.padStart(widths[i]);
  return rows.map((texts) => texts.map(padded).join("   ").trimEnd()).join("\n");
}
