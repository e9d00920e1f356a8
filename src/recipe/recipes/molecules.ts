import { checkMolecule, molecules as randomMolecules, moleculeSymbols } from "../../data";
import { scheduleFromLogSnr } from "../../schedule";
import { sequenceTokenizer } from "../../text";
import { sequenceRecipe, type SequenceRecipe } from "../sequence-recipe";

/** A token is in doubt where log SNR(t) is between 1, above which its vector is the nearest to z_t almost always, and -4, below which a network
 * knows no more than how frequent tokens are. Most of the times are spent there (to the same end as the time warping of Dieleman et al. 2022): u = t/T is the distribution function of a logistic distribution of -log SNR. */
const schedule = scheduleFromLogSnr("logistic", 1000, (u) => {
  const inside = u * 0.9995;
  return -1.2 - 1.1 * Math.log(inside / (1 - inside));
});

/** Molecules as texts: right or wrong, with nothing in between. */
export const molecules: SequenceRecipe = sequenceRecipe({
  name: "molecules",
  about: "small molecules as texts, in a learned space",
  data: () => randomMolecules({ count: 40_000, seed: 1 }),
  tokenizer: () => sequenceTokenizer({ symbols: moleculeSymbols, length: 16 }),
  isValid: (text) => checkMolecule(text).valid,
  network: { channels: 8, width: 96, depth: 4, heads: 4 },
  schedule,
  learningRate: { peak: 2e-3, warmup: 300 },
  batch: 128,
  steps: 25_000,
});
