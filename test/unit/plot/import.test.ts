const heavy = ["vega", "vega-lite", "pngjs"];
const loaded: string[] = [];
for (const name of heavy) {
  jest.doMock(name, () => {
    loaded.push(name);
    return jest.requireActual<object>(name);
  });
}

test("drawing libraries are loaded by the first picture, not by the import", async () => {
  const { bundleOf, imageGrid, lines } = await import("diffusion");
  const axis = { title: "t", unit: null };
  const figure = lines([{ name: "a", x: [0, 1], y: [0, 1] }], { title: "A", x: axis, y: axis, legend: "a" });
  const images = imageGrid({ shape: [1, 1, 1, 1], values: [0] }, { title: "A" });
  expect(loaded).toEqual([]);
  await bundleOf(images);
  expect(loaded).toEqual(["pngjs"]);
  await figure.svg();
  expect([...loaded].sort()).toEqual([...heavy].sort());
});
