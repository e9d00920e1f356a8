import { deviceReport } from "diffusion";
import { describeLayers } from "./cases";

test("these tests run on the native backend", () => {
  expect(deviceReport().backend).toBe("native");
});

describeLayers();
