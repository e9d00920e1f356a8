/** What JSON can hold. */
export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json | undefined };

/** What a checkpoint holds besides tensors, such as the step, the seed and the options of the network. */
export type Details = Readonly<Record<string, Json | undefined>>;

/** The details as JSON. Members that are undefined are left out, as if they had not been written; -0 becomes 0.
 * @throws TypeError at the first value that would not come back, by its name */
export function detailsText(details: Details): string {
  checkJson("details", details, []);
  return JSON.stringify(details);
}

function checkJson(name: string, value: unknown, outer: readonly unknown[]): void {
  if (value === null || typeof value === "boolean" || typeof value === "string") return;
  if (typeof value === "number" && Number.isFinite(value)) return;
  if (outer.includes(value)) throw new TypeError(`${name} lies within itself, which JSON cannot hold.`);
  if (Array.isArray(value)) {
    // Not forEach, which passes over holes.
    for (let i = 0; i < value.length; i++) checkJson(`${name}[${i}]`, value[i], [...outer, value]);
  } else if (isPlain(value)) {
    for (const [member, inner] of Object.entries(value)) {
      if (inner !== undefined) checkJson(`${name}.${member}`, inner, [...outer, value]);
    }
  } else {
    throw new TypeError(
      `${name} is ${describe(value)}, which JSON cannot hold; use finite numbers, texts, booleans, null, arrays and plain ` +
        "objects of these (an array of numbers by Array.from), and tensors among the tensors.",
    );
  }
}

/** Objects of any realm; one with toJSON would be written as something else. */
function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null || "toJSON" in value) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function describe(value: unknown): string {
  if (typeof value === "object" && value !== null) return `a ${value.constructor.name}`;
  return typeof value === "function" ? "a function" : String(value);
}
