const word = /[\p{L}\p{N}]+(?:'[\p{L}\p{N}]+)*/gu;

/** The words of a caption in lower case: what stands between them (spaces, hyphens, commas) is left out, and so are accents. An
 * apostrophe within a word belongs to it.
 *
 *     captionWords("Twelve o’clock, Curaçao")  // ["twelve", "o'clock", "curacao"]
 */
export function captionWords(caption: string): string[] {
  return caption.normalize("NFD").replace(accents, "").replaceAll("’", "'").toLowerCase().match(word) ?? [];
}

/** The marks that a letter and its accent are taken apart into. */
const accents = /[\u0300-\u036f]/g;
