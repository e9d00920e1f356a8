/** Mean and standard deviation of draws; the deviation is estimated from the same draws, so that squares are divided by one less than there
 * are. NaN for a single one. */
export function sampleMoments(values: Float64Array | readonly number[]): {
  readonly mean: number;
  readonly standardDeviation: number;
} {
  const list = Array.from(values);
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
  const squares = list.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standardDeviation: Math.sqrt(squares / (list.length - 1)) };
}
