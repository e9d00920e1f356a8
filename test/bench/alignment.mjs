// @ts-check
/** How well pictures follow captions, as benchmarks print and keep it. */

/** @typedef {import("../../src/index").Alignment} Alignment */

export const attributes = /** @type {const} */ (["all", "colour", "shape", "size", "count", "place"]);

export const rounded = (/** @type {number} */ value) => Number(value.toFixed(5));
export const percent = (/** @type {number} */ share) => (100 * share).toFixed(1);
export const withError = (/** @type {number} */ share, /** @type {number} */ error) =>
  `${percent(share)} ± ${percent(error)}`;

/** A row of a table, in percent. @param {Alignment} found */
export const cells = (found) =>
  attributes.map((name) => withError(found[name].share, found[name].standardError));

/** For a file. @param {Alignment} found */
export const kept = (found) =>
  Object.fromEntries(
    attributes.map((name) => [
      name,
      { share: rounded(found[name].share), error: rounded(found[name].standardError) },
    ]),
  );
