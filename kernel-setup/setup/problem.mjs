// @ts-check
/** Something that stops set-up and that the user can mend: what is wrong, and the cure. */
export class Problem extends Error {
  /**
   * @param {string} message what is wrong
   * @param {string} cure what to do about it
   */
  constructor(message, cure) {
    super(message);
    this.name = "Problem";
    this.cure = cure;
  }
}
