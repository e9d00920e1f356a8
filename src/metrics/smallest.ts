/** Puts a number in its place among the smallest so far, which are sorted, unless it is larger than them all. */
export function insertSmaller(smallest: Float64Array, value: number): void {
  let at = smallest.length - 1;
  if (value >= smallest[at]) return;
  for (; at > 0 && smallest[at - 1] > value; at--) smallest[at] = smallest[at - 1];
  smallest[at] = value;
}
