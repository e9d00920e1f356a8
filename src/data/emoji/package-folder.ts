import { dirname } from "node:path";

/** Where an npm package is installed.
 * @throws Error if it is not, which says what would help */
export function packageFolder(name: string, resolve: (path: string) => string = require.resolve): string {
  try {
    return dirname(resolve(`${name}/package.json`));
  } catch (cause) {
    throw new Error(
      `The emoji come from the npm package "${name}", which is not installed; ` +
        "run npm ci in the project's folder.",
      { cause },
    );
  }
}
