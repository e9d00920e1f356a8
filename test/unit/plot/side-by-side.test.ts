import { bundleOf } from "../../../src/notebook/show";
import { imageGrid, lines, sideBySide } from "../../../src/plot";
import { format, picturesIn } from "./pictures";

const grid = () => imageGrid({ shape: [2, 1, 1, 1], values: [0, 1] }, { title: "Two pixels" });
const curve = () =>
  lines([{ name: "a", x: [0, 1], y: [1, 2] }], {
    title: "A line",
    x: { title: "x", unit: null },
    y: { title: "y", unit: null },
    legend: "series",
  });

describe("sideBySide", () => {
  test("holds each part as it would be shown alone, in the given order", async () => {
    const html = await format(sideBySide([curve(), grid()]), "text/html");
    expect(picturesIn(html)).toHaveLength(2);
    expect(html).toContain(await curve().svg());
    expect(html.indexOf("</svg>")).toBeLessThan(html.indexOf("Two pixels"));
  });

  test("says as text what it shows", async () => {
    const { "text/plain": text } = await bundleOf(sideBySide([curve(), grid()]));
    expect(text).toBe("Figure: A line\nImages: Two pixels (2)");
  });

  test("takes plain values, too, with their signs escaped", async () => {
    expect(await format(sideBySide(["1 < 2"]), "text/html")).toContain("<pre>1 &lt; 2</pre>");
  });

  test("refuses to show nothing", () => {
    expect(() => sideBySide([])).toThrow("there are no parts");
  });
});
