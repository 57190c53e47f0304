// The public API.

export {
  type AdmissibleThreshold,
  type AdmissibleThresholdOptions,
  admissibleThreshold,
} from './admissible-threshold.js';
export {
  type EffectiveSampleSize,
  type EffectiveSampleSizeOptions,
  effectiveSampleSize,
} from './effective-sample-size.js';
export { type ErrorCode, MadloopError } from './errors.js';
export { type ExpectedDistanceOptions, expectedDistance } from './expected-distance.js';
export { type FrechetDistance, frechetDistance } from './frechet.js';
export {
  type FrechetDistanceInfinity,
  type FrechetDistanceInfinityOptions,
  type FrechetPoint,
  frechetDistanceInfinity,
} from './frechet-infinity.js';
export {
  type FrechetDistanceInterval,
  type FrechetDistanceIntervalOptions,
  frechetDistanceInterval,
} from './frechet-interval.js';
export type {
  GaussianLoopOptions,
  GaussianLoopParameters,
  LoopVariant,
  ReferenceGaussian,
} from './gaussian-loop-parameters.js';
export { type Info, info } from './info.js';
export type { JobOptions, Progress } from './job.js';
export { type KernelDistance, type KernelDistanceOptions, kernelDistance } from './kernel-distance.js';
export { type LimitPoint, type LimitPointOptions, limitPoint } from './limit-point.js';
export { autophagousLoop, type Generation } from './loops/autophagous-loop.js';
export type { AutophagousLoopOptions, MetricChoice } from './loops/loop-options.js';
export type { Metric, MetricContext, MetricName } from './loops/metrics.js';
export { type Matrix, matrix } from './matrix.js';
export { type ReadMatrixOptions, readMatrix, writeMatrix } from './matrix-file.js';
export { matrixSquareRoot } from './matrix-square-root.js';
export type { FittedGaussian, GaussianSampleOptions } from './models/fitted-gaussian.js';
export { type GaussianModel, type GaussianOptions, gaussian } from './models/gaussian.js';
export type { FittedModel, GenerativeModel, SampleOptions, StepOptions } from './models/generative-model.js';
export { type Gaussian, type Moments, mergeMoments, moments } from './moments.js';
export { type MomentsOfFileOptions, momentsOfFile } from './moments-of-file.js';
export {
  type ManifoldConvention,
  type ManifoldMetricName,
  type ManifoldSamples,
  type PrecisionRecall,
  type PrecisionRecallOptions,
  precisionRecall,
} from './precision-recall.js';
export { type DatasetReferenceOptions, datasetReference } from './references/dataset-reference.js';
export {
  type GaussianReference,
  type GaussianReferenceOptions,
  gaussianReference,
} from './references/gaussian-reference.js';
export type { DrawOptions, RealSamples, Reference } from './references/reference.js';
export type { Seed } from './seed.js';
export {
  type Estimate,
  type GaussianLoopGeneration,
  type GaussianLoopResult,
  type GaussianLoopSeries,
  simulateGaussianLoop,
} from './simulate-gaussian-loop.js';
export { mergeStatistics, type Statistics, type StatisticsContent } from './statistics.js';
export { type ReadStatisticsOptions, readStatistics, writeStatistics } from './statistics-file.js';
export type { AxisValues } from './studies/axis-values.js';
export { readStudy } from './studies/read-study.js';
export { runStudy } from './studies/run-study.js';
export type {
  StudyAxis,
  StudyCell,
  StudyCellParameters,
  StudyCellResult,
  StudyDocument,
} from './studies/study-document.js';
export type { StudyDefinition } from './studies/study-plan.js';
export type { StudyProgress } from './studies/study-progress.js';
export type { RunStudyOptions } from './studies/study-run.js';
