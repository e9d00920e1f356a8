export { randomNormal, randomUniform } from "./random";
export { foldIn, setSeed, withSeed, type Seed } from "./seed";
