import { EigenvalueDecomposition, Matrix, SingularValueDecomposition } from "ml-matrix";

/** Tr (Σ₁ Σ₂)^½ of two covariances [d, d], singular ones too. For any R with R Rᵀ = Σ, it is the sum of the singular
 * values of R₁ᵀ R₂: their squares are the eigenvalues of S Σ₂ S with S = Σ₁^½, and of Σ₁ Σ₂. That product is never made:
 * in the root of an eigenvalue that should be 0, a rounding error of 10⁻¹⁶ becomes 10⁻⁸. */
export function traceOfRoot(first: Float64Array, second: Float64Array): number {
  const product = root(first).transpose().mmul(root(second));
  const { diagonal } = new SingularValueDecomposition(product, {
    computeLeftSingularVectors: false,
    computeRightSingularVectors: false,
  });
  return diagonal.reduce((sum, value) => sum + value, 0);
}

/** R = V Λ^½ for Σ = V Λ Vᵀ; eigenvalues below 0 are rounding. */
function root(covariance: Float64Array): Matrix {
  const size = Math.sqrt(covariance.length);
  const { eigenvectorMatrix, realEigenvalues } = new EigenvalueDecomposition(
    Matrix.from1DArray(size, size, covariance),
    { assumeSymmetric: true },
  );
  return eigenvectorMatrix.mulRowVector(realEigenvalues.map((value) => Math.sqrt(Math.max(0, value))));
}
