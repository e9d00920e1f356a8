import { plotly, plotlyScript } from "../../../src/plot";
import { bundle, format, webAddresses } from "./pictures";

const trace = { type: "scatter", x: Float32Array.of(1, 2), y: [3, null] };

test("typed arrays become arrays, titles objects, and null stays a gap", async () => {
  const shown = await bundle(plotly({ data: [trace], layout: { title: "A curve", xaxis: { title: "t" } } }));
  expect(shown["application/vnd.plotly.v1+json"]).toMatchObject({
    data: [{ type: "scatter", x: [1, 2], y: [3, null] }],
    layout: { title: { text: "A curve" }, xaxis: { title: { text: "t" } }, width: 640, height: 480 },
  });
  expect(shown["text/plain"]).toBe("Figure: A curve");
});

test("the HTML loads the local script only, and text in it cannot end the script", async () => {
  const html = await format(
    plotly({ data: [{ ...trace, name: "</script><b>" }], layout: { title: "A" } }),
    "text/html",
  );
  expect(webAddresses(html)).toEqual([]);
  expect(html).toContain(`script.src = "${plotlyScript}"`);
  expect(html.match(/<\/script>/g)).toHaveLength(1);
  expect(html).not.toContain("<b>");
});

test("each figure on a page has its own place, even the same figure twice", async () => {
  const figure = plotly({ data: [trace], layout: { title: "A" } });
  const places = await Promise.all(
    [1, 2].map(async () => /id="([^"]+)"/.exec(await format(figure, "text/html"))?.[1]),
  );
  expect(places[0]).toMatch(/^plotly-/);
  expect(places[0]).not.toBe(places[1]);
});

test.each<[string, () => unknown, RegExp]>([
  ["no data", () => plotly({ data: [], layout: { title: "A" } }), /data is empty/],
  [
    "NaN",
    () => plotly({ data: [{ y: Float32Array.of(1, NaN) }], layout: { title: "A" } }),
    /data\[0\]\.y\[1\] is NaN/,
  ],
  [
    "an infinity",
    () => plotly({ data: [{ z: [[1], [Infinity]] }], layout: { title: "A" } }),
    /data\[0\]\.z\[1\]\[0\] is Infinity/,
  ],
])("%s", (_, make, message) => {
  expect(make).toThrow(message);
});
