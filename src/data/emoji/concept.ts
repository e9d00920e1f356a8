/** What an emoji shows, apart from what varies: of "woman pilot" the pilot, and the woman; of "green heart" the heart, and the
 * green. */
export interface Variation {
  readonly concept: string;
  /** "man", "woman" or a colour; none if the emoji is not of a pair or row that differs in it. */
  readonly attribute?: string;
}

/** @param caption without skin tones */
export function variationOf(caption: string): Variation {
  const [, colour, thing] = coloured.exec(caption) ?? [];
  if (thing) return { concept: thing, attribute: colour };
  if (caption in relatives) return { concept: relatives[caption] };
  const words = caption.replace(/ facing right$/, "").split(/,? /);
  const people = words.filter((word) => human.has(word));
  const concept = words.filter((word) => !human.has(word) && word !== "and").join(" ");
  const single = people.length === 1 && (people[0] === "man" || people[0] === "woman");
  return single && concept ? { concept, attribute: people[0] } : { concept: concept || "person" };
}

const human: ReadonlySet<string> = new Set(["man", "woman", "person", "men", "women", "people"]);

const coloured =
  /^(red|orange|yellow|green|light blue|blue|purple|brown|pink|black|grey|white) (heart|circle|square|book|apple|question mark|exclamation mark)$/;

/** Names that hide which concept they belong to. */
const relatives: Readonly<Record<string, string>> = {
  mermaid: "merperson",
  merman: "merperson",
  prince: "with crown",
  princess: "with crown",
  "mrs claus": "santa claus",
  "mx claus": "santa claus",
  boy: "child",
  girl: "child",
  "older person": "old",
  "breast-feeding": "feeding baby",
};
