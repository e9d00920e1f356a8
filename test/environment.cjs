const { TestEnvironment } = require("jest-environment-node");

/**
 * Node with one set of typed arrays. Jest gives each test file a global object of its own, with its own
 * `Float32Array`; native code makes arrays of the outer one, and `instanceof` in TensorFlow.js and `toEqual` in
 * tests would take them for something else.
 */
module.exports = class extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    Object.assign(this.global, {
      Float32Array,
      Float64Array,
      Int8Array,
      Int16Array,
      Int32Array,
      Uint8ClampedArray,
      Uint16Array,
      Uint32Array,
      BigInt64Array,
      BigUint64Array,
    });
  }
};
