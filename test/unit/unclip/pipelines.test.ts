/** What is made with the three networks: by stand-ins that know the answer, and by small ones that are filled with numbers. */
import {
  bipartiteLatent,
  captionOf,
  decode,
  drawScene,
  generateByCaption,
  interpolations,
  keptAttributes,
  randomNormal,
  samplePrior,
  slerp,
  textDifferences,
  tf,
  towardsText,
  unitVectors,
  variations,
  worldPictures,
  type DiffusionModel,
  type Unclip,
} from "diffusion";
import {
  awake,
  features,
  oracle,
  priorOf,
  readingDecoder,
  schedule,
  screen,
  states,
  tinyDecoder,
  tinyPair,
  tinyPrior,
  tokenizer,
  values,
} from "./tiny";

const pair = { network: awake(tinyPair()), tokenizer };
const prior = priorOf(awake(tinyPrior()));
const decoder = tinyDecoder();
const captions = ["red dot", "two blue dot", "blue"];
const texts = pair.network.embedCaptions(tf.tensor2d(tokenizer.encode(captions), [3, 4], "int32"));
const near = (found: tf.Tensor, expected: tf.Tensor, digits = 4): void => {
  expect(found.shape).toEqual(expected.shape);
  const wanted = values(expected);
  values(found).forEach((value, i) => {
    expect(value).toBeCloseTo(wanted[i], digits);
  });
};

/** Its samples are the embeddings of their captions. */
const wordForWord = oracle(prior, (_z, _t, { condition = {} } = {}) => condition.vector!.clone());

/** An image that shows its embedding, scaled, in its first row. */
const shown = (vector: tf.Tensor): tf.Tensor4D =>
  tf.tidy(() =>
    tf
      .pad(vector, [
        [0, 0],
        [0, 64 - features],
      ])
      .reshape([-1, 8, 8, 1])
      .mul<tf.Tensor4D>(0.3),
  );
const embeddingIn = (images: tf.Tensor4D): tf.Tensor2D =>
  images
    .reshape([-1, 64])
    .slice([0, 0], [-1, features])
    .div<tf.Tensor2D>(0.3 * Math.sqrt(features));

/** The exact denoiser of images N(shown(embedding), deviation² I). */
function gaussian(deviation: number): DiffusionModel {
  return oracle(decoder, (z, t, { condition = {} } = {}) => {
    const mean = shown(condition.vector!);
    const alpha = tf.gather(tf.tensor1d([...schedule.alpha]), t).reshape([-1, 1, 1, 1]);
    const gain = alpha
      .sqrt()
      .mul(deviation ** 2)
      .div(alpha.mul(deviation ** 2 - 1).add(1));
    return mean.add(gain.mul(z.sub(alpha.sqrt().mul(mean))));
  });
}
const mirror = gaussian(0);
const models: Unclip = { pair, prior, decoder };
const images = tf.tidy(() => randomNormal<tf.Rank.R4>([3, 8, 8, 1], 9).mul<tf.Tensor4D>(0.3));
const embedded = pair.network.embedImages(images);

describe("the prior", () => {
  test("gives what it is sampled for, as unit vectors", async () => {
    near(await samplePrior({ pair, prior: wordForWord }, captions, { screen }), texts, 5);
    const drawn = await samplePrior(models, captions, { seed: 1, screen });
    near(drawn.square().sum(1), tf.ones([3]));
  });

  test("of several candidates gives the one nearest to its caption", async () => {
    // Any noise is as good an embedding.
    const free = oracle(prior, (z) => z.clone());
    const by = (count: number): Promise<tf.Tensor2D> =>
      samplePrior({ pair, prior: free }, captions, { seed: 1, candidates: count, screen });
    const cosines = async (count: number): Promise<number[]> => values((await by(count)).mul(texts).sum(1));
    const [one, two, eight] = [await cosines(1), await cosines(2), await cosines(8)];
    const others = await cosines(1);
    expect(others).toEqual(one);
    two.forEach((cosine, i) => {
      expect(cosine).toBeGreaterThanOrEqual(one[i]);
      expect(eight[i]).toBeGreaterThanOrEqual(cosine);
    });
    expect(Math.max(...eight.map((cosine, i) => cosine - one[i]))).toBeGreaterThan(0.1);
  });

  test("is led by its captions: γ = 0 knows none, γ = 1 is the model as it is", async () => {
    const by = async (gamma: number, of = captions): Promise<number[]> =>
      values(await samplePrior(models, of, { seed: 1, gamma, candidates: 1, screen }));
    const others = ["blue", "two", "red"];
    expect(await by(0)).toEqual(await by(0, others));
    expect(await by(1)).not.toEqual(await by(1, others));
    expect(await by(3)).not.toEqual(await by(1));
    expect(await by(1)).toEqual(
      values(await samplePrior(models, captions, { seed: 1, candidates: 1, screen })),
    );
  });

  test("names what does not fit", async () => {
    await expect(samplePrior(models, [], { screen })).rejects.toThrow("the number of captions is 0");
    await expect(samplePrior(models, ["green dot"], { screen })).rejects.toThrow('has the word "green"');
    await expect(samplePrior(models, captions, { candidates: 0, screen })).rejects.toThrow("candidates is 0");
    const other = {
      ...pair,
      network: { ...pair.network, embedCaptions: () => tf.zeros<tf.Rank.R2>([1, 7]) },
    };
    await expect(samplePrior({ pair: other, prior }, ["red"], { screen })).rejects.toThrow(
      "The prior takes embeddings of 6 numbers, and here they have 7; use one that learned in the space of this pair.",
    );
  });
});

describe("images by captions", () => {
  test("are decoded from the prior's embeddings, or from the captions' own; both stages show progress", async () => {
    states.length = 0;
    const made = await generateByCaption({ pair, prior: wordForWord, decoder: mirror }, captions, { screen });
    expect([...new Set(states.map(({ label }) => label))]).toEqual([
      "prior, candidate 1 of 2",
      "prior, candidate 2 of 2",
      "decoder",
    ]);
    near(made.embeddings, texts);
    near(embeddingIn(made.images), texts);
    states.length = 0;
    const without = await generateByCaption({ ...models, decoder: mirror }, captions, {
      prior: "none",
      screen,
    });
    expect([...new Set(states.map(({ label }) => label))]).toEqual(["decoder"]);
    near(without.embeddings, texts, 6);
    near(embeddingIn(without.images), texts);
  });

  test("depend on the seed, and without a prior have the same noise", async () => {
    const by = (seed: number, changes = {}): ReturnType<typeof generateByCaption> =>
      generateByCaption(models, captions, { seed, screen, ...changes });
    const [first, again, other] = [await by(1), await by(1), await by(2)];
    expect(values(again.images)).toEqual(values(first.images));
    expect(values(other.images)).not.toEqual(values(first.images));
    expect(values(other.embeddings)).not.toEqual(values(first.embeddings));
    const told = { ...models, prior: wordForWord };
    const options = { seed: 1, screen, prior: { candidates: 1 } };
    near(
      (await generateByCaption(told, captions, options)).images,
      (await by(1, { prior: "none" })).images,
      3,
    );
  });

  test("leave no tensor but their result, also if something does not fit", async () => {
    await generateByCaption(models, captions, { screen });
    const before = tf.memory().numTensors;
    const made = await generateByCaption(models, captions, { screen });
    expect(tf.memory().numTensors).toBe(before + 2);
    tf.dispose({ ...made });
    const broken = { decoder: { times: [60, 0] }, screen };
    await expect(generateByCaption(models, captions, broken)).rejects.toThrow("times");
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("a decoder that reads captions, too", () => {
  const reading = readingDecoder();
  const options = { seed: 1, screen } as const;

  test("is told them with the embeddings, and led by both", async () => {
    const by = async (of: readonly string[] | undefined, gamma = 1): Promise<number[]> =>
      values(await decode(reading, texts, { ...options, gamma, ...(of && { captions: of }) }));
    const others = [...captions].reverse();
    expect(await by(captions)).not.toEqual(await by(undefined));
    expect(await by(captions)).not.toEqual(await by(others));
    expect(await by(captions, 0)).toEqual(await by(undefined, 0));
    await expect(by(["red"])).rejects.toThrow("captions has 1 captions for 3 images");
    await expect(decode(decoder, texts, { ...options, captions })).rejects.toThrow(
      "captions is given, but the model knows no captions.",
    );
  });

  test("reads those that images are made by, unless it is to be told the embedding alone", async () => {
    const by = async (told?: "both" | "embedding"): Promise<number[]> => {
      const made = await generateByCaption({ ...models, decoder: reading }, captions, {
        ...options,
        prior: "none",
        ...(told && { told }),
      });
      return values(made.images);
    };
    expect(await by()).toEqual(await by("both"));
    expect(await by("embedding")).not.toEqual(await by("both"));
    const bad = generateByCaption(models, captions, { ...options, told: "words" as "both" });
    await expect(bad).rejects.toThrow('told is "words"; use "both" or "embedding".');
    await expect(generateByCaption(models, captions, { ...options, told: "both" })).rejects.toThrow(
      "the model knows no captions",
    );
  });
});

describe("the decoder", () => {
  test("is led by embeddings", async () => {
    const by = async (gamma: number, of = texts): Promise<number[]> =>
      values(await decode(decoder, of, { seed: 1, gamma, screen }));
    const others = tf.reverse(texts, 0);
    expect(await by(0)).toEqual(await by(0, others));
    expect(await by(1)).not.toEqual(await by(1, others));
    expect(await by(3)).not.toEqual(await by(1));
  });

  test("begins where it is told to", async () => {
    const start = randomNormal<tf.Rank.R4>([3, 8, 8, 1], 4);
    const by = async (from: tf.Tensor4D, batch: number): Promise<tf.Tensor> =>
      decode(decoder, texts, { start: from, batch, screen });
    near(await by(start, 2), await by(start, 100), 3);
    expect(values(await by(start.neg(), 100))).not.toEqual(values(await by(start, 100)));
    await expect(by(start.slice(0, 2), 100)).rejects.toThrow(
      "start has the shape [2, 8, 8, 1]; use [3, 8, 8, 1].",
    );
  });

  test("names embeddings that it does not take", async () => {
    await expect(decode(decoder, tf.zeros([3, 7]), { screen })).rejects.toThrow(
      "The decoder takes embeddings of 6 numbers, and here they have 7;",
    );
    await expect(decode(decoder, tf.zeros([3, 6], "int32"), { screen })).rejects.toThrow(
      "embeddings is a tensor of int32",
    );
  });
});

describe("editing", () => {
  const exact = { pair, decoder: gaussian(0.3) };
  const seen = { pair, decoder: mirror };

  test("an image's latent is its embedding and the noise that makes it again", async () => {
    const { embeddings, noise } = await bipartiteLatent(exact, images, { screen });
    near(embeddings, embedded, 6);
    // Of the Gaussian the noise of the same rank.
    const end = schedule.alpha[50];
    const mean = shown(embedded.mul(Math.sqrt(features)));
    const deviation = Math.sqrt(end * 0.09 + 1 - end);
    const expected = mean.mul(Math.sqrt(end)).add(images.sub(mean).div(0.3).mul(deviation));
    expect(noise.sub(expected).abs().mean().dataSync()[0]).toBeLessThan(0.1);
  });

  test("variations come back for η = 0; for η = 1 they share the embedding alone", async () => {
    const same = await variations(exact, images, { eta: 0, screen });
    expect(same.sub(images).abs().mean().dataSync()[0]).toBeLessThan(0.05);
    const many = await variations(exact, images, { each: 40, seed: 3, screen });
    expect(many.shape).toEqual([120, 8, 8, 1]);
    const means = many.reshape([3, 40, 64]).mean(1).reshape([3, 8, 8, 1]);
    const expected = shown(embedded.mul(Math.sqrt(features)));
    expect(means.sub(expected).abs().mean().dataSync()[0]).toBeLessThan(0.08);
    const apart = many.slice(0, 1).sub(images.slice(0, 1)).abs().mean().dataSync()[0];
    expect(apart).toBeGreaterThan(0.15);
    expect(values(await variations(exact, images, { each: 40, seed: 3, screen }))).toEqual(values(many));
  });

  test("interpolations go from one image to the other, on the sphere between", async () => {
    const [from, to] = [images.slice(0, 2), images.slice(1, 2)];
    const ways = await interpolations(exact, from, to, { shares: [0, 0.5, 1], screen });
    expect(ways.shape).toEqual([6, 8, 8, 1]);
    const off = (row: number, image: tf.Tensor): number =>
      ways.slice(row, 1).sub(image).abs().mean().dataSync()[0];
    expect(off(0, images.slice(0, 1))).toBeLessThan(0.05);
    expect(off(2, images.slice(1, 1))).toBeLessThan(0.05);
    expect(off(3, images.slice(1, 1))).toBeLessThan(0.05);
    expect(off(5, images.slice(2, 1))).toBeLessThan(0.05);
    const told = embeddingIn(
      await interpolations(seen, from, to, { shares: [0, 0.25, 1], noise: "one", screen }),
    );
    const [a, b] = [embedded.slice(0, 2), embedded.slice(1, 2)];
    const expected = tf.stack([a, unitVectors(slerp(a, b, 0.25)), b], 1).reshape([6, features]);
    near(told, expected, 3);
  });

  test("text differences begin with the image and move its embedding by words", async () => {
    const [from, to] = [
      ["red dot", "blue", "two"],
      ["blue dot", "blue", "two red dot"],
    ];
    const embed = (of: string[]): tf.Tensor2D =>
      pair.network.embedCaptions(tf.tensor2d(tokenizer.encode(of), [3, 4], "int32"));
    const kept = await textDifferences(exact, images, { from, to, shares: [0], screen });
    expect(kept.sub(images).abs().mean().dataSync()[0]).toBeLessThan(0.05);
    const told = embeddingIn(await textDifferences(seen, images, { from, to, shares: [0, 0.4], screen }));
    const moved = towardsText(embedded, embed(from), embed(to), 0.4);
    near(told, tf.stack([embedded, moved], 1).reshape([6, features]), 3);
  });

  test("leaves no tensor but its result, and names what does not fit", async () => {
    const run = { screen, times: [50, 20, 0] };
    const texts = { from: captions, to: captions };
    const all = async (): Promise<tf.Tensor[]> => [
      await variations(models, images, run),
      await interpolations(models, images, images, run),
      await interpolations(models, images, images, { ...run, noise: "one" }),
      await textDifferences(models, images, { ...run, ...texts }),
    ];
    tf.dispose(await all());
    const before = tf.memory().numTensors;
    const made = await all();
    expect(tf.memory().numTensors).toBe(before + 4);
    tf.dispose(made);
    await expect(variations(models, images, { ...run, eta: 2 })).rejects.toThrow("eta is 2");
    await expect(variations(models, tf.zeros([1, 4, 4, 1]), run)).rejects.toThrow(
      "images has the shape [1, 4, 4, 1]",
    );
    await expect(interpolations(models, images, images, { ...run, shares: [] })).rejects.toThrow(
      "the number of shares is 0",
    );
    await expect(interpolations(models, images, images, { ...run, shares: [0, 2] })).rejects.toThrow(
      "shares[1] is 2",
    );
    await expect(interpolations(models, images, tf.zeros([1, 8, 8, 1]), run)).rejects.toThrow(
      "to has the shape",
    );
    await expect(textDifferences(models, images, { ...run, ...texts, to: ["red"] })).rejects.toThrow(
      "the number of captions in `to` is 1; use a whole number from 3 to 3.",
    );
    // Those of the wrong sizes.
    expect(tf.memory().numTensors).toBe(before + 2);
  });
});

test("attributes of variations: all are kept of the same scene, few of another", async () => {
  const { scenes } = worldPictures({ count: 8, seed: 1, groups: 1, captions: "full" });
  const redrawn = tf.tensor4d(
    scenes.flatMap((scene, i) => [1, 2].flatMap((k) => [...drawScene(scene, 10 * i + k)])),
    [16, 32, 32, 3],
  );
  const captions = scenes.map((scene) => captionOf(scene));
  const rows = await keptAttributes(captions, redrawn);
  expect(rows.map(({ attribute }) => attribute)).toEqual([
    "all",
    "number",
    "size",
    "colour",
    "shape",
    "place",
  ]);
  for (const { kept, standardError, byChance } of rows) {
    expect([kept, standardError]).toEqual([1, 0]);
    expect(byChance).toBeLessThan(0.8);
  }
  // Half of the pictures keep all, the other half are of another scene: what counts are the pictures, not the variations.
  const half = tf.concat([redrawn.slice(0, 8), redrawn.slice(0, 8)]);
  const [all] = await keptAttributes(captions, half);
  expect(all.kept).toBe(0.5);
  expect(all.standardError).toBeCloseTo(Math.sqrt((8 * 0.25) / 7 / 8), 6);
  expect((await keptAttributes(captions.slice(0, 1), redrawn.slice(0, 2)))[0].byChance).toBeNaN();
  await expect(keptAttributes(captions.slice(0, 3), redrawn)).rejects.toThrow(
    "There are 16 variations of 3 captions; give equally many of each.",
  );
});
