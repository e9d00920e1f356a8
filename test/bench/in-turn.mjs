// @ts-check
/**
 * How long several things take, in seconds: one after the other, round by round, so that whatever else runs disturbs all alike. The first
 * round, which compiles, is not counted.
 * @template {string} Name
 * @param {Record<Name, () => Promise<unknown>>} ways
 * @param {number} rounds
 * @returns {Promise<Record<Name, number[]>>} of each, a number for each round
 */
export async function inTurn(ways, rounds) {
  const names = /** @type {Name[]} */ (Object.keys(ways));
  /** @type {Record<string, number[]>} */
  const seconds = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const name of names) {
      const start = performance.now();
      await ways[name]();
      if (round > 0) seconds[name].push((performance.now() - start) / 1000);
    }
  }
  return /** @type {Record<Name, number[]>} */ (seconds);
}
