import { tf } from "../backend/tf";
import type { Tokenizer } from "./tokenizer";

/** Captions as a network reads them.
 * @returns int32 [captions, length]
 * @throws RangeError for captions that the tokenizer cannot read */
export const captionTensor = (captions: readonly string[], tokenizer: Tokenizer): tf.Tensor2D =>
  tf.tensor2d(tokenizer.encode(captions), [captions.length, tokenizer.length], "int32");
