import { tf } from "../../../src/backend";
import { frameSlider, imageGrid, type Images } from "../../../src/plot";
import { bundle, decode, format, picturesIn, pixel, webAddresses } from "./pictures";

/** Grey images [n, 1, 2, 1] of two pixels. */
const pairs = (...values: number[]): Images => ({ shape: [values.length / 2, 1, 2, 1], values });
const grey = (value: number): number[] => [value, value, value];

describe("imageGrid", () => {
  test("the range becomes black to white, and what is outside is clipped", async () => {
    const [one, two] = picturesIn(
      await format(imageGrid(pairs(-1, 1, 0, 7), { title: "Images" }), "text/html"),
    );
    expect([pixel(one, 0, 0), pixel(one, 1, 0)]).toEqual([grey(0), grey(255)]);
    expect([pixel(two, 0, 0), pixel(two, 1, 0)]).toEqual([grey(128), grey(255)]);
    const [byte] = picturesIn(
      await format(imageGrid(pairs(51, 255), { title: "Bytes", range: [0, 255] }), "text/html"),
    );
    expect([pixel(byte, 0, 0), pixel(byte, 1, 0)]).toEqual([grey(51), grey(255)]);
  });

  test("a tensor in colour, pixel for pixel", async () => {
    const images = tf.tensor4d([1, -1, -1, -1, 1, -1, -1, -1, 1, 1, 1, 1], [1, 2, 2, 3]);
    const [image] = picturesIn(await format(imageGrid(images, { title: "Colours" }), "text/html"));
    expect([pixel(image, 0, 0), pixel(image, 1, 0)]).toEqual([
      [255, 0, 0],
      [0, 255, 0],
    ]);
    expect([pixel(image, 0, 1), pixel(image, 1, 1)]).toEqual([
      [0, 0, 255],
      [255, 255, 255],
    ]);
  });

  test("the values are read at once: the tensor may be disposed before the picture is shown", async () => {
    const images = tf.zeros<tf.Rank.R4>([1, 2, 2, 1]);
    const grid = imageGrid(images, { title: "Zero" });
    images.dispose();
    expect(picturesIn(await format(grid, "text/html"))).toHaveLength(1);
  });

  test("the PNG holds the whole grid with white gaps, enlarged without blur even by 2.5", async () => {
    const grid = imageGrid(pairs(-1, 1, 1, -1, -1, -1), { title: "Grid", columns: 2, scale: 2.5 });
    const png = decode(await format(grid, "image/png"));
    // Images of 5 × 3 pixels, 4 apart, in two rows.
    expect([png.width, png.height]).toEqual([14, 10]);
    expect([0, 1, 2, 3, 4, 5, 8, 9, 10].map((x) => pixel(png, x, 0)[0])).toEqual([
      0, 0, 255, 255, 255, 255, 255, 255, 255,
    ]);
    expect(pixel(png, 13, 0)).toEqual(grey(0));
    expect(pixel(png, 6, 8)).toEqual(grey(255));
    expect(pixel(png, 0, 8)).toEqual(grey(0));
    const colours = new Set(Array.from({ length: png.width * png.height }, (_, i) => png.data[4 * i]));
    expect([...colours].sort()).toEqual([0, 255]);
  });

  test("captions and titles are text, escaped, and heard by screen readers", async () => {
    const html = await format(
      imageGrid(pairs(0, 0, 1, 1), {
        title: "Two <images>",
        captions: ["a & b", "c"],
        columnTitles: ["left", "right"],
        rowTitles: ["row"],
      }),
      "text/html",
    );
    expect(html).toContain("Two &lt;images&gt;</figcaption>");
    expect(html.match(/<img [^>]*image-rendering:pixelated/g)).toHaveLength(2);
    expect([...html.matchAll(/alt="([^"]*)"/g)].map(([, alt]) => alt)).toEqual(["a &amp; b", "c"]);
    expect([...html.matchAll(/<th[^>]*>([^<]*)</g)].map(([, text]) => text)).toEqual([
      "left",
      "right",
      "row",
    ]);
  });

  test.each<[string, () => unknown, RegExp]>([
    [
      "a batch is needed",
      () => imageGrid({ shape: [2, 2, 1], values: [0, 0, 0, 0] }, { title: "" }),
      /shape \[2, 2, 1\]; give \[n, height/,
    ],
    [
      "two channels",
      () => imageGrid({ shape: [1, 1, 1, 2], values: [0, 0] }, { title: "" }),
      /shape \[1, 1, 1, 2\]/,
    ],
    [
      "no images",
      () => imageGrid({ shape: [0, 1, 1, 1], values: [] }, { title: "" }),
      /shape \[0, 1, 1, 1\]/,
    ],
    [
      "too few values",
      () => imageGrid({ shape: [1, 1, 2, 1], values: [0] }, { title: "" }),
      /1 values do not fill/,
    ],
    ["NaN", () => imageGrid(pairs(0, 0, NaN, 0), { title: "" }), /image 1 holds NaN/],
    ["an empty range", () => imageGrid(pairs(0, 0), { title: "", range: [1, 1] }), /range is \[1, 1\]/],
    [
      "captions",
      () => imageGrid(pairs(0, 0), { title: "", captions: ["a", "b"] }),
      /captions has 2 entries; give one for each image, 1/,
    ],
    ["row titles", () => imageGrid(pairs(0, 0), { title: "", rowTitles: [] }), /rowTitles has 0 entries/],
    ["columns", () => imageGrid(pairs(0, 0), { title: "", columns: 0 }), /columns is 0/],
    ["scale", () => imageGrid(pairs(0, 0), { title: "", scale: 0 }), /scale is 0/],
  ])("%s", (_, make, message) => {
    expect(make).toThrow(message);
  });
});

describe("frameSlider", () => {
  const frames = [pairs(-1, -1), pairs(0, 0), pairs(1, 1)];
  const options = { title: "Frames", labels: ["t = 0", "t = 1", "t = 2"], scale: 10 };

  test("the film holds the frames in order, one above the other, behind a window of one frame", async () => {
    const html = await format(frameSlider(frames, options), "text/html");
    const [film] = picturesIn(html);
    expect([film.width, film.height]).toEqual([2, 3]);
    expect([0, 1, 2].map((y) => pixel(film, 0, y)[0])).toEqual([0, 128, 255]);
    expect(html).toContain("width:20px;height:10px;overflow:hidden");
    expect(html).toContain('max="2"');
    expect(html).toContain(">t = 0</output>");
  });

  test("it needs no network, and a strip of frames stands in where there is no HTML", async () => {
    const shown = await bundle(frameSlider(frames, options));
    expect(webAddresses(JSON.stringify(shown))).toEqual([]);
    const strip = decode(shown["image/png"] as string);
    expect(strip.height).toBe(10 * (3 + 2 * 4));
    expect(pixel(strip, 0, strip.height - 1)).toEqual(grey(255));
    expect(pixel(strip, 0, 0)).toEqual(grey(0));
  });

  test.each<[string, () => unknown, RegExp]>([
    ["no frames", () => frameSlider([], { ...options, labels: [] }), /there are no frames/],
    ["labels", () => frameSlider(frames, { ...options, labels: ["a"] }), /1 labels for 3 frames/],
    [
      "shapes",
      () => frameSlider([frames[0], pairs(0, 0, 0, 0)], { ...options, labels: ["a", "b"] }),
      /frame 1 has the shape \[2, 1, 2, 1\]/,
    ],
  ])("%s", (_, make, message) => {
    expect(make).toThrow(message);
  });

  test("pictures of more than 1 MB are refused", () => {
    let state = 1;
    const noise = Array.from(
      { length: 400 * 400 },
      () => ((state = (state * 48271) % 2147483647) % 2001) / 1000 - 1,
    );
    const large: Images = { shape: [1, 400, 400, 1], values: noise };
    const labels = Array.from({ length: 8 }, String);
    expect(() =>
      frameSlider(
        labels.map(() => large),
        { title: "Large", labels },
      ),
    ).toThrow(/MB of the 1 MB allowed; show fewer/);
  });
});
