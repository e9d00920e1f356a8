import { inspect } from "node:util";

/** What a Jupyter front end draws: one value in several formats, keyed by MIME type (PNG in base64, JSON as objects). */
export type MimeBundle = Record<string, unknown>;

/** The name of the method by which a value says how it is shown in a notebook. */
export const displaySymbol: unique symbol = Symbol.for("Jupyter.display");

/** A value with its own picture: shown as the last expression of a cell, or by `display(value)`. */
export interface Displayable {
  [displaySymbol](): MimeBundle | Promise<MimeBundle>;
}

/** Whether the value brings its own picture. */
export function isDisplayable(value: unknown): value is Displayable {
  return (
    value !== null &&
    (typeof value === "object" || typeof value === "function") &&
    typeof (value as Partial<Displayable>)[displaySymbol] === "function"
  );
}

/** The bundle by which a value is shown: its own, or the text of strings and of `util.inspect` for the rest. */
export function bundleOf(value: unknown): MimeBundle | Promise<MimeBundle> {
  if (isDisplayable(value)) return value[displaySymbol]();
  return { "text/plain": typeof value === "string" ? value : inspect(value) };
}
