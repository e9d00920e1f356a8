/** The public API of the course: one line for each room. */
export * from "./backend";
export * from "./random";
export * from "./layers";
export * from "./compile";
export * from "./optimizer";
export * from "./schedule";
export * from "./process";
export * from "./mixture";
export * from "./data";
export * from "./notebook/host";
export * from "./notebook/show";
export * from "./plot";
export * from "./notebook/tensor";
export * from "./progress";
export * from "./check";
export { checkFiniteTensor } from "./errors";
