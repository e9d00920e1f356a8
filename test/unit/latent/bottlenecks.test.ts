import {
  codeBottleneck,
  codeShares,
  nearestCodes,
  normalBottleneck,
  perplexity,
  randomNormal,
  setSeed,
  standardNormalKl,
  tf,
  type Bottleneck,
  type MadeBottleneck,
} from "diffusion";
import { revive } from "../../../src/latent/code-bottleneck";
import { parameterList } from "../../../src/network/parameters";

const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
const made = (bottleneck: Bottleneck): MadeBottleneck & { readonly parameters: readonly tf.Variable[] } => {
  const parameters = parameterList(1);
  return { ...bottleneck.make(parameters), parameters: parameters.variables };
};

describe("normal latents", () => {
  const {
    latent,
    settle,
    learn,
    describe: describeLatents,
  } = made(normalBottleneck({ channels: 2, weight: 0.3 }));
  const encoded = randomNormal<tf.Rank.R4>([400, 4, 4, 4], 1);
  const [mean, logVariance] = tf.split(encoded, 2, 3);

  test("are means when used, and draws around them while learning", () => {
    expect(values(latent(encoded, []))).toEqual(values(mean));
    expect(settle(mean, [])).toBe(mean);
    setSeed(2);
    const { settled } = learn(encoded, []);
    const noise = values(settled.sub(mean).div(tf.exp(logVariance.mul(0.5))));
    const of = (power: number): number =>
      noise.reduce((sum, value) => sum + value ** power, 0) / noise.length;
    // 12,800 standard normal numbers.
    expect(Math.abs(of(1))).toBeLessThan(0.04);
    expect(Math.abs(of(2) - 1)).toBeLessThan(0.06);
    expect(values(learn(encoded, []).settled)).not.toEqual(values(settled));
  });

  test("cost their weighted KL divergence, which is told in bits", () => {
    const [nats] = values(standardNormalKl(mean, logVariance));
    expect(values(learn(encoded, []).penalty)[0]).toBeCloseTo(0.3 * nats, 5);
    const told = describeLatents(encoded, []);
    expect(values(told["KL, bits per latent number"])[0]).toBeCloseTo(nats / Math.LN2, 5);
  });

  test("pass the gradient on to mean and variance: 1 and ½σε", () => {
    const slope = (x: tf.Tensor): tf.Tensor =>
      tf.grad((given: tf.Tensor) => {
        setSeed(5);
        return learn(given, []).settled.sum();
      })(x);
    setSeed(5);
    const drawn = learn(encoded, []).settled.sub(mean);
    const [byMean, byLog] = tf.split(slope(encoded), 2, 3);
    expect(values(byMean).every((value) => value === 1)).toBe(true);
    const off = values(byLog.sub(drawn.mul(0.5)).abs().max());
    expect(off[0]).toBeLessThan(1e-5);
  });

  test("stay finite for any variance that an encoder may give", () => {
    const wild = tf.tensor4d([0, 0, -1000, 1000], [1, 1, 1, 4]);
    const { settled, penalty } = learn(wild, []);
    expect([...values(settled), ...values(penalty)].every(Number.isFinite)).toBe(true);
  });
});

describe("codes", () => {
  const bottleneck = made(codeBottleneck({ channels: 2, codes: 3, commitment: 0.5, weight: 2 }));
  const [table] = bottleneck.parameters;
  const codes = [
    [0, 0],
    [1, 0],
    [0, 2],
  ];
  const vectors = [
    [0.1, 0.2],
    [0.9, -0.3],
    [-0.2, 1.4],
    [0.4, 0.1],
  ];
  const choice = [0, 1, 2, 0];
  const encoded = tf.tensor(vectors.flat(), [1, 2, 2, 2]);
  beforeEach(() => {
    table.assign(tf.tensor2d(codes));
  });

  test("the nearest one is taken, among many as a plain search finds it", () => {
    expect(values(nearestCodes(encoded, table))).toEqual(choice);
    expect(values(bottleneck.settle(encoded, [table]))).toEqual(choice.flatMap((code) => codes[code]));
    expect(bottleneck.latent(encoded, [table])).toBe(encoded);
    const [many, list] = [randomNormal<tf.Rank.R3>([9, 7, 5], 1), randomNormal<tf.Rank.R2>([40, 5], 2)];
    const rows = list.arraySync();
    const distance = (a: readonly number[], b: readonly number[]): number =>
      a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0);
    const expected = many
      .arraySync()
      .flat()
      .map((vector) => {
        const all = rows.map((row) => distance(row, vector));
        return all.indexOf(Math.min(...all));
      });
    const found = nearestCodes(many, list);
    expect(found.shape).toEqual([9, 7]);
    expect(values(found)).toEqual(expected);
  });

  test("the gradient goes straight through to the latent; its cost draws latent and code together", () => {
    const direction = randomNormal([1, 2, 2, 2], 3);
    const through = tf.grad((given: tf.Tensor) =>
      bottleneck.learn(given, [table]).settled.mul(direction).sum(),
    );
    expect(values(through(encoded))).toEqual(values(direction));

    const cost = (given: tf.Tensor, list: tf.Tensor): tf.Scalar => bottleneck.learn(given, [list]).penalty;
    // Mean over 8 numbers of the squared distances, (1 + β) times, with the weight 2.
    const squared = vectors.flatMap((vector, i) =>
      vector.map((value, k) => (value - codes[choice[i]][k]) ** 2),
    );
    const total = squared.reduce((sum, value) => sum + value);
    expect(values(cost(encoded, table))[0]).toBeCloseTo((2 * 1.5 * total) / 8, 5);
    const [toLatent, toCodes] = tf.grads(cost)([encoded, table]);
    // Of the two terms, the latent gets the gradient of the second alone, and the codes that of the first.
    vectors.flat().forEach((value, i) => {
      const code = codes[choice[Math.floor(i / 2)]][i % 2];
      expect(values(toLatent)[i]).toBeCloseTo((2 * 0.5 * 2 * (value - code)) / 8, 5);
    });
    const expected = codes.map((code, c) =>
      code.map((at, k) =>
        vectors.reduce((sum, vector, i) => (choice[i] === c ? sum + (2 * 2 * (at - vector[k])) / 8 : sum), 0),
      ),
    );
    values(toCodes).forEach((value, i) => {
      expect(value).toBeCloseTo(expected.flat()[i], 5);
    });
  });

  test("their perplexity is as many as are in equal use", () => {
    const shares = codeShares(nearestCodes(encoded, table), 3);
    expect(values(shares)).toEqual([0.5, 0.25, 0.25]);
    expect(values(perplexity(shares))[0]).toBeCloseTo(2 ** 1.5, 5);
    expect(values(perplexity(tf.fill([5], 0.2)))[0]).toBeCloseTo(5, 4);
    expect(values(perplexity(tf.tensor1d([0, 1, 0])))[0]).toBeCloseTo(1, 5);
    expect(values(bottleneck.describe(encoded, [table])["code perplexity"])[0]).toBeCloseTo(2 ** 1.5, 5);
  });

  test("one that nobody chooses begins anew where a latent is; the others stay", () => {
    const list = tf.variable(tf.tensor2d([...codes, [50, 50]]));
    const shares = tf.variable(tf.fill([4], 1 / 4));
    const steps = (count: number): void => {
      for (let i = 0; i < count; i++) revive(list, shares, encoded);
    };
    // 0.98 to the power of 113 is above a tenth, to that of 114 below.
    steps(113);
    expect(values(list).slice(6)).toEqual([50, 50]);
    steps(1);
    expect(values(list).slice(0, 6)).toEqual(codes.flat());
    const fresh = values(list).slice(6);
    expect(
      values(encoded).some(
        (_, i) =>
          values(encoded)
            .slice(i, i + 2)
            .join() === fresh.join(),
      ),
    ).toBe(true);
    expect(values(shares)[3]).toBeCloseTo(1 / 4, 6);
  });
});

test("impossible settings are named", () => {
  expect(() => normalBottleneck({ channels: 0 })).toThrow("channels is 0");
  expect(() => normalBottleneck({ channels: 1, weight: -1 })).toThrow("weight is -1");
  expect(() => codeBottleneck({ channels: 2, codes: 1 })).toThrow("codes is 1");
  expect(() => nearestCodes(tf.zeros([2, 3]), tf.zeros([4, 2]))).toThrow(
    "codes has the shape [4, 2]; use [any, 3].",
  );
});
