/** The colour channel of points that are only background, with their name in the legend. */
export const grey = (name: string): Readonly<Record<string, unknown>> => ({
  datum: name,
  type: "nominal",
  title: null,
  scale: { domain: [name], range: ["#aaaaaa"] },
  legend: { symbolOpacity: 1, symbolSize: 120, symbolType: "circle" },
});
