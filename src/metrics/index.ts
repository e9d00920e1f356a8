export { wasserstein1, type DistributionFunction } from "./wasserstein1";
export { energyDistance } from "./energy-distance";
export { maximumMeanDiscrepancy, type DiscrepancyOptions } from "./maximum-mean-discrepancy";
export { frechetDistance } from "./frechet-distance";
export { kernelDistance, type KernelDistance, type KernelDistanceOptions } from "./kernel-distance";
export { precisionRecall, type PrecisionRecall, type PrecisionRecallOptions } from "./precision-recall";
export { meanPairwiseDistance } from "./pairwise-distance";
export { nearestNeighbours, type Neighbour, type NeighbourOptions } from "./nearest-neighbours";
export { noiseFloor, type NoiseFloor, type NoiseFloorOptions, type SampleDistance } from "./noise-floor";
export {
  accuracy,
  classCounts,
  entropyInBits,
  likeliestClasses,
  meanConfidence,
  meanProbabilities,
} from "./class-statistics";
export { retrieval, type Retrieval, type RetrievalOptions, type RetrievalShares } from "./retrieval";
export { powerSpectrum, type PowerSpectrum } from "./power-spectrum";
export { straightness, type StepBend, type Straightness, type StraightnessOptions } from "./straightness";
export { textQuality, type TextQuality, type TextQualityOptions } from "./text-quality";
export { peakSignalToNoise } from "./peak-signal-to-noise";
export { detailKept } from "./detail-kept";
