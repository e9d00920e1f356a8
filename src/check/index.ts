export { check, checkExercise, type Checking } from "./check";
export { compared, type ComparedOptions, type Trial } from "./compared";
export type { Exercise, Misconception, Verdict } from "./exercise";
export { exercises } from "./exercises";
export { numbersOf } from "./numbers";
export type { Outcome } from "./outcome";
export { todo } from "./todo";
