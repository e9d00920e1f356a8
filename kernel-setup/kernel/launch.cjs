// Started by Jupyter; see kernels/typescript/kernel.json. Also loads the bundle for those who check notebooks, and with
// `--warm-up` compiles it once and keeps V8's compiled code beside it: that halves the start-up time and saves 25 MB.
// Plain JavaScript, because it runs before anything of the project is loaded.
const { existsSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const { createRequire, wrap } = require("node:module");
const { dirname, join } = require("node:path");
const { Script } = require("node:vm");

const bundle = join(__dirname, "..", "..", "dist", "kernel", "main.cjs");
/** In stack traces; no path, since V8 keeps it in the compiled code, and the project may move. */
const scriptName = "course-kernel";
const compiledCode = join(dirname(bundle), "main.v8cache");

/** @returns the bundle's exports, and the script that gave them */
function loadBundle() {
  if (!existsSync(bundle)) {
    console.error(
      "The kernel is not built. Run `npm start` in the course's folder once, or `npm run build`.",
    );
    process.exit(1);
  }
  const cachedData = existsSync(compiledCode) ? readFileSync(compiledCode) : undefined;
  // Code of another Node version or other flags is rejected by V8 itself, which then compiles as usual.
  const script = new Script(wrap(readFileSync(bundle, "latin1")), { filename: scriptName, cachedData });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(bundle), module, bundle, dirname(bundle));
  return { ...module.exports, script };
}

function warmUp() {
  const { checkCells, script } = loadBundle();
  checkCells(join(__dirname, "..", ".."), __dirname, ["const x: number = 1;\nx", "await Promise.resolve(x)"]);
  writeFileSync(`${compiledCode}.new`, script.createCachedData());
  renameSync(`${compiledCode}.new`, compiledCode);
}

module.exports = { loadBundle };

if (require.main === module) {
  const [argument] = process.argv.slice(2);
  if (argument === "--warm-up") warmUp();
  else if (argument) loadBundle().startKernel(argument);
  else {
    console.error("This is a Jupyter kernel: Jupyter starts it with a connection file.");
    process.exit(1);
  }
}
