export type { Tokenizer } from "./tokenizer";
export { captionWords } from "./caption-words";
export { wordTokenizer, type WordTokenizerOptions } from "./word-tokenizer";
export { bytePairTokenizer, type BytePairTokenizerOptions } from "./byte-pair-tokenizer";
export {
  sequenceTokenizer,
  type SequenceTokenizer,
  type SequenceTokenizerOptions,
} from "./sequence-tokenizer";
