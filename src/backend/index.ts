export { tf } from "./tf";
export type { Backend, BackendChoice } from "./choice";
export { backendChoice } from "./tf";
