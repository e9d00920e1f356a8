import { inspect } from "node:util";
import { slice, Tensor } from "@tensorflow/tfjs-core";
import { displaySymbol, type MimeBundle } from "./show";

/** As much of a tensor as is printed. */
const shownRows = 6;
const shownColumns = 8;

/** A tensor in a few lines: shape, dtype, and the first rows and columns of its first matrix. Only those are read from the device. */
export function tensorPreview(tensor: Tensor): string {
  const { shape, dtype, size } = tensor;
  const head = `Tensor ${dtype} [${shape.join(", ")}]`;
  if (tensor.isDisposed) return `${head}, disposed`;
  if (size === 0 || dtype === "complex64") return head;
  const [rows, columns] = [shape.at(-2) ?? 1, shape.at(-1) ?? 1];
  const seen = [Math.min(rows, shownRows), Math.min(columns, shownColumns)];
  const values = corner(tensor, seen.slice(-shape.length));
  const lines = Array.from({ length: seen[0] }, (_, row) => {
    const cells = values.slice(row * seen[1], (row + 1) * seen[1]).map((value) => format(value).padStart(9));
    return cells.join(" ") + (columns > seen[1] ? "  …" : "");
  });
  if (rows > seen[0]) lines.push("        …");
  const where = shape.length > 2 ? `, [${shape.slice(0, -2).fill(0).join(", ")}] is` : "";
  return [`${head}${where}`, ...lines].join("\n");
}

function corner(tensor: Tensor, lastSizes: number[]): unknown[] {
  if (tensor.shape.length === 0) return Array.from(tensor.dataSync());
  const sizes = [...tensor.shape.slice(0, -lastSizes.length).fill(1), ...lastSizes];
  const begin = sizes.map(() => 0);
  const part = slice(tensor, begin, sizes);
  const values = Array.from<unknown>(part.dataSync());
  part.dispose();
  return values;
}

function format(value: unknown): string {
  if (typeof value !== "number") return inspect(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value);
  const size = Math.abs(value);
  return size >= 1e-3 && size < 1e5 ? value.toPrecision(4) : value.toExponential(2);
}

// Tensors are made by TensorFlow.js, so their class is taught here how they are shown.
Object.defineProperties(Tensor.prototype, {
  [displaySymbol]: {
    value(this: Tensor): MimeBundle {
      return { "text/plain": tensorPreview(this) };
    },
    configurable: true,
  },
  [inspect.custom]: {
    value(this: Tensor): string {
      return tensorPreview(this);
    },
    configurable: true,
  },
});
