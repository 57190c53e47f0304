// What the addon exports, exactly (native/binding/functions.def). Every value is of the exact kind named here: the
// API files check and convert, the binding only makes sure.
//
// Errors are plain Error objects with a `code`; src/engine/job.ts makes them MadloopErrors.
//
// Memory: an array in a request is read or filled by the engine's threads until the job's promise settles. It must be
// backed by a SharedArrayBuffer or be private to this package (src/engine/snapshot.ts).

import type { Divisor } from '../base/divisor.js';

/** A running computation. */
export interface NativeJob<Result> {
  readonly promise: Promise<Result>;
  /** Asks it to stop; the promise then rejects with ERR_ABORTED within milliseconds. */
  cancel(): void;
  /** Work done and expected so far, in units of the computation's choice; total is 0 until it is known. */
  progress(): { done: number; total: number };
}

export interface NativeMatrix {
  readonly data: Float32Array | Float64Array;
  readonly rows: number;
  readonly cols: number;
}

export interface NativeGaussian {
  readonly dim: number;
  readonly mean: Float64Array;
  readonly covariance: Float64Array;
}

/** A Gaussian beside how accurate its numbers are. */
export interface NativeGivenGaussian extends NativeGaussian {
  readonly precision: 'float32' | 'float64';
}

export type NativeFrechetSide = NativeMatrix | NativeGivenGaussian;

export interface NativeMomentsRequest {
  readonly threads: number;
  readonly x: NativeMatrix;
  /** Filled: cols values. */
  readonly mean: Float64Array;
  /** Filled: cols x cols values, row-major. */
  readonly covariance: Float64Array;
}

export interface NativeMergeMomentsRequest {
  readonly a: NativeGaussian;
  readonly countA: number;
  readonly b: NativeGaussian;
  readonly countB: number;
  /** Filled: dim values. */
  readonly mean: Float64Array;
  /** Filled: dim x dim values, row-major. */
  readonly covariance: Float64Array;
}

export interface NativeFrechetDistanceRequest {
  readonly threads: number;
  readonly a: NativeFrechetSide;
  readonly b: NativeFrechetSide;
}

export interface NativeFrechetDistance {
  readonly distance: number;
  readonly meanTerm: number;
  readonly covarianceTerm: number;
  readonly errorBound: number;
  readonly wasserstein2: number;
}

export interface NativeFrechetDistanceIntervalRequest extends NativeFrechetDistanceRequest {
  readonly groups: number;
  readonly seed: bigint;
}

export interface NativeFrechetDistanceInterval extends NativeFrechetDistance {
  readonly standardError: number;
  readonly standardErrorA: number;
  readonly standardErrorB: number;
  readonly lower: number;
  readonly upper: number;
  readonly heavyTails: boolean;
  readonly degreesOfFreedom: number;
  readonly bias: number;
}

export interface NativeFrechetDistanceInfinityRequest {
  readonly threads: number;
  readonly reference: NativeFrechetSide;
  readonly generated: NativeFrechetSide;
  readonly points: number;
  readonly groups: number;
  readonly extrapolate: 'generated' | 'both';
  readonly seed: bigint;
  /** Filled: `points` values, the mean distance over k disjoint subsets for k = 1, 2, ... */
  readonly distances: Float64Array;
}

export interface NativeFrechetDistanceInfinity {
  readonly distance: number;
  readonly slope: number;
  readonly rSquared: number;
  readonly standardError: number;
  readonly lower: number;
  readonly upper: number;
  readonly heavyTails: boolean;
  readonly degreesOfFreedom: number;
}

export interface NativeKernelDistanceRequest {
  readonly threads: number;
  readonly a: NativeMatrix;
  readonly b: NativeMatrix;
  readonly degree: number;
  readonly gamma: number;
  readonly coef0: number;
  /** Rows of either sample in a block. */
  readonly rowsOfA: number;
  readonly rowsOfB: number;
  readonly blocks: number;
  /** Whether the standard error is that of the jackknife over rows, else that of the blocks' scatter. */
  readonly jackknife: boolean;
  /** Blocks are parts of one random order of the rows; else each is drawn anew. */
  readonly disjoint: boolean;
  readonly seed: bigint;
  /** Filled: `blocks` values. */
  readonly estimates: Float64Array;
}

export interface NativeKernelDistance {
  readonly mean: number;
  readonly standardDeviation: number;
  readonly standardError: number;
  readonly lower: number;
  readonly upper: number;
  readonly heavyTails: boolean;
}

export interface NativeMatrixSquareRootRequest {
  readonly threads: number;
  /** A square matrix. */
  readonly covariance: NativeMatrix;
  /** Filled: rows x cols values, those of the root. */
  readonly root: Float64Array;
}

export interface NativeGaussianLoopRequest {
  readonly threads: number;
  readonly variant: 'fully-synthetic' | 'synthetic-augmentation' | 'fresh-data' | 'combined';
  readonly dim: number;
  readonly initial: number;
  /** This, realFresh, synthetic and lambda: an entry a generation, from 1; the last goes on. */
  readonly real: Float64Array;
  /** Variant 'combined': how many of the initial samples are in every generation again. */
  readonly realFixed?: number;
  /** Variant 'combined': fresh real samples in every generation. */
  readonly realFresh?: Float64Array;
  readonly synthetic: Float64Array;
  readonly lambda: Float64Array;
  readonly memory: number;
  readonly pool: 'latest' | 'accumulate' | 'subsample';
  /** Pool 'subsample': synthetic samples of the pool that a fit sees. */
  readonly subsample?: number;
  readonly generations: number;
  readonly replicates: number;
  /** The index of the first one, where the run is a part of a larger one; else 0. */
  readonly firstReplicate: number;
  readonly seed: bigint;
  readonly engine: 'moments' | 'samples';
  readonly divisor: Divisor;
  /** Both or neither; neither is N(0, I). */
  readonly referenceMean?: Float64Array;
  readonly referenceCovariance?: Float64Array;
  /** Filled: generations x 4 values, row-major, in the order of NativeLoopSeries. */
  readonly mean: Float64Array;
  /** Filled: generations x 4 values, the standard errors of `mean`. */
  readonly standardError: Float64Array;
  readonly series?: NativeLoopSeries;
}

/** Filled: every replicate's values, each array replicates x generations, row-major. */
export interface NativeLoopSeries {
  readonly distance: Float64Array;
  readonly meanNormSquared: Float64Array;
  readonly trace: Float64Array;
  readonly logDeterminant: Float64Array;
}

/** Which limit point is estimated, and how. */
export interface NativeLimitPointRequest {
  readonly variant: 'synthetic-augmentation' | 'fresh-data';
  readonly dim: number;
  readonly real: number;
  readonly synthetic: number;
  readonly lambda: number;
  readonly memory: number;
  readonly divisor: Divisor;
  /** dim x dim values, copied; absent: N(0, I). */
  readonly referenceCovariance?: Float64Array;
  /** Largest standard error over distance. */
  readonly relativeError: number;
  readonly seed: bigint;
  /** Goes on from the state of an estimator of the same request. */
  readonly state?: Float64Array;
}

export interface NativeLimitPoint {
  readonly distance: number;
  readonly standardError: number;
  /** Ends of the 95 % interval. */
  readonly lower: number;
  readonly upper: number;
  readonly generations: number;
  readonly chains: number;
  readonly burnIn: number;
  readonly relaxationTime: number;
  readonly controls: number;
  readonly varianceReduction: number;
  /** 1 or 0. */
  readonly heavyTails: number;
}

/** The estimate of one limit point in progress (native/core/limits/limit_point_estimator.hpp). */
export interface NativeLimitPointEstimator {
  /** Numbers that a chain returns. */
  readonly width: number;
  /** Standard error over distance at the end of the last stage; null before the first. */
  readonly relativeError: number | null;
  /** How chains run, as of now. */
  readonly schedule: {
    readonly burnIn: number;
    readonly stride: number;
    readonly recordings: number;
    /** Near the distance: what recorded distances are taken from. */
    readonly centre: number;
  };
  /** The chains wanted next, and roughly the seconds of one core that they take. */
  next(): { readonly first: number; readonly count: number; readonly seconds: number } | undefined;
  /** Errors: ERR_NO_CONVERGENCE; ERR_INTERNAL for chains that are not wanted. */
  add(chains: { readonly first: number; readonly sums: Float64Array }): void;
  /** Errors: ERR_INTERNAL before the precision is reached. */
  result(): NativeLimitPoint;
  state(): Float64Array;
}

export interface NativeLimitPointWork {
  readonly estimator: NativeLimitPointEstimator;
  readonly first: number;
  readonly count: number;
  /** Filled: count x width values. */
  readonly sums: Float64Array;
}

export type NativeCovarianceForm = 'full' | 'tied' | 'diagonal' | 'spherical';

export interface NativeMixture {
  readonly form: NativeCovarianceForm;
  /** components values. */
  readonly weights: Float64Array;
  /** components x dim. */
  readonly means: NativeMatrix;
  /** components x dim x dim, dim x dim, components x dim or components values, as `form` says. */
  readonly covariances: Float64Array;
}

export interface NativeMixtureFitRequest {
  readonly threads: number;
  /** One for each row of x, not negative, of any finite sum above 0; none: all alike. */
  readonly rowWeights?: Float64Array;
  readonly x: NativeMatrix;
  readonly components: number;
  readonly form: NativeCovarianceForm;
  readonly regularisation: number;
  readonly tolerance: number;
  readonly maximumIterations: number;
  readonly restarts: number;
  readonly seed: bigint;
  /** Where iterations start, in place of k-means. */
  readonly start?: NativeMixture;
  /** Filled: the arrays of a NativeMixture. */
  readonly weights: Float64Array;
  readonly means: Float64Array;
  readonly covariances: Float64Array;
}

export interface NativeMixtureFit {
  readonly logLikelihood: number;
  readonly iterations: number;
  readonly converged: boolean;
}

export interface NativeMixtureSamplingRequest {
  readonly threads: number;
  readonly mixture: NativeMixture;
  readonly lambda: number;
  /** What lambda does to the weights, besides scaling the covariances. */
  readonly weightBias: 'none' | 'weights' | 'densities';
  /** Log densities of the components, components values; with weightBias 'densities'. */
  readonly logDensities?: Float64Array;
  readonly count: number;
  readonly seed: bigint;
  /** Filled: count x dim values, row-major. */
  readonly out: Float64Array;
}

export interface NativeMixtureLogDensityRequest {
  readonly threads: number;
  readonly mixture: NativeMixture;
  readonly x: NativeMatrix;
  /** Filled: x.rows values. */
  readonly out: Float64Array;
}

export interface NativeGaussianSamplingRequest {
  readonly threads: number;
  readonly gaussian: NativeGaussian;
  readonly lambda: number;
  readonly count: number;
  readonly seed: bigint;
  /** Filled: count x dim values, row-major. */
  readonly out: Float64Array;
}

export interface NativeExpectedDistanceRequest {
  readonly threads: number;
  readonly dim: number;
  readonly samples: number;
  readonly divisor: Divisor;
}

/** Columns of `count` values. */
export interface NativeEffectiveSampleSizesRequest {
  readonly threads: number;
  readonly count: number;
  readonly dim: Float64Array;
  /** 1 for divisor n, 0 for n - 1. */
  readonly mle: Float64Array;
  /** 1 for the formula of large dimensions, 0 for the exact curve. */
  readonly deterministic: Float64Array;
  readonly distance: Float64Array;
  /** Ends of the distance's interval; NaN where it has none. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Filled: numbers of samples; 0 for fewer than 2, infinity for more than 1e15. */
  readonly samples: Float64Array;
  readonly samplesLower: Float64Array;
  readonly samplesUpper: Float64Array;
}

/** Columns of `count` values. */
export interface NativeDeterministicLimitsRequest {
  readonly threads: number;
  readonly count: number;
  readonly dim: Float64Array;
  readonly real: Float64Array;
  readonly synthetic: Float64Array;
  readonly lambda: Float64Array;
  /** 1 for divisor n, 0 for n - 1. */
  readonly mle: Float64Array;
  /** Filled: limits of the expected distance. */
  readonly distance: Float64Array;
  /** Filled: the relative variance of the eigenvalues; infinite where that diverges, and then so is the distance. */
  readonly dispersion: Float64Array;
  /** Filled: relaxation times, in generations. */
  readonly relaxationTime: Float64Array;
}

export interface NativePrecisionRecallRequest {
  readonly threads: number;
  readonly real: NativeMatrix;
  readonly generated: NativeMatrix;
  readonly kCount: number;
  /** The k's, ascending. */
  readonly ks: Float64Array;
  /** Whether balls hold the points at their radius. */
  readonly boundary: 'closed' | 'open';
  readonly standardErrors: boolean;
  readonly seed: bigint;
  /**
   * Filled: for each k precision, recall, density and coverage, each as value, standard error, lower and upper end of
   * the interval (NaN where there is none).
   */
  readonly metrics: Float64Array;
  readonly samples?: NativeManifoldSamples;
}

/** Filled: every sample's numbers, each array k's x rows of its set. */
export interface NativeManifoldSamples {
  readonly realRadius: Float64Array;
  readonly generatedRadius: Float64Array;
  readonly realBallsAroundGenerated: Float64Array;
  readonly generatedBallsAroundReal: Float64Array;
  readonly generatedInRealBall: Float64Array;
}

/** Decisions that needed more than float32. */
export interface NativeResolvedCounts {
  readonly inDouble: number;
  readonly exactly: number;
}

export interface NativeMultinomialRequest {
  readonly trials: number;
  readonly cells: number;
  readonly seed: bigint;
  /** Filled: `cells` counts. */
  readonly counts: Float64Array;
}

/** Random integers of a stream of their own, which the seed names. */
interface NativeRandomIntegersRequest {
  readonly seed: bigint;
  /** Where in the stream to begin: 0, or what the call before has returned. */
  readonly position: number;
}

/** A job that goes wrong in a chosen way, for the tests of the binding. */
export interface NativeFaultRequest {
  readonly threads: number;
  readonly kind: 'none' | 'bad_alloc' | 'int' | 'madloop' | 'napi' | 'runtime_error';
  /** How many steps of a millisecond the job takes. */
  readonly steps: number;
  /** Throw while the result is made, not while the work runs. */
  readonly inResult: boolean;
  /** Throw before the job starts. */
  readonly atStart?: true;
}

/** What a kernel's implementations are compiled for. */
export type KernelSet = 'portable' | 'avx2' | 'avx512';

export interface BuildInfo {
  /** The version of the package that the addon was built from. */
  readonly version: string;
  /** The instruction-set level that it was built for. */
  readonly variant: 'v2' | 'v3' | 'v4' | 'generic';
  /** Eigen's version. */
  readonly eigen: string;
  /** Which implementation of each kernel is used. */
  readonly kernels: { readonly [kernel: string]: KernelSet };
}

export interface NativeAddon {
  startMoments(request: NativeMomentsRequest): NativeJob<void>;
  mergeMoments(request: NativeMergeMomentsRequest): void;
  startFrechetDistance(request: NativeFrechetDistanceRequest): NativeJob<NativeFrechetDistance>;
  startFrechetDistanceInterval(
    request: NativeFrechetDistanceIntervalRequest,
  ): NativeJob<NativeFrechetDistanceInterval>;
  startFrechetDistanceInfinity(
    request: NativeFrechetDistanceInfinityRequest,
  ): NativeJob<NativeFrechetDistanceInfinity>;
  startKernelDistance(request: NativeKernelDistanceRequest): NativeJob<NativeKernelDistance>;
  startMatrixSquareRoot(request: NativeMatrixSquareRootRequest): NativeJob<void>;
  startGaussianLoop(request: NativeGaussianLoopRequest): NativeJob<void>;
  startMixtureFit(request: NativeMixtureFitRequest): NativeJob<NativeMixtureFit>;
  startMixtureSampling(request: NativeMixtureSamplingRequest): NativeJob<void>;
  startMixtureLogDensity(request: NativeMixtureLogDensityRequest): NativeJob<void>;
  startGaussianSampling(request: NativeGaussianSamplingRequest): NativeJob<void>;
  startExpectedDistance(request: NativeExpectedDistanceRequest): NativeJob<number>;
  startEffectiveSampleSizes(request: NativeEffectiveSampleSizesRequest): NativeJob<void>;
  startDeterministicLimits(request: NativeDeterministicLimitsRequest): NativeJob<void>;
  startPrecisionRecall(request: NativePrecisionRecallRequest): NativeJob<NativeResolvedCounts>;
  /** Errors: ERR_NO_VARIANCE, ERR_NO_CONVERGENCE; ERR_INVALID_INPUT for a state of another request. */
  readonly LimitPointEstimator: new (
    request: NativeLimitPointRequest,
  ) => NativeLimitPointEstimator;
  startLimitPointChains(request: {
    readonly threads: number;
    readonly work: readonly NativeLimitPointWork[];
  }): NativeJob<void>;
  multinomialUniform(request: NativeMultinomialRequest): void;
  /** Fills the integers, uniform on 0 ... limit - 1; limit is 1 to 2^32. Returns the new position. */
  randomIntegers(
    request: NativeRandomIntegersRequest & { readonly limit: number; readonly integers: Uint32Array },
  ): number;
  /** The steps of a shuffle of `order` that decide its elements begin ... end - 1. Returns the new position. */
  shuffle(
    request: NativeRandomIntegersRequest & {
      /** The order so far; changed. */
      readonly order: Uint32Array;
      readonly begin: number;
      readonly end: number;
    },
  ): number;
  /** Chooses one of each `group` consecutive scores, with probability proportional to exp(score / temperature). */
  softmaxChoices(request: {
    readonly seed: bigint;
    readonly scores: Float64Array;
    readonly group: number;
    /** Above 0. */
    readonly temperature: number;
    /** Filled: indices of scores. */
    readonly choices: Uint32Array;
  }): void;
  studentTails(request: { readonly degrees: number; readonly t: number }): number;
  studentHalfWidth(request: { readonly degrees: number; readonly tails: number }): number;
  startFault(request: NativeFaultRequest): NativeJob<number>;
  /** The index of the first NaN or infinity, or -1. */
  firstNonFinite(array: Float32Array | Float64Array): number;
  /** Asks for large pages for the array's memory, before it is first written to. */
  preferLargePages(array: Float32Array | Float64Array): void;
  buildInfo(): BuildInfo;
  /** From now on, in the whole process, kernels take their widest implementation that needs no more than this. */
  limitKernels(request: { readonly largest: string }): void;
}
