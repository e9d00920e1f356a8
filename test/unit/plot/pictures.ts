import { PNG } from "pngjs";
import { bundleOf, type MimeBundle } from "../../../src/notebook/show";

export const bundle = async (value: unknown): Promise<MimeBundle> => bundleOf(value);

/** One format of a value's bundle, which must be text. */
export async function format(value: unknown, mime: string): Promise<string> {
  const data = (await bundle(value))[mime];
  if (typeof data !== "string") throw new Error(`no ${mime}`);
  return data;
}

export const decode = (base64: string): PNG => PNG.sync.read(Buffer.from(base64, "base64"));

/** The PNG pictures inside some text, in their order. */
export const picturesIn = (text: string): PNG[] =>
  [...text.matchAll(/data:image\/png;base64,([A-Za-z0-9+/=]+)/g)].map(([, base64]) => decode(base64));

/** Red, green and blue of a pixel. */
export function pixel({ width, data }: PNG, x: number, y: number): number[] {
  return [...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 3)];
}

/** The words on an SVG. */
export const textsIn = (svg: string): string[] =>
  [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text);

/** The number of drawn marks of a kind, axes and legends left out. */
export function marksIn(svg: string, kind: string): number {
  const groups = svg
    .split(/(?=<g class="mark-)/)
    .filter((group) => group.startsWith(`<g class="mark-${kind} role-mark`));
  return groups.reduce(
    (sum, group) => sum + (group.split("</g>")[0].match(/<(?:path|image|rect|text) /g) ?? []).length,
    0,
  );
}

/** Addresses on the web; names of XML dialects are not loaded by anything. */
export const webAddresses = (text: string): string[] =>
  (text.match(/https?:\/\/[^"'\s)]*/g) ?? []).filter((address) => !address.startsWith("http://www.w3.org/"));
