/** Thrown for an answer that holds no numbers, with a sentence for the reader. */
export class FormError extends Error {
  override readonly name = "FormError";
}

/** The numbers of an answer, in whatever form it comes: number, array (also nested), typed array, tensor, a promise of one, or
 * an object with the named fields. Undefined if there is no answer.
 * @throws FormError for anything else. */
export async function numbersOf(
  answer: unknown,
  fields: readonly string[] = [],
): Promise<number[] | undefined> {
  const value = await answer;
  if (value === undefined) return undefined;
  if (typeof value === "number") return [value];
  if (ArrayBuffer.isView(value) && !(value instanceof DataView))
    return Array.from(value as unknown as ArrayLike<number>, Number);
  if (Array.isArray(value)) return join(value, fields);
  if (isTensor(value)) return Array.from(await value.data(), Number);
  if (isRecord(value) && fields.length > 0) {
    const missing = fields.filter((field) => !(field in value));
    if (missing.length === 0)
      return join(
        fields.map((field) => value[field]),
        [],
      );
    throw new FormError(
      `The answer has no ${missing.map((field) => `"${field}"`).join(" and no ")}; give { ${fields.join(", ")} }.`,
    );
  }
  throw new FormError(`The answer is ${describe(value)}; give numbers: a number, an array or a tensor.`);
}

async function join(values: readonly unknown[], fields: readonly string[]): Promise<number[] | undefined> {
  const parts = await Promise.all(values.map((value) => numbersOf(value, fields)));
  return parts.includes(undefined) ? undefined : (parts as number[][]).flat();
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

function isTensor(value: unknown): value is { data(): Promise<ArrayLike<number>> } {
  return isRecord(value) && typeof value.data === "function" && Array.isArray(value.shape);
}

function describe(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "string") return `the text "${value.slice(0, 40)}"`;
  return typeof value === "function" ? "a function" : `of type ${typeof value}`;
}

/** Equal up to the tolerance: relative above 1, absolute below. */
export function close(given: readonly number[], wanted: readonly number[], tolerance: number): boolean {
  const near = (value: number, other: number): boolean =>
    value === other || Math.abs(value - other) <= tolerance * Math.max(1, Math.abs(other));
  return given.length === wanted.length && given.every((value, i) => near(value, wanted[i]));
}
