import { tf } from "diffusion";
import { dense } from "../../../../src/layers";
import { at, build, size, sum, type NdArray } from "../array";
import { expectError, expectLikeAutodiff, expectLikeReference } from "../compare";

export function denseCases(): void {
  test.each([[[5, 3]], [[1, 3]], [[2, 4, 3]], [[2, 1, 2, 2, 3]], [[3]]])("x of %j: as the reference", (x) => {
    const layer = (x: tf.Tensor, weights: tf.Tensor, bias?: tf.Tensor): tf.Tensor => dense(x, weights, bias);
    expectLikeReference(layer, reference, [x, [3, 4], [4]]);
    expectLikeReference(layer, reference, [x, [3, 4]]);
  });

  test("as automatic gradients", () => {
    expectLikeAutodiff(
      (x, weights, bias) => dense(x, weights, bias),
      (x, weights, bias) => tf.add(tf.matMul(x, weights), bias),
      [[33, 65], [65, 17], [17]],
    );
  });

  test("bad arguments are named", () => {
    const [x, weights, bias] = [tf.zeros([2, 3]), tf.zeros([3, 4]), tf.zeros([4])];
    const scalar = tf.scalar(1);
    const integers = tf.zeros([4], "int32");
    expectError(() => dense(scalar, weights), "x has the shape []; use [..., in]");
    expectError(() => dense(x, x), "weights has the shape [2, 3]; use [3, any]");
    expectError(() => dense(x, bias), "weights has the shape [4]; use [3, any]");
    expectError(() => dense(x, weights, x), "bias has the shape [2, 3]; use [4]");
    expectError(() => dense(x, weights, integers), "bias is a tensor of int32; use float32");
    tf.dispose([x, weights, bias, scalar, integers]);
  });
}

function reference(x: NdArray, weights: NdArray, bias?: NdArray): NdArray {
  const [inputs, outputs] = weights.shape;
  const rows = { shape: [size(x.shape) / inputs, inputs], values: x.values };
  const { values } = build([rows.shape[0], outputs], (row, out) => {
    return sum(inputs, (i) => at(rows, row, i) * at(weights, i, out)) + (bias ? at(bias, out) : 0);
  });
  return { shape: [...x.shape.slice(0, -1), outputs], values };
}
