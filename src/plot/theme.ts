/** Colours that stay apart for colour-blind readers (Okabe and Ito, 2008), without the yellow that fades on white. */
export const palette: readonly string[] = [
  "#0072B2",
  "#D55E00",
  "#009E73",
  "#CC79A7",
  "#E69F00",
  "#56B4E9",
  "#000000",
];

/** The look of every Vega-Lite figure: large enough to be read when projected, on white whatever page is around it. */
export const theme: Readonly<Record<string, unknown>> = {
  background: "white",
  padding: 12,
  font: "Helvetica, Arial, 'DejaVu Sans', sans-serif",
  title: { fontSize: 18, fontWeight: 600, anchor: "start", offset: 14 },
  axis: {
    labelFontSize: 14,
    titleFontSize: 16,
    titleFontWeight: "normal",
    titlePadding: 10,
    gridColor: "#e4e4e4",
    labelOverlap: true,
    tickCount: 6,
  },
  legend: { labelFontSize: 14, titleFontSize: 14, titleLimit: 260, labelLimit: 260, symbolStrokeWidth: 3 },
  header: { labelFontSize: 14, titleFontSize: 16 },
  text: { fontSize: 14 },
  line: { strokeWidth: 2.5 },
  point: { filled: true, size: 40 },
  range: { category: palette, heatmap: { scheme: "viridis" }, ramp: { scheme: "viridis" } },
  view: { stroke: "#bbbbbb" },
};
