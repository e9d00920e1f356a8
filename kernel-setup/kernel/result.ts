/** How the value of a cell's last expression is shown. */
import { inspect } from "node:util";
import type { MimeBundle } from "../../src/notebook/show";

const displayMethod = Symbol.for("Jupyter.display");

/** The value's own bundle, or its text. An error inside the value's display method is reported by `onError`. */
export async function describe(value: unknown, onError: (error: unknown) => void): Promise<MimeBundle> {
  const own = await ownBundle(value, onError);
  return { "text/plain": inspect(value), ...own };
}

async function ownBundle(value: unknown, onError: (error: unknown) => void): Promise<MimeBundle> {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return {};
  try {
    const display = (value as Record<symbol, unknown>)[displayMethod];
    return typeof display === "function" ? ((await display.call(value)) as MimeBundle) : {};
  } catch (error) {
    onError(error);
    return {};
  }
}
