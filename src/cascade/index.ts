export { generateCascade, type CascadeOptions, type CascadeStage } from "./cascade";
