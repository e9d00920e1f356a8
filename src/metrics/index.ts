export { wasserstein1, type DistributionFunction } from "./wasserstein1";
export { energyDistance } from "./energy-distance";
export { maximumMeanDiscrepancy, type DiscrepancyOptions } from "./maximum-mean-discrepancy";
export { powerSpectrum, type PowerSpectrum } from "./power-spectrum";
