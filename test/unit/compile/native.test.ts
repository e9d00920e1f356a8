import { deviceReport } from "diffusion";
import { describeSameEverywhere } from "./cases/same-everywhere";

test("these tests run on the native backend", () => {
  expect(deviceReport().backend).toBe("native");
});

describeSameEverywhere();
