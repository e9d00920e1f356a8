/** What the bundle offers; see launch.cjs. */
export { checkCells } from "./check";
export { startKernel } from "./kernel";
