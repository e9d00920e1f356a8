export { compile, type Compiled, type CompileOptions } from "./compile";
export type { Nested } from "./nested";
