/** Samplers, free functions of one signature: {@link Sampler}. */
export type { Sampler, SamplerOptions, SamplingState } from "./sampler";
export { ancestral, ancestralWeights, type AncestralOptions, type MeanShift } from "./ancestral";
export type { StepWeights } from "./step-weights";
export { ddim, ddimWeights, type DdimOptions } from "./ddim";
export { euler, type FlowOptions } from "./euler";
export { heun } from "./heun";
export { dpmSolver, dpmSolverSde, dpmSolverWeights, type DpmSolverWeights } from "./dpm-solver";
export { flowAt, type FlowAt, type FlowVariable } from "./flow";
export { flowLogLikelihood, type FlowLikelihoodOptions } from "./likelihood";
export { coupling, randomPairs, type Coupling, type CouplingOptions } from "./reflow";
