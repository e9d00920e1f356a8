import { networkSummary, unet } from "diffusion";
import { displaySymbol } from "../../../src/notebook/show";

const network = unet({ size: 8, steps: 10, width: 8, multipliers: [1, 2], groups: 4, seed: 1 });

test("a row for each part, and sums that are those of the network", async () => {
  const { "text/plain": text, "text/html": html } = (await networkSummary(network)[
    displaySymbol
  ]()) as Record<string, string>;
  const lines = text.split("\n");
  expect(lines).toHaveLength(network.parts.length + 2);
  expect(lines[0].trim().split(/ {2,}/)).toEqual(["part", "gives", "parameters", "MFLOP"]);
  expect(lines[2].trim().split(/ {2,}/)).toEqual(["first", "8 × 8 × 8", "80", "0.0"]);
  expect(lines.at(-1)!.trim().split(/ {2,}/)).toEqual([
    "all",
    network.parameterCount.toLocaleString("en-US"),
    (network.flops / 1e6).toFixed(1),
  ]);
  expect(html.match(/<tr/g)).toHaveLength(network.parts.length + 2);
});

test("nothing cannot be summed up", () => {
  expect(() => networkSummary({ parts: [] })).toThrow("parts is empty");
});
