import { displaySymbol, type Displayable, type MimeBundle } from "../notebook/show";
import { escapeHtml } from "../plot/escape";

/** The result of a check: for the reader to see, and for programs to read. */
export interface Outcome extends Displayable {
  readonly exercise: string;
  readonly status: "passed" | "failed" | "unanswered";
  /** The name of the recognised misconception. */
  readonly misconception?: string;
  /** The sentences shown to the reader. */
  readonly says: readonly string[];
}

const looks = {
  passed: { mark: "✓", word: "Right", colour: "#00664d", paper: "#e3f4ee" },
  failed: { mark: "✗", word: "Not yet", colour: "#a33a00", paper: "#fdece2" },
  unanswered: { mark: "…", word: "Not answered yet", colour: "#444444", paper: "#eeeeee" },
} as const;

export function outcome(facts: Omit<Outcome, typeof displaySymbol>, title: string): Outcome {
  const { exercise, status, says } = facts;
  const { mark, word, colour, paper } = looks[status];
  const head = `${mark} ${word}: exercise ${exercise}, ${title}`;
  const box = `border-left:6px solid ${colour};background:${paper};color:#111;padding:8px 14px;max-width:640px;font-size:15px`;
  return {
    ...facts,
    [displaySymbol](): MimeBundle {
      const paragraphs = says.map(
        (sentence) => `<p style="margin:6px 0 0;color:#111">${escapeHtml(sentence)}</p>`,
      );
      return {
        "text/html": `<div style="${box}"><b style="color:${colour}">${escapeHtml(head)}</b>${paragraphs.join("")}</div>`,
        "text/plain": [head, ...says].join("\n"),
      };
    },
  };
}
