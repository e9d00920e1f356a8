import { pngjs } from "./lazy";

/** Pixels in rows from the top left: one byte (grey) or three (red, green, blue) for each. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly bytes: Uint8Array;
}

/** The pixels as a PNG file in base64. */
export function pngBase64({ width, height, channels, bytes }: Pixels): string {
  const { PNG } = pngjs();
  const colorType = channels === 1 ? 0 : 2;
  const png = new PNG({ width, height, colorType, inputColorType: colorType, inputHasAlpha: false });
  png.data = Buffer.from(bytes);
  const options = { colorType, inputColorType: colorType, inputHasAlpha: false, deflateLevel: 9 } as const;
  return PNG.sync.write(png, options).toString("base64");
}

export const dataUrl = (base64: string): string => `data:image/png;base64,${base64}`;

/** Enlarges by repeating pixels (nearest neighbour, never blurred); the scale need not be whole. */
export function enlarge({ width, height, channels, bytes }: Pixels, scale: number): Pixels {
  const [w, h] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
  const out = new Uint8Array(w * h * channels);
  for (let y = 0; y < h; y++) {
    const row = Math.floor(((y + 0.5) * height) / h) * width;
    for (let x = 0; x < w; x++) {
      const from = (row + Math.floor(((x + 0.5) * width) / w)) * channels;
      for (let c = 0; c < channels; c++) out[(y * w + x) * channels + c] = bytes[from + c];
    }
  }
  return { width: w, height: h, channels, bytes: out };
}
