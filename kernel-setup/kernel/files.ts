import { statSync } from "node:fs";

/** When a file was written last, in milliseconds; 0 if it is not there. */
export function modified(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
