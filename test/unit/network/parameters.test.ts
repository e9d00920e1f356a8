import { adam, tf } from "diffusion";
import { parameterList, slower } from "../../../src/network/parameters";

test("slower parameters have the same values, and Adam moves them by so many times less", () => {
  const [plain, slow] = [1, 4].map((factor) => {
    const list = parameterList(3);
    const place = slower(list, factor).normal("w", [5], 0.7);
    return { list, value: () => [...place(list.variables).dataSync()], place };
  });
  const before = plain.value();
  slow.value().forEach((value, i) => {
    expect(value).toBeCloseTo(before[i], 6);
  });
  expect(slow.list.names).toEqual(["w"]);
  const moved = [plain, slow].map(({ list, place, value }) => {
    const optimizer = adam(list.variables, { learningRate: 0.01 });
    const { grads } = tf.variableGrads(
      () => place(list.variables).square().sum<tf.Scalar>(),
      list.variables as tf.Variable[],
    );
    optimizer.apply([grads[list.variables[0].name]]);
    return value().map((after, i) => after - before[i]);
  });
  moved[0].forEach((step, i) => {
    expect(step).toBeCloseTo(-0.01 * Math.sign(before[i]), 5);
    expect(moved[1][i]).toBeCloseTo(step / 4, 5);
  });
});
