import { tf } from "diffusion";
import { embedding } from "../../../../src/layers";
import { at, build, type NdArray } from "../array";
import { expectError, expectLikeAutodiff, expectLikeReference } from "../compare";

const cases: [string, number[], number[]][] = [
  ["repeated indices, and a row that none looks up", [3, 0, 3, 3, 1], [5]],
  ["a matrix of indices", [0, 1, 2, 2, 1, 4], [2, 3]],
  ["a single index", [2], []],
];

export function embeddingCases(): void {
  test.each(cases)("%s: as the reference", (_, list, shape) => {
    const indices = tf.tensor(list, shape, "int32");
    expectLikeReference(
      (table) => embedding(indices, table),
      (table) => reference(list, shape, table),
      [[5, 3]],
    );
    indices.dispose();
  });

  test("as automatic gradients", () => {
    const indices = tf.randomUniform([200], 0, 30, "int32", 1);
    expectLikeAutodiff(
      (table) => embedding(indices, table),
      (table) => tf.gather(table, indices),
      [[30, 16]],
    );
    indices.dispose();
  });

  test("indices that are freed before the gradient is taken", () => {
    expectLikeReference(
      (table) => tf.tidy(() => embedding(tf.tensor1d([1, 1, 0], "int32"), table)),
      (table) => reference([1, 1, 0], [3], table),
      [[2, 2]],
    );
  });

  test("an index outside of the table is an error", () => {
    const [indices, table] = [tf.tensor1d([0, 3], "int32"), tf.zeros([3, 2])];
    expectError(() => embedding(indices, table), "3 is not in [0, ");
    tf.dispose([indices, table]);
  });

  test("bad arguments are named", () => {
    const [indices, table] = [tf.tensor1d([0, 1], "int32"), tf.zeros([3, 2])];
    expectError(() => embedding(table, table), "indices is a tensor of float32; use int32");
    expectError(() => embedding(indices, indices), "table is a tensor of int32; use float32");
    const flat = tf.zeros([3]);
    expectError(() => embedding(indices, flat), "table has the shape [3]; use [any, any]");
    tf.dispose([indices, table, flat]);
  });
}

function reference(indices: readonly number[], shape: readonly number[], table: NdArray): NdArray {
  const [, size] = table.shape;
  const { values } = build([indices.length, size], (i, c) => at(table, indices[i], c));
  return { shape: [...shape, size], values };
}
