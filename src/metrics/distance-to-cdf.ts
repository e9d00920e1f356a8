/** A distribution function that is not quite monotone may come from rounding, or from a good approximation. */
const slack = 1e-6;

/** The area of a piece that is not split further, as a share of the whole. */
const precision = 1e-9;

/** ∫ |F_n(x) - F(x)| dx for the distribution function F_n of a sample, which jumps by 1/n at each of its numbers, and a
 * given F. F is monotone, so that a piece of width h over which it rises by r is known to an area of h·r: pieces are
 * halved until that is small, wherever F rises, and however steeply.
 * @param sample finite numbers, sorted
 * @throws RangeError if F leaves [0, 1], falls, or does not rise from 0 to 1 */
export function distanceToCdf(sample: Float64Array, cdf: (x: number) => number): number {
  const F = checked(cdf);
  const { left, right, smallest } = range(sample, F);
  let total = 0;
  let [from, atFrom] = [left, F(left)];
  for (let i = 0; i <= sample.length; i++) {
    const to = i < sample.length ? sample[i] : right;
    const atTo = F(to);
    total += areaBetween(F, i / sample.length, { from, to, atFrom, atTo }, smallest);
    [from, atFrom] = [to, atTo];
  }
  return total;
}

/** A piece of the line, and F at its ends. */
interface Piece {
  readonly from: number;
  readonly to: number;
  readonly atFrom: number;
  readonly atTo: number;
}

/** ∫ |level - F(x)| dx over the piece. */
function areaBetween(F: (x: number) => number, level: number, piece: Piece, smallest: number): number {
  const { from, to, atFrom, atTo } = piece;
  if (atTo < atFrom - slack) throw notACdf(`falls from ${atFrom} at ${from} to ${atTo} at ${to}`);
  const middle = from + (to - from) / 2;
  const splits = (to - from) * (atTo - atFrom) > smallest && middle > from && middle < to;
  if (!splits) return (to - from) * meanDistance(atFrom - level, atTo - level);
  const atMiddle = F(middle);
  return (
    areaBetween(F, level, { from, to: middle, atFrom, atTo: atMiddle }, smallest) +
    areaBetween(F, level, { from: middle, to, atFrom: atMiddle, atTo }, smallest)
  );
}

/** The mean of |y| while y goes evenly from p to q: they are a trapezoid, or two triangles if y changes its sign. */
function meanDistance(p: number, q: number): number {
  if (p * q >= 0) return Math.abs(p + q) / 2;
  return (p * p + q * q) / (2 * Math.abs(p - q));
}

/** Ends beyond which neither function changes noticeably, and the area of the smallest pieces between them. */
function range(
  sample: Float64Array,
  F: (x: number) => number,
): { left: number; right: number; smallest: number } {
  const [first, last] = [sample[0], sample[sample.length - 1]];
  const spread = last - first || 1;
  const [low, high] = [
    outward(first, -spread, (x) => F(x) <= 0.01),
    outward(last, spread, (x) => F(x) >= 0.99),
  ];
  const smallest = precision * (high - low);
  return {
    left: outward(low, low - high, (x, step) => -step * F(x) <= smallest),
    right: outward(high, high - low, (x, step) => step * (1 - F(x)) <= smallest),
    smallest,
  };
}

/** Goes away from a number, by steps that double, until it has gone far enough. */
function outward(start: number, step: number, enough: (x: number, step: number) => boolean): number {
  let x = start;
  while (!enough(x, step)) {
    const next = x + step;
    if (!Number.isFinite(next)) throw notACdf(`does not come near ${step > 0 ? 1 : 0} even at ${x}`);
    x = next;
    step *= 2;
  }
  return x;
}

function checked(cdf: (x: number) => number): (x: number) => number {
  return (x) => {
    const value = cdf(x);
    if (value >= -slack && value <= 1 + slack) return value;
    throw notACdf(`is ${value} at ${x}`);
  };
}

function notACdf(fault: string): RangeError {
  return new RangeError(`b.cdf ${fault}; a distribution function rises from 0 to 1.`);
}
