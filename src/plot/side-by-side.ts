import { bundleOf, displaySymbol, type Displayable, type MimeBundle } from "../notebook/show";
import { pictureHtml } from "../progress/html";

/** Figures and image grids beside each other as one, such as a loss curve and samples in a live picture. Where there is no room they
 * stand below each other.
 * @param parts what each cell could show by itself
 * @throws RangeError if there are none; what a part throws when it is drawn */
export function sideBySide(parts: readonly unknown[]): Displayable {
  if (parts.length === 0) throw new RangeError("sideBySide: there are no parts; give at least one.");
  return {
    async [displaySymbol](): Promise<MimeBundle> {
      const html = await Promise.all(parts.map(pictureHtml));
      const texts = await Promise.all(parts.map(async (part) => (await bundleOf(part))["text/plain"]));
      const cells = html.map((each) => `<div>${each}</div>`);
      return {
        "text/html": `<div style="display:flex;flex-wrap:wrap;align-items:flex-start;gap:8px 24px">${cells.join("\n")}</div>`,
        "text/plain": texts.join("\n"),
      };
    },
  };
}
