import type { Exercise } from "../exercise";
import { startHere } from "./00-start-here";
import { forwardProcess } from "./01-forward-process";

/** Every exercise of the course: a line for each notebook. */
export const exercises: readonly Exercise[] = [...startHere, ...forwardProcess];
