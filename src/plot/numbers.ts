/** Six digits: more than a screen can show, and a third of the size of a float64 in JSON. */
export const short = (value: number): number =>
  Number.isFinite(value) ? Number(value.toPrecision(6)) : value;

/** @throws RangeError naming the argument, if the two columns are empty or of different lengths. */
export function checkColumns(name: string, x: ArrayLike<number>, y: ArrayLike<number>): void {
  if (x.length === 0) throw new RangeError(`${name}: there is no data; give at least one value.`);
  if (x.length !== y.length) {
    throw new RangeError(`${name}: x has ${x.length} values and y has ${y.length}; give one y for each x.`);
  }
}

/** @throws RangeError naming the argument and the first place with a value that cannot be drawn. */
export function checkFinite(name: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      throw new RangeError(`${name}[${i}] is ${String(values[i])}: only finite numbers can be drawn.`);
    }
  }
}

/** The smallest and the largest value. */
export function extent(values: ArrayLike<number>): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    if (values[i] < low) low = values[i];
    if (values[i] > high) high = values[i];
  }
  return [low, high];
}
