/** As on a GPU, and where set-up could not build kernels.cc. */
import { deviceReport } from "diffusion";
import { hasFusedOps } from "../../../src/backend/fused";
import { describeLayers } from "./cases";

jest.mock("../../../src/backend/fused", () => ({ hasFusedOps: () => false }));

test("these tests run on TensorFlow's own operations", () => {
  expect(deviceReport().backend).toBe("native");
  expect(hasFusedOps()).toBe(false);
});

describeLayers();
