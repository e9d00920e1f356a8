type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null;
const listOf = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);

/** Checks the inline data of a Vega-Lite specification against the fields that its encodings use: Vega-Lite itself
 * drops bad values in silence and draws what is left.
 * @throws RangeError for an unknown field, and for NaN, an infinity or undefined in a used one (null marks a gap). */
export function checkData(spec: Json): void {
  visit(spec, [], {}, hasTransform(spec));
}

function visit(view: Json, inheritedRows: Json[], inheritedEncoding: Json, derived: boolean): void {
  const rows = isObject(view.data) ? listOf(view.data.values) : inheritedRows;
  const encoding: Json = { ...inheritedEncoding, ...(isObject(view.encoding) ? view.encoding : {}) };
  if (view.mark !== undefined && rows.length > 0) {
    for (const field of fieldsOf(encoding)) checkField(field, rows, derived);
  }
  for (const part of ["layer", "hconcat", "vconcat", "concat"]) {
    for (const child of listOf(view[part])) visit(child, rows, encoding, derived);
  }
  if (isObject(view.spec)) visit(view.spec, rows, encoding, derived);
}

/** A transform makes fields that are not in the data. */
function hasTransform(view: unknown): boolean {
  if (!isObject(view)) return false;
  if (view.transform !== undefined || view.repeat !== undefined) return true;
  return (
    ["layer", "hconcat", "vconcat", "concat"].some((part) => listOf(view[part]).some(hasTransform)) ||
    hasTransform(view.spec)
  );
}

function fieldsOf(encoding: Json): string[] {
  return Object.values(encoding)
    .flatMap((channel) => (Array.isArray(channel) ? (channel as unknown[]) : [channel]))
    .map((channel) => (isObject(channel) ? channel.field : undefined))
    .filter((field): field is string => typeof field === "string" && !/[.[\]\\]/.test(field));
}

function checkField(field: string, rows: Json[], derived: boolean): void {
  if (!rows.some((row) => field in row)) {
    if (derived) return;
    const known = Object.keys(rows[0]).join(", ");
    throw new RangeError(`The figure uses the field "${field}", but its data have only: ${known}.`);
  }
  const bad = rows.findIndex(
    (row) => row[field] === undefined || (typeof row[field] === "number" && !Number.isFinite(row[field])),
  );
  if (bad >= 0) {
    throw new RangeError(
      `The figure's field "${field}" is ${String(rows[bad][field])} in row ${bad} of ${rows.length}: ` +
        "only finite numbers can be drawn (null leaves a gap).",
    );
  }
}
