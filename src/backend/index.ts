export { tf } from "./tf";
export { deviceReport, type DeviceReport } from "./report";
export { measureGflops, type Gflops, type GflopsOptions } from "./gflops";
export type { Backend } from "./choice";
export { bfloat16Units, fasterPrecision, type Precision } from "./bfloat16";
