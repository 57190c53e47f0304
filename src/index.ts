// The public API.

export type {
  Advice,
  Answer,
  LeastReal,
  LeftOut,
  Lever,
  LeverName,
  Range,
  Sensitivity,
  SyntheticThreshold,
  Threshold,
  Uncertain,
  Verdict,
  Worth,
} from './advice/advice.js';
export { advise } from './advice/advise.js';
export type { AdviseOptions } from './advice/options.js';
export { type ErrorCode, MadloopError } from './base/errors.js';
export type { LambdaRange } from './base/lambda.js';
export { matrix } from './base/matrix.js';
export type { Estimate } from './base/mean-and-error.js';
export type { GivenSchedule, Schedule } from './base/schedule.js';
export type { Seed } from './base/seed.js';
export type { Gaussian, GivenGaussian, Matrix, Moments } from './base/shapes.js';
export {
  type AxisKind,
  type CellMark,
  type Chart,
  type Curve,
  type CurvePoint,
  type HeatMap,
  type HeatMapPanel,
  heatMap,
  type Level,
  type LineChart,
  type LineCharts,
  type LoopCurveOptions,
  type LoopGeneration,
  type LoopStudyChartOptions,
  lineChart,
  lineCharts,
  loopCurve,
  loopStudyCurves,
  loopStudyMap,
  type MapAxis,
  type MapColours,
  type Quantity,
  type SampleLine,
  type SampleSheetOptions,
  type StudyChartOptions,
  sampleSheet,
  studyCurves,
  studyMap,
} from './charts/index.js';
export { matrixSquareRoot } from './distributions/matrix-square-root.js';
export type { CovarianceForm, MixtureParameters } from './distributions/mixture.js';
export { mergeMoments, moments } from './distributions/moments.js';
export { studentHalfWidth } from './distributions/student-t.js';
export { type Info, info } from './engine/info.js';
export type { JobOptions } from './engine/job.js';
export type { Progress } from './engine/progress.js';
export {
  type MomentsOfFileOptions,
  mergeStatistics,
  momentsOfFile,
  type ReadMatrixOptions,
  type ReadStatisticsOptions,
  readMatrix,
  readStatistics,
  type Statistics,
  type StatisticsContent,
  writeMatrix,
  writeStatistics,
} from './features/index.js';
export type {
  GaussianLoopOptions,
  GaussianLoopParameters,
  LoopVariant,
  ReferenceGaussian,
  SyntheticPool,
} from './gaussian-loop/parameters.js';
export {
  type GaussianLoopGeneration,
  type GaussianLoopResult,
  type GaussianLoopSeries,
  simulateGaussianLoop,
} from './gaussian-loop/simulate-gaussian-loop.js';
export {
  type AdmissibleThreshold,
  type AdmissibleThresholdOptions,
  admissibleThreshold,
} from './limits/admissible-threshold.js';
export {
  type EffectiveSampleSize,
  type EffectiveSampleSizeOptions,
  effectiveSampleSize,
} from './limits/effective-sample-size.js';
export { type ExpectedDistanceOptions, expectedDistance } from './limits/expected-distance.js';
export { type LimitPoint, type LimitPointOptions, limitPoint } from './limits/limit-point.js';
export { autophagousLoop, type Generation } from './loops/autophagous-loop.js';
export type { AutophagousLoopOptions, MetricChoice } from './loops/loop-options.js';
export type { Metric, MetricContext, MetricName, MetricValue } from './loops/metrics.js';
export type { Modes } from './loops/modes.js';
export {
  type LoopSeries,
  type ReplicatedLoopOptions,
  type ReplicatedLoopResult,
  replicatedAutophagousLoop,
} from './loops/replicated-autophagous-loop.js';
export { LoopError, type PartialGeneration, type ReplicatedGeneration } from './loops/replicated-loop.js';
export { type Features, type SampleMetricsOptions, sampleMetrics } from './loops/sample-metrics.js';
export { type FrechetDistance, type FrechetDistanceOptions, frechetDistance } from './metrics/frechet.js';
export {
  type FrechetDistanceInfinity,
  type FrechetDistanceInfinityOptions,
  type FrechetPoint,
  frechetDistanceInfinity,
} from './metrics/frechet-distance-infinity.js';
export {
  type FrechetDistanceInterval,
  type FrechetDistanceIntervalOptions,
  frechetDistanceInterval,
} from './metrics/frechet-distance-interval.js';
export { type KernelDistance, type KernelDistanceOptions, kernelDistance } from './metrics/kernel-distance.js';
export {
  type ManifoldConvention,
  type ManifoldMetricName,
  type ManifoldSamples,
  type PrecisionRecall,
  type PrecisionRecallOptions,
  precisionRecall,
} from './metrics/precision-recall.js';
export { type BestOfOptions, bestOf } from './models/best-of.js';
export {
  type BootstrapModel,
  type BootstrapOptions,
  bootstrap,
  type FittedBootstrap,
} from './models/bootstrap.js';
export type { CuratedModel, Score, ScoreOptions } from './models/curation.js';
export {
  type ExternalModel,
  type ExternalModelOptions,
  type ExternalTimeLimits,
  externalModel,
  type FittedExternal,
} from './models/external-model.js';
export { type FilterOptions, filter } from './models/filter.js';
export type { ModelFitOptions, ModelSampleOptions } from './models/fit-options.js';
export type { FittedGaussian } from './models/fitted-gaussian.js';
export type { FittedGaussianMixture } from './models/fitted-gaussian-mixture.js';
export { type GaussianModel, type GaussianOptions, gaussian } from './models/gaussian.js';
export {
  type GaussianMixtureModel,
  type GaussianMixtureOptions,
  gaussianMixture,
} from './models/gaussian-mixture.js';
export type {
  FitOptions,
  FittedModel,
  GenerativeModel,
  OpenModel,
  RowBlock,
  SampleOptions,
  StepOptions,
} from './models/generative-model.js';
export {
  type Bandwidth,
  type FittedKernelDensity,
  type KernelDensityModel,
  type KernelDensityOptions,
  kernelDensity,
} from './models/kernel-density.js';
export { type MarkedOptions, marked } from './models/marked.js';
export {
  type FittedProcess,
  type ProcessModel,
  type ProcessModelOptions,
  type ProcessTimeLimits,
  processModel,
} from './models/process-model/process-model.js';
export { type TopFractionOptions, topFraction } from './models/top-fraction.js';
export { type TruncatedOptions, truncated } from './models/truncated.js';
export { type DatasetReferenceOptions, datasetReference } from './references/dataset-reference.js';
export {
  type GaussianReference,
  type GaussianReferenceOptions,
  gaussianReference,
} from './references/gaussian-reference.js';
export {
  type MixtureReference,
  type MixtureReferenceOptions,
  mixtureReference,
} from './references/mixture-reference.js';
export type { DrawOptions, RealSamples, Reference } from './references/reference.js';
export {
  type AnyStudyDefinition,
  type AnyStudyDocument,
  type AxisValues,
  explainStudy,
  type LoopAxis,
  type LoopAxisValue,
  type LoopAxisValues,
  type LoopCellMetric,
  type LoopCellResult,
  type LoopPlace,
  type LoopStudyCell,
  type LoopStudyDefinition,
  type LoopStudyDocument,
  type RunStudyOptions,
  readStudy,
  runStudy,
  type ShownSamples,
  type StudyAxis,
  type StudyCell,
  type StudyCellParameters,
  type StudyCellResult,
  type StudyDefinition,
  type StudyDocument,
  type StudyExplanation,
  type StudyProgress,
} from './studies/index.js';
export {
  type CollapseDefinition,
  type CollapseRow,
  type CollapseVerdictOptions,
  collapseVerdict,
} from './verdict/collapse-verdict.js';
export { type MadTest, type MadTestOptions, type MeanWithInterval, madTest } from './verdict/mad-test.js';
export type { MadSeries } from './verdict/series.js';
