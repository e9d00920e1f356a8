import * as fc from "fast-check";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadCheckpoint, loadTensors, saveCheckpoint, tf, type Details } from "diffusion";
import { bitsOf, fileOf, useFolder } from "./files";

const folder = useFolder();
const file = (): string => folder.path("a.safetensors");

const special = [-0, 1.4e-45, -1.1e-38, 3.4028234663852886e38, Infinity, -Infinity, NaN, 0.1];

/** A few tensors with the values that are lost most easily. */
const some = (): Record<string, tf.Tensor> => ({
  "a/größe": tf.tensor(Float32Array.from(special), [2, 4]),
  count: tf.tensor1d([-(2 ** 31), 2 ** 31 - 1, 0], "int32"),
  scalar: tf.scalar(2.5),
  empty: tf.zeros([0, 3]),
});
const details = { step: 12, seed: [1, -2], note: "½ of it", nested: { rate: 1e-3, on: true, none: null } };

/** Of a call that throws: the message, and that no tensor is left. */
function refusal(action: () => unknown): string {
  const before = tf.memory().numTensors;
  let message = "";
  try {
    action();
  } catch (error) {
    message = (error as Error).message;
  }
  expect(tf.memory().numTensors).toBe(before);
  expect(message).not.toBe("");
  return message;
}

const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 });
const sizeOf = (shape: number[]): number => shape.reduce((product, size) => product * size, 1);
const words = (count: number): fc.Arbitrary<Uint32Array> =>
  fc
    .array(fc.oneof(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 0, max: 9 })), {
      minLength: count,
      maxLength: count,
    })
    .map((list) => Uint32Array.from(list));
/** Any bits are a number of float32, and one of int32. */
const someTensors = fc.dictionary(
  fc.string({ unit: "binary", maxLength: 8 }),
  shapes.chain((shape) => fc.tuple(fc.constant(shape), words(sizeOf(shape)), fc.boolean())),
  { maxKeys: 6 },
);

describe("saveCheckpoint and loadCheckpoint", () => {
  test("tensors come back bit for bit, and details as they are, for any names, shapes and numbers", () => {
    const someDetails = fc.dictionary(fc.string(), fc.jsonValue({ noUnicodeString: false }));
    fc.assert(
      fc.property(someTensors, someDetails, (described, saved) => {
        tf.tidy(() => {
          const tensors = Object.fromEntries(
            Object.entries(described).map(([name, [shape, bits, whole]]) => [
              name,
              whole
                ? tf.tensor(new Int32Array(bits.buffer), shape, "int32")
                : tf.tensor(new Float32Array(bits.buffer), shape),
            ]),
          );
          saveCheckpoint(file(), { tensors, details: saved });
          const loaded = loadCheckpoint(file());
          const byName = (a: [string, ...unknown[]], b: [string, ...unknown[]]): number =>
            a[0] < b[0] ? -1 : 1;
          expect(bitsOf(loaded.tensors).sort(byName)).toEqual(bitsOf(tensors).sort(byName));
          expect(loaded.details).toEqual(JSON.parse(JSON.stringify(saved)));
        });
      }),
      { seed: 1, numRuns: 150 },
    );
  });

  test("variables and their newest values are saved; a second save replaces the first", () => {
    const weights = tf.variable(tf.tensor1d([1, 2]));
    saveCheckpoint(file(), { tensors: { weights } });
    weights.assign(tf.tensor1d([3, 4]));
    saveCheckpoint(file(), { tensors: { weights } });
    const loaded = loadCheckpoint(file());
    expect([...loaded.tensors["weights"].dataSync()]).toEqual([3, 4]);
    expect(loaded.tensors["weights"]).not.toBeInstanceOf(tf.Variable);
    expect(loaded.details).toEqual({});
    expect(folder.names()).toEqual(["a.safetensors"]);
  });

  test("loading makes the tensors of the file and no others, which a tidy keeps or frees like any", () => {
    saveCheckpoint(file(), { tensors: some(), details });
    const before = tf.memory().numTensors;
    const { tensors } = loadCheckpoint(file());
    expect(tf.memory().numTensors).toBe(before + 4);
    tf.dispose(tensors);
    tf.tidy(() => loadTensors(file())["scalar"]).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test("the folder is made if it is missing", () => {
    const path = folder.path("runs/today/a.safetensors");
    saveCheckpoint(path, { tensors: { x: tf.scalar(1) } });
    expect(loadCheckpoint(path).tensors["x"].dataSync()[0]).toBe(1);
  });

  test("what cannot be kept is refused before anything is written", () => {
    const x = tf.scalar(1);
    const saving = (tensors: Record<string, tf.Tensor>, extra: object = {}): string =>
      refusal(() => {
        saveCheckpoint(file(), { tensors, details: extra as Details });
      });
    const gone = tf.scalar(1);
    gone.dispose();
    const yes = tf.scalar(true, "bool");
    expect(saving({ yes })).toMatch(/^tensors\["yes"\] is of bool; use float32 or int32/);
    expect(saving({ gone })).toBe('tensors["gone"] has been disposed of.');
    expect(saving({ __metadata__: x })).toMatch(/^A tensor is named __metadata__, which the format needs/);
    expect(saving({ "\ud800": x })).toMatch(/^The name "\\ud800" holds half of a character/);
    expect(saving({ x }, { losses: [1, NaN] })).toMatch(
      /^details\.losses\[1\] is NaN, which JSON cannot hold/,
    );
    expect(saving({ x }, { a: { b: new Float32Array(2) } })).toMatch(/^details\.a\.b is a Float32Array/);
    expect(saving({ x }, { now: new Date() })).toMatch(/^details\.now is a Date/);
    expect(saving({ x }, { a: [1, , 2] })).toMatch(/^details\.a\[1\] is undefined/); // eslint-disable-line no-sparse-arrays
    expect(saving({ x }, { f: () => 1 })).toMatch(/^details\.f is a function/);
    expect(saving({ x }, { n: 1n })).toMatch(/^details\.n is 1/);
    const ring: Record<string, unknown> = {};
    ring["ring"] = ring;
    expect(saving({ x }, ring)).toMatch(/^details\.ring lies within itself/);
    const wrong = { precision: "float8" as "float16" };
    expect(refusal(() => { saveCheckpoint(file(), { tensors: { x } }, wrong); })).toMatch(/^precision is float8; use/); // prettier-ignore
    expect(folder.names()).toEqual([]);
  });
});

describe("the precision float16", () => {
  test("rounds to the nearest, of two equally near ones to the even one", () => {
    const pairs = [
      [1 + 2 ** -11, 1],
      [1 + 3 * 2 ** -11, 1 + 2 ** -9],
      [1 + 2 ** -11 + 2 ** -20, 1 + 2 ** -10],
      [65504, 65504],
      [-65519, -65504],
      [2 ** -14 - 2 ** -26, 2 ** -14],
      [2 ** -24, 2 ** -24],
      [2 ** -25, 0],
      [3 * 2 ** -25, 2 ** -23],
      [-1e-10, -0],
      [-0, -0],
      [Infinity, Infinity],
      [-Infinity, -Infinity],
      [NaN, NaN],
      [1 / 3, 0.333251953125],
    ];
    const tensors = { x: tf.tensor1d(pairs.map(([x]) => x)), n: tf.scalar(2 ** 31 - 1, "int32") };
    saveCheckpoint(file(), { tensors }, { precision: "float16" });
    const loaded = loadCheckpoint(file()).tensors;
    expect([...loaded["x"].dataSync()]).toEqual(pairs.map(([, y]) => y));
    expect(loaded["n"].dtype).toBe("int32");
    expect(loaded["n"].dataSync()[0]).toBe(2 ** 31 - 1);
  });

  test("all float16 come back from a file bit for bit, and take half the place", () => {
    const bits = Uint16Array.from({ length: 2 ** 16 }, (_, i) => i);
    const header = { x: { dtype: "F16", shape: [2 ** 16], data_offsets: [0, 2 ** 17] } };
    writeFileSync(file(), fileOf(header, new Uint8Array(bits.buffer)));
    saveCheckpoint(folder.path("b"), { tensors: loadTensors(file()) }, { precision: "float16" });
    const again = readFileSync(folder.path("b"));
    const data = again.subarray(again.length - 2 ** 17);
    const isNaN16 = (word: number): boolean => (word & 0x7fff) > 0x7c00;
    for (const word of bits) {
      const found = data.readUInt16LE(2 * word);
      if (isNaN16(word) ? !isNaN16(found) : found !== word) throw new Error(`${word} became ${found}`);
    }
    expect(again.length).toBeLessThan(2 ** 17 + 400);
  });

  test("whole numbers, which take more bytes, come first, so that all are aligned", () => {
    const tensors = { odd: tf.tensor1d([1, 2, 3]), whole: tf.scalar(5, "int32") };
    saveCheckpoint(file(), { tensors }, { precision: "float16" });
    const bytes = readFileSync(file());
    expect((bytes.length - 10) % 8).toBe(0);
    expect([bytes.readInt32LE(bytes.length - 10), bytes.readUInt16LE(bytes.length - 6)]).toEqual([5, 0x3c00]);
  });

  test("a number beyond it is refused, and the older file stays", () => {
    saveCheckpoint(file(), { tensors: some(), details });
    const old = readFileSync(file());
    const tensors = { fine: tf.scalar(1), large: tf.tensor1d([1, -65520]) };
    const message = refusal(() => {
      saveCheckpoint(file(), { tensors }, { precision: "float16" });
    });
    expect(message).toBe(
      'tensors["large"] holds -65520, and float16 ends at 65504; use the precision float32.',
    );
    expect(readFileSync(file())).toEqual(old);
    expect(folder.names()).toEqual(["a.safetensors"]);
  });
});

describe("a damaged file", () => {
  test("with one changed byte never gives other tensors or details", () => {
    saveCheckpoint(file(), { tensors: some(), details });
    const bytes = readFileSync(file());
    const tensors = bitsOf(loadCheckpoint(file()).tensors);
    const before = tf.memory().numTensors;
    let refused = 0;
    for (let i = 0; i < bytes.length; i++) {
      // Single bits, the case of letters among them, and all of them.
      for (const flip of [1, 4, 32, 128, 255]) {
        const damaged = Buffer.from(bytes);
        damaged[i] ^= flip;
        writeFileSync(file(), damaged);
        expect(() => loadCheckpoint(file())).toThrow(/damaged|cut off|cannot be loaded|loadTensors/);
        try {
          const loaded = tf.tidy(() => bitsOf(loadTensors(file())));
          expect(loaded).toEqual(tensors);
        } catch (error) {
          expect((error as Error).message).toMatch(/ cannot be loaded: /);
          refused++;
        }
      }
    }
    // Without the mark that the file is a checkpoint, its tensors still are what they were.
    expect(5 * bytes.length - refused).toBeLessThanOrEqual(5 * "diffusion.checkpoint".length);
    expect(tf.memory().numTensors).toBe(before);
  });

  test("that is cut off says so at every length, and with how many bytes of how many", () => {
    saveCheckpoint(file(), { tensors: some(), details });
    const bytes = readFileSync(file());
    const start = 8 + Number(bytes.readBigUInt64LE());
    for (let length = 0; length < bytes.length; length++) {
      writeFileSync(file(), bytes.subarray(0, length));
      const message = refusal(() => loadCheckpoint(file()));
      if (length < 8)
        expect(message).toContain(`it has ${length} bytes, and a safetensors file has at least 8`);
      else if (length < start)
        expect(message).toContain(`having ${length} of at least ${start} bytes: it is cut off`);
      else expect(message).toContain(`it is cut off: it has ${length} of ${bytes.length} bytes`);
      expect(refusal(() => loadTensors(file()))).toBe(message);
    }
  });

  test("with more at its end is refused", () => {
    saveCheckpoint(file(), { tensors: some() });
    const bytes = readFileSync(file());
    writeFileSync(file(), Buffer.concat([bytes, Buffer.alloc(3)]));
    expect(refusal(() => loadTensors(file()))).toContain(
      `its tensors end at byte ${bytes.length}, but it has ${bytes.length + 3} bytes`,
    );
  });
});

describe("a file that is not as it should be", () => {
  const offsets = (...places: number[][]): object =>
    Object.fromEntries(
      places.map(([begin, end], i) => [
        `t${i}`,
        { dtype: "F32", shape: [(end - begin) / 4], data_offsets: [begin, end] },
      ]),
    );
  const one = (change: object): object => ({
    t: { dtype: "F32", shape: [2], data_offsets: [0, 8], ...change },
  });
  const latin1 = fileOf(one({}), new Uint8Array(8));
  latin1[latin1.indexOf('"t"') + 1] = 0xfc;
  test.each<[string, Buffer, string | RegExp]>([
    ["header of 2^63 bytes", Buffer.alloc(16, 0x80), /its header would be 9259542123273814144 bytes long/],
    ["header of text", fileOf("hello"), /the header is not JSON \(/],
    ["header of no UTF-8", latin1, /the header is not JSON \(.*utf-8/],
    [
      "version of tomorrow",
      fileOf({ __metadata__: { "diffusion.checkpoint": "2" } }),
      /version 2, and .* version 1/,
    ],
    ["header of a list", fileOf("[]"), /the header is JSON, but no object/],
    [
      "metadata of numbers",
      fileOf({ __metadata__: { a: 1 } }),
      /__metadata__ in the header must be an object/,
    ],
    ["no description", fileOf({ t: 1 }), /the tensor "t" is not described by an object/],
    [
      "unknown type",
      fileOf(one({ dtype: "F64" })),
      /"t" has the type "F64"; .* F32, I32, F16, BF16 are read/,
    ],
    ["inherited type", fileOf(one({ dtype: "toString" })), /"t" has the type "toString"/],
    ["no type", fileOf(one({ dtype: undefined })), /"t" has the type undefined/],
    ["bad shape", fileOf(one({ shape: [-1] })), /the tensor "t" has the shape \[-1\]/],
    ["no shape", fileOf(one({ shape: 2 })), /the tensor "t" has the shape 2/],
    ["offsets backwards", fileOf(one({ data_offsets: [8, 0] })), /the tensor "t" has the offsets \[8,0\]/],
    ["one offset", fileOf(one({ data_offsets: [8] })), /the tensor "t" has the offsets \[8\]/],
    ["size", fileOf(one({ shape: [3] })), /"t" has 8 bytes from 0 to 8, but F32 \[3\] takes 12/],
    ["overlap", fileOf(offsets([0, 8], [4, 12]), new Uint8Array(12)), /the tensors "t0" and "t1" overlap/],
    [
      "twice the same",
      fileOf(offsets([0, 8], [0, 8]), new Uint8Array(8)),
      /the tensors "t0" and "t1" overlap/,
    ],
    ["hole", fileOf(offsets([0, 4], [8, 12]), new Uint8Array(12)), /bytes 4 to 8, before "t1", belong to no/],
    ["outside", fileOf(offsets([0, 8]), new Uint8Array(4)), /it is cut off: it has \d+ of \d+ bytes/],
    [
      "huge tensor",
      fileOf({ t: { dtype: "F32", shape: [2 ** 50], data_offsets: [0, 2 ** 52] } }),
      /it is cut off: it has \d+ of 45\d+ bytes/,
    ],
  ])("%s", (_, bytes, message) => {
    writeFileSync(file(), bytes);
    expect(refusal(() => loadTensors(file()))).toMatch(message);
    expect(refusal(() => loadCheckpoint(file()))).toMatch(message);
    expect(refusal(() => loadTensors(file()))).toMatch(/^\S+a\.safetensors cannot be loaded: /);
  });

  test("is missing", () => {
    expect(refusal(() => loadCheckpoint(file()))).toBe(
      `There is no file ${file()}; saveCheckpoint makes one.`,
    );
  });

  test("is a folder", () => {
    expect(refusal(() => loadTensors(folder.path(".")))).toMatch(/cannot be loaded: EISDIR/);
  });

  test("has our mark and a hash that is not its own", () => {
    const metadata = { "diffusion.checkpoint": "1", "diffusion.sha256": "ab".repeat(32) };
    writeFileSync(file(), fileOf({ __metadata__: { ...metadata, "diffusion.details": "{}" } }));
    expect(refusal(() => loadTensors(file()))).toContain(
      "its content does not match its hash: it has been damaged",
    );
  });
});

describe("loadTensors", () => {
  const foreign = join(__dirname, "foreign.safetensors");
  test("reads what the PyPI package has written (foreign.py)", () => {
    const found = loadTensors(foreign);
    const expected = {
      float32: tf.tensor2d([0.1, -0, 1e-45, Infinity, -3.4028234663852886e38, 7], [2, 3]),
      float16: tf.tensor1d([65504, 2 ** -14, 2 ** -24, 0.333251953125, -Infinity, -0]),
      int32: tf.tensor1d([-(2 ** 31), 2 ** 31 - 1, 0], "int32"),
      scalar: tf.scalar(2.5),
      empty: tf.zeros([0, 3]),
      "größe/α": tf.tensor1d([1.5]),
    };
    expect(new Map(bitsOf(found).map((x) => [x[0], x]))).toEqual(
      new Map(bitsOf(expected).map((x) => [x[0], x])),
    );
  });

  test("reads bfloat16", () => {
    const bits = Uint16Array.of(0x3f80, 0xc049, 0x8000, 0x7f80, 0x0001);
    const header = { x: { dtype: "BF16", shape: [5], data_offsets: [0, 10] } };
    writeFileSync(file(), fileOf(header, new Uint8Array(bits.buffer)));
    expect([...loadTensors(file())["x"].dataSync()]).toEqual([1, -3.140625, -0, Infinity, 2 ** -133]);
  });

  test("loadCheckpoint refuses a foreign file, and says what reads it", () => {
    expect(refusal(() => loadCheckpoint(foreign))).toMatch(
      /foreign\.safetensors is a safetensors file, but not by saveCheckpoint: .* loadTensors\(path\) loads its tensors\.$/,
    );
  });
});
