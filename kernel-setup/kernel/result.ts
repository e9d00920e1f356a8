/** How the value of a cell's last expression is shown, and how bundles travel. */
import { inspect } from "node:util";
import { displaySymbol, isDisplayable, type MimeBundle } from "../../src/notebook/show";

/** The value's own bundle, or its text. An error inside the value's display method is reported by `onError`. */
export async function describe(value: unknown, onError: (error: unknown) => void): Promise<MimeBundle> {
  const own = await ownBundle(value, onError);
  return { "text/plain": inspect(value), ...own };
}

async function ownBundle(value: unknown, onError: (error: unknown) => void): Promise<MimeBundle> {
  try {
    return isDisplayable(value) ? await value[displaySymbol]() : {};
  } catch (error) {
    onError(error);
    return {};
  }
}

/** Bytes travel as base64; everything else must be JSON, and is copied now, before the cell changes it. */
export function portable(bundle: MimeBundle): MimeBundle {
  const encoded = Object.entries(bundle).map(([mime, data]) => [
    mime,
    data instanceof Uint8Array ? Buffer.from(data).toString("base64") : data,
  ]);
  return JSON.parse(JSON.stringify(Object.fromEntries(encoded))) as MimeBundle;
}
