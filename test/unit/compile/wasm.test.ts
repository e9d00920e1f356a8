import "../layers/on-wasm";
import { compile, deviceReport, tf } from "diffusion";
import { describeSameEverywhere } from "./cases/same-everywhere";

test("these tests run on WebAssembly", () => {
  expect(deviceReport().backend).toBe("wasm");
});

describeSameEverywhere();

test("a step of a step runs too", () => {
  const inner = compile((a: tf.Tensor) => tf.mul(a, 2));
  const outer = compile((a: tf.Tensor) => ({ result: tf.add(inner(a), 1) }));
  expect(outer(tf.scalar(4)).result.dataSync()[0]).toBe(9);
  expect([inner.traces, outer.traces]).toEqual([0, 0]);
});
