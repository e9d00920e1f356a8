/** Saves one state after the other until it is killed: node save-forever.cjs PATH [library]
 *
 * State k is ten tensors full of k. It says so when the first is saved. With `library` by saveCheckpoint, else by what is below it,
 * which starts in a tenth of the time. */
require("../register-sources.cjs");
const [path, library] = process.argv.slice(2);
const size = 20_000;

/** @type {(k: number) => void} */
let save;
if (library) {
  const { saveCheckpoint, tf } = require("diffusion");
  save = (k) =>
    tf.tidy(() => {
      const tensors = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`x${i}`, tf.fill([size], k)]));
      saveCheckpoint(path, { tensors, details: { k } });
    });
} else {
  const { writeCheckpointFile } = require("../../../src/checkpoint/write-file.ts");
  save = (k) => {
    const read = () => new Float32Array(size).fill(k);
    const sources = Array.from({ length: 10 }, (_, i) => ({
      name: `x${i}`,
      type: "F32",
      shape: [size],
      read,
    }));
    writeCheckpointFile(path, sources, JSON.stringify({ k }));
  };
}

// Whoever is to kill it may be killed before.
const parent = process.ppid;
for (let k = 0; process.ppid === parent; k++) {
  save(k);
  if (k === 0) console.log("ready");
}
