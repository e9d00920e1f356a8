/** Import this before the library, and its tensors run on WebAssembly. */
process.env.COURSE_BACKEND = "wasm";

export {};
