import "./on-wasm";
import { deviceReport } from "diffusion";
import { describeLayers } from "./cases";

test("these tests run on WebAssembly", () => {
  expect(deviceReport().backend).toBe("wasm");
});

describeLayers();
