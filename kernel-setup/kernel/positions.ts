/** Jupyter counts the cursor in Unicode code points, JavaScript in UTF-16 units. */

export function toUtf16(text: string, codePoints: number): number {
  return Array.from(text).slice(0, codePoints).join("").length;
}

export function toCodePoints(text: string, utf16: number): number {
  return Array.from(text.slice(0, utf16)).length;
}
