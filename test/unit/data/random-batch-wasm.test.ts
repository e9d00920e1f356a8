import "../layers/on-wasm";
import { deviceReport } from "diffusion";
import { describeRandomBatch } from "./cases/random-batch";

test("these tests run on WebAssembly", () => {
  expect(deviceReport().backend).toBe("wasm");
});

describeRandomBatch();
