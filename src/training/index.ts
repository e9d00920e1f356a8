export { train, type TrainOptions, type Training } from "./train";
export { lossCurve } from "./loss-curve";
