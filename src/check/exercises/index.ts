import type { Exercise } from "../exercise";
import { startHere } from "./00-start-here";
import { forwardProcess } from "./01-forward-process";
import { perfNotes } from "./perf-notes";

/** Every exercise of the course: a line for each notebook. */
export const exercises: readonly Exercise[] = [...startHere, ...forwardProcess, ...perfNotes];
