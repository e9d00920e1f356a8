import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The project's folder, found from the compiled library as well as from its sources. */
export const root: string = projectFolder(__dirname);

function projectFolder(folder: string): string {
  if (existsSync(join(folder, "package.json"))) return folder;
  return projectFolder(dirname(folder));
}
