export { compile, type Compiled, type CompileOptions, type TraceReport } from "./compile";
export type { Node } from "./graph-def";
export type { Nested } from "./nested";
export { drawStep } from "./draw-step";
