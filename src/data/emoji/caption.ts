/** A caption in plain lower-case words from the name that Unicode gives an emoji ("man red hair", "flag Côte d’Ivoire"). */
export function captionOf(name: string): string {
  const plain = rewritten.reduce((text, [from, to]) => text.replace(from, to), name.toLowerCase());
  return plain.replaceAll(/\s+/g, " ").trim();
}

/** The same with skin tones, given as their code points: "man cook, dark skin tone". */
export const withTones = (caption: string, tones: readonly string[]): string =>
  [caption, ...tones.map((tone) => `${toneNames[tone]} skin tone`)].join(", ");

/** By the scale of Fitzpatrick, whose first two types Unicode does not distinguish. */
const toneNames: Readonly<Record<string, string>> = {
  "1F3FB": "light",
  "1F3FC": "medium light",
  "1F3FD": "medium",
  "1F3FE": "medium dark",
  "1F3FF": "dark",
};

const rewritten: readonly (readonly [RegExp, string])[] = [
  [/’/g, "'"],
  [/[“”!().]/g, ""],
  [/&/g, "and"],
  [/ - /g, " "],
  [/^flag (?!in hole)/, "flag of "],
  [/^keycap #$/, "keycap hash"],
  [/^keycap \*$/, "keycap asterisk"],
  [/^(man|woman|person) bald$/, "bald $1"],
  [/^(man|woman|person) (.* hair)$/, "$1 with $2"],
  [/^(man|woman|person) beard$/, "$1 with beard"],
  [/^(kiss|couple with heart) (\w+), (\w+)$/, "$1, $2 and $3"],
];
