/** A typical wrong answer. */
export interface Misconception {
  readonly name: string;
  /** What kind of mistake it is, and what to think about. */
  readonly says: string;
  /** Answers that somebody with this misconception would give: each is recognised as this one, and tests hand them in. */
  readonly planted: readonly unknown[];
}

/** What an exercise finds out about an answer. */
export type Verdict =
  | { readonly right: true; readonly report?: string }
  /** `fault` says what is wrong in numbers; the misconception, if one is recognised, says why. */
  | { readonly right: false; readonly fault: string; readonly misconception?: Misconception };

/** A question of a notebook together with everything needed to judge an answer. */
export interface Exercise {
  /** The notebook's number and the exercise's: "01.2". */
  readonly id: string;
  readonly title: string;
  readonly solution: unknown;
  readonly misconceptions: readonly Misconception[];
  /** What to notice once the answer is right. */
  readonly notice: string;
  /** Judges an answer, or returns undefined if there is none yet. Errors of the answer's own code pass through. */
  examine(answer: unknown): Promise<Verdict | undefined>;
}
