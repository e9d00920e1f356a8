// Started by Jupyter; see kernels/typescript/kernel.json.
const { existsSync } = require("node:fs");
const { join } = require("node:path");

const kernel = join(__dirname, "..", "..", "dist", "kernel", "main.cjs");
if (!existsSync(kernel)) {
  console.error(
    "The kernel is not built yet. Run `npm start` in the course's folder once, or `npm run build`.",
  );
  process.exit(1);
}
require(kernel);
