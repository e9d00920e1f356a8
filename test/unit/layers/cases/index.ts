import { attentionCases } from "./attention";
import { conv2dCases } from "./conv2d";
import { denseCases } from "./dense";
import { embeddingCases } from "./embedding";
import { groupNormCases } from "./group-norm";
import { meanAbsoluteErrorCases } from "./mean-absolute-error";
import { meanSquaredErrorCases } from "./mean-squared-error";
import { resampleCases } from "./resample";
import { siluCases } from "./silu";
import { stopGradientCases } from "./stop-gradient";

/** The tests of all layers, for the backend that is in use. */
export function describeLayers(): void {
  describe("conv2d", conv2dCases);
  describe("dense", denseCases);
  describe("groupNorm", groupNormCases);
  describe("silu", siluCases);
  describe("attention", attentionCases);
  describe("meanAbsoluteError", meanAbsoluteErrorCases);
  describe("meanSquaredError", meanSquaredErrorCases);
  describe("upsample and downsample", resampleCases);
  describe("embedding", embeddingCases);
  describe("stopGradient and straightThrough", stopGradientCases);
}
