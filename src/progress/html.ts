import { bundleOf, type MimeBundle } from "../notebook/show";
import { escapeHtml } from "../plot/escape";
import { parts, percentage, progressText, type ProgressState } from "./state";

const colours: Record<ProgressState["status"], string> = {
  running: "#0072B2",
  done: "#009E73",
  stopped: "#E69F00",
  failed: "#D55E00",
};

/** The display as a bundle: a bar over its line of numbers, and the live picture below. */
export function progressBundle(state: ProgressState, picture: string): MimeBundle {
  const { label, status } = state;
  const percent = percentage(state);
  const bar = `<div style="width:${percent ?? 100}%;height:100%;background:${colours[status]}${percent === undefined && status === "running" ? "66" : ""}"></div>`;
  const html = [
    `<div style="max-width:640px;font-size:14px">`,
    `<div style="display:flex;justify-content:space-between"><b>${escapeHtml(label)}</b><span>${status}</span></div>`,
    `<div role="progressbar" aria-label="${escapeHtml(label)}" aria-valuemin="0" aria-valuemax="100"` +
      `${percent === undefined ? "" : ` aria-valuenow="${percent}"`} style="height:10px;margin:4px 0;border-radius:5px;overflow:hidden;background:#8885">${bar}</div>`,
    `<div style="font-variant-numeric:tabular-nums">${parts(state).map(escapeHtml).join(" · ")}</div>`,
    `</div>`,
    picture === "" ? "" : `<div style="margin-top:8px">${picture}</div>`,
  ].join("\n");
  return { "text/html": html, "text/plain": progressText(state) };
}

/** A value's picture as HTML that can stand inside other HTML. */
export async function pictureHtml(value: unknown): Promise<string> {
  const bundle = await bundleOf(value);
  const text = (mime: string): string | undefined => {
    const data = bundle[mime];
    return typeof data === "string" ? data : undefined;
  };
  const png = text("image/png");
  const plain = text("text/plain") ?? "";
  return (
    text("image/svg+xml") ??
    text("text/html") ??
    (png
      ? `<img src="data:image/png;base64,${png}" alt="${escapeHtml(plain)}">`
      : `<pre>${escapeHtml(plain)}</pre>`)
  );
}
