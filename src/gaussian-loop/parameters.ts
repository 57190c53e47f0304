import { checkGaussian, checkInteger, checkProduct, mustError } from '../base/check.js';
import { type Divisor, divisorOption } from '../base/divisor.js';
import type { MadloopError } from '../base/errors.js';
import { lambdaOption } from '../base/lambda.js';
import {
  boolean,
  checked,
  integer,
  numberOrText,
  numbers,
  Option,
  oneOf,
  resolve,
  seed,
  type TableOf,
} from '../base/options.js';
import {
  constant,
  entriesOf,
  entryOf,
  type GivenSchedule,
  type Schedule,
  scheduled,
  scheduleOf,
} from '../base/schedule.js';
import type { Seed } from '../base/seed.js';
import type { Gaussian } from '../base/shapes.js';
import { type JobOptions, type JobSettings, jobOptions } from '../engine/job.js';

/** The three loops of the paper (its section 2), and their combinations, which it leaves open. */
export const loopVariants = ['fully-synthetic', 'synthetic-augmentation', 'fresh-data', 'combined'] as const;

/** One of the three loops, or `'combined'`: fixed real, fresh real and synthetic samples in any numbers. */
export type LoopVariant = (typeof loopVariants)[number];

/** What becomes of the synthetic samples of earlier generations. */
const syntheticPools = ['latest', 'accumulate', 'subsample'] as const;

/**
 * A generation trains on the latest synthetic samples only, on all so far, or on a random subset (`'subsample'`) of what it
 * would have with `'accumulate'`, real samples included.
 */
export type SyntheticPool = (typeof syntheticPools)[number];

/** The reference distribution N(mean, covariance): d values, and d x d values row-major. */
export interface ReferenceGaussian {
  readonly mean: Float64Array | readonly number[];
  readonly covariance: Float64Array | readonly number[];
}

export interface GaussianLoopOptions extends JobOptions {
  readonly variant: LoopVariant;
  /** Dimension d. May be left out where `reference` gives it. */
  readonly dim?: number | undefined;
  /**
   * n_ini: real samples behind generation 1, at least 2; in the combined loop the fixed ones are the first of them. Default:
   * `real`; in a loop that sees no real samples later, `synthetic`.
   */
  readonly initial?: number | undefined;
  /**
   * n_r: real samples per generation; in synthetic augmentation the size of the one fixed set, which is also
   * `initial`. Not used in the fully synthetic loop, nor in the combined one (there, `realFixed + realFresh`), where it may be
   * left out. This, `realFresh`, `synthetic` and `lambda` may be schedules: lists of numbers or functions of t.
   */
  readonly real?: GivenSchedule | undefined;
  /** n_f, combined loop only: real samples of generation 1 that every later one is trained on again. Default 0. */
  readonly realFixed?: number | undefined;
  /** n_r, combined loop only: new real samples in each later generation. Default 0. */
  readonly realFresh?: GivenSchedule | undefined;
  /**
   * n_s: synthetic samples per generation; 0 is plain estimation. At least 2 in the fully synthetic loop. Generation 1 has none: the
   * first entry of a schedule is not used.
   */
  readonly synthetic: GivenSchedule;
  /**
   * Sampling bias, 0 to 1: the synthetic samples of a generation come from N(mean, lambda covariance). The first entry of a
   * schedule is not used. Default 1.
   */
  readonly lambda?: GivenSchedule | undefined;
  /** Each synthetic sample comes from a random one of the min(memory, t - 1) last models. Default 1: the previous. */
  readonly memory?: number | undefined;
  /**
   * Synthetic data of the last generation only, of all so far, or a random subset of what 'accumulate' would train on (engine
   * 'samples' only). Default 'latest'.
   */
  readonly pool?: SyntheticPool | undefined;
  /**
   * With `pool: 'subsample'`, training samples of each later generation, drawn without replacement: 2 to
   * real + synthetic. Default `initial`, or real + synthetic where that is less.
   */
  readonly subsample?: number | undefined;
  readonly generations: number;
  /** Independent runs of the loop, over which means and standard errors are taken. Default 1. */
  readonly replicates?: number | undefined;
  /** Decides every random number. Default 0. */
  readonly seed?: Seed | undefined;
  /** Draw the sufficient statistics themselves, at a cost that does not depend on sample counts, or every sample. Default 'moments'. */
  readonly engine?: 'moments' | 'samples' | undefined;
  /** Divisor of fitted covariances: N - 1 or N. Default 'unbiased'. */
  readonly divisor?: Divisor | undefined;
  /** The real distribution. Default N(0, I). */
  readonly reference?: ReferenceGaussian | undefined;
  /** Also return every replicate's values. Default false. */
  readonly series?: boolean | undefined;
}

/**
 * The parameters of a run with every default filled in; `simulateGaussianLoop(parameters)` repeats it. (A reference's arrays become
 * objects in JSON: write them as plain arrays, which are accepted too.)
 */
export interface GaussianLoopParameters {
  readonly variant: LoopVariant;
  readonly dim: number;
  readonly initial: number;
  /** 0 in the fully synthetic loop, realFixed + realFresh in the combined one. Schedules are lists; a function became one. */
  readonly real: Schedule;
  /** In variant 'combined': samples of generation 1 that later generations train on again. */
  readonly realFixed?: number;
  /** In variant 'combined': real samples that each later generation draws. */
  readonly realFresh?: Schedule;
  readonly synthetic: Schedule;
  readonly lambda: Schedule;
  readonly memory: number;
  readonly pool: SyntheticPool;
  /** With pool 'subsample': training samples of each later generation. */
  readonly subsample?: number;
  readonly generations: number;
  readonly replicates: number;
  /** The seed as a decimal number. */
  readonly seed: string;
  readonly engine: 'moments' | 'samples';
  readonly divisor: Divisor;
  /** Absent: N(0, I). */
  readonly reference?: { readonly mean: Float64Array; readonly covariance: Float64Array };
}

export interface ResolvedGaussianLoop {
  readonly settings: JobSettings;
  readonly parameters: Omit<GaussianLoopParameters, 'seed' | 'reference'> & { readonly seed: bigint };
  readonly reference: Gaussian | undefined;
  readonly series: boolean;
}

/** Sample counts of a loop. `realFixed` and `realFresh` are there in the combined loop; realParts has them for every loop. */
export interface LoopCounts {
  readonly variant: LoopVariant;
  readonly initial: number;
  readonly real: Schedule;
  readonly realFixed?: number | undefined;
  readonly realFresh?: Schedule | undefined;
  readonly synthetic: Schedule;
}

/** What decides which counts there may be. */
export interface OfVariant {
  readonly variant: LoopVariant;
}

/** What says how many samples train each generation. */
export interface TrainingCounts extends Pick<LoopCounts, 'real' | 'synthetic'> {
  readonly pool: SyntheticPool;
  readonly generations: number;
}

// The fixed set of synthetic augmentation is all that generation 1 has, and a covariance needs two samples.
const leastReal = { 'fully-synthetic': 0, 'synthetic-augmentation': 2, 'fresh-data': 1, combined: 0 };

/** Real samples of a generation. */
const realCount = checked('integer of at least 1', (where, argument, value, { variant }: OfVariant) =>
  checkInteger(where, argument, value, leastReal[variant]),
)
  .doc('real samples in each generation')
  .flag('<n>', numberOrText);

/** Those of all generations: 0 in the fully synthetic loop, whatever is given. */
const realCounts = replaced(scheduled(realCount), (count, { variant }: OfVariant) =>
  variant === 'fully-synthetic' ? 0 : count,
).doc('real samples in each generation; of no effect in the fully synthetic loop');

/** The same option with what passed its checks replaced. */
function replaced<Value, Context, Other, More>(
  option: Option<Value, Context>,
  by: (value: Value, context: More, where: string, argument: string) => Other,
): Option<Other, Context & More> {
  const { check, absent: _, ...facts } = option.facts;
  return new Option<Other, Context & More>({
    ...facts,
    absent: 'error',
    check: (where, argument, value, context) =>
      by(check(where, argument, value, context), context, where, argument),
  });
}

/** Real samples of a combined loop, of one kind. */
const partOfCombined = <Count extends Schedule, Context>(option: Option<Count, Context>) =>
  replaced(option, (count, { variant }: OfVariant, where, argument): Count | undefined => {
    if (variant === 'combined') return count;
    const wanted = entriesOf(count).find((entry) => entry > 0);
    if (wanted === undefined) return undefined;
    throw mustError(where, argument, "be left out unless variant is 'combined'", String(wanted));
  });

/** Synthetic samples of a generation. */
const syntheticCount = integer(({ variant }: OfVariant) => (variant === 'fully-synthetic' ? 2 : 0))
  .allow('integer of at least 0')
  .doc('synthetic samples in each generation');

function tooFew(where: string, variant: LoopVariant, count: number, generation = ''): MadloopError {
  const sum = variant === 'combined' ? 'realFixed + realFresh + synthetic' : 'real + synthetic';
  return mustError(where, sum, 'be at least 2, the training samples of a generation', `${count}${generation}`);
}

/** Why limit points and what is built on them refuse schedules. */
export const whyConstant = 'a loop with a schedule has no limit point';

/** The counts and the bias of the loops that have a limit point: without schedules. */
export const stationaryOptions = {
  real: constant(realCount, whyConstant),
  synthetic: constant(syntheticCount, whyConstant).and(
    (where, _, synthetic, { variant, real }: OfVariant & { readonly real: number }) => {
      if (real + synthetic < 2) throw tooFew(where, variant, real + synthetic);
    },
  ),
  lambda: constant(lambdaOption(), whyConstant),
};

/** Which of the loops. */
export const variantOption = oneOf(loopVariants).doc('what real data later generations see').flag('<variant>');

/** The other options that every loop has. Which sample counts there must be depends on its variant. */
export const loopOptions = {
  initial: integer(2)
    // A generation 2 as large as the first: the first entry of synthetic is of no generation.
    .or(
      ({ real, synthetic }: LoopCounts) => (entryOf(real, 1) > 0 ? entryOf(real, 1) : entryOf(synthetic, 2)),
      'as many as later',
    )
    .and((where, argument, initial, { variant, real, realFixed = 0 }: LoopCounts) => {
      if (variant === 'synthetic-augmentation' && initial !== entryOf(real, 1)) {
        const requirement = `equal real = ${entryOf(real, 1)} in synthetic augmentation, whose generation 1 is fitted to the fixed set itself`;
        throw mustError(where, argument, requirement, String(initial));
      }
      if (initial < realFixed) {
        const requirement = `be at least realFixed = ${realFixed}, the samples of generation 1 that are kept`;
        throw mustError(where, argument, requirement, String(initial));
      }
    })
    .doc('real samples behind generation 1'),
  real: realCounts
    .or(
      ({ variant, realFixed = 0, realFresh = 0 }: LoopCounts) =>
        variant === 'fully-synthetic'
          ? 0
          : variant === 'combined'
            ? scheduleOf([realFixed, realFresh], sum)
            : undefined,
      'in a combined loop realFixed + realFresh',
    )
    .and((where, argument, real, { variant, realFixed = 0, realFresh = 0 }: LoopCounts) => {
      if (variant === 'synthetic-augmentation') checkFixedSet(where, argument, entriesOf(real));
      if (variant !== 'combined') return;
      const parts = scheduleOf([realFixed, realFresh], sum);
      const last = Math.max(entriesOf(real).length, entriesOf(parts).length);
      for (let t = 1; t <= last; t += 1) {
        if (entryOf(real, t) === entryOf(parts, t)) continue;
        const requirement = `equal realFixed + realFresh = ${entryOf(parts, t)}`;
        const inGeneration = last > 1 ? ` in generation ${t}` : '';
        throw mustError(where, argument, requirement, `${entryOf(real, t)}${inGeneration}`);
      }
    }),
  realFixed: partOfCombined(integer(0)).or(0).doc('combined loop: real samples that every generation sees'),
  realFresh: partOfCombined(scheduled(integer(0)))
    .or(0)
    .doc('combined loop: new real samples in each generation'),
  // Generation 1 has no synthetic samples.
  synthetic: scheduled(syntheticCount, { first: integer(0) }).and(
    (where, _, synthetic, context: OfVariant & Omit<TrainingCounts, 'synthetic'>) => {
      const { variant, real, pool, generations } = context;
      const { t, samples } = fewestSamples({ real, synthetic, pool, generations });
      if (samples >= 2) return;
      const isScheduled = [real, synthetic].some((schedule) => typeof schedule !== 'number');
      throw tooFew(where, variant, samples, isScheduled ? ` in generation ${t}` : '');
    },
  ),
  lambda: scheduled(lambdaOption()),
  memory: integer(1).or(1).doc('past models that synthetic samples come from'),
  pool: oneOf(syntheticPools).or('latest').doc('synthetic samples kept').flag('<pool>'),
  subsample: integer(2)
    .or(
      (counts: TrainingCounts & LoopCounts) => Math.min(counts.initial, fewestSamples(counts).samples),
      '`initial`, or all there are where that is less',
    )
    .and((where, argument, subsample, counts: TrainingCounts) => {
      const { t, samples } = fewestSamples(counts);
      if (subsample <= samples) return;
      const most = t === 2 ? `real + synthetic = ${samples}` : String(samples);
      throw mustError(where, argument, `be at most ${most}, all that generation ${t} has`, String(subsample));
    })
    .only(({ pool }: { pool: SyntheticPool }) => pool === 'subsample', "unless pool is 'subsample'")
    .doc("with `pool: 'subsample'`: training samples drawn for each generation"),
};

function checkFixedSet(where: string, argument: string, entries: readonly number[]): void {
  const other = entries.findIndex((count) => count !== entries[0]);
  if (other < 0) return;
  const requirement = `be ${entries[0]} in every generation of synthetic augmentation, whose real set is fixed`;
  throw mustError(where, argument, requirement, `${entries[other]} in generation ${other + 1}`);
}

/** The generation after the first that has the fewest samples to be trained on, and how many these are. */
function fewestSamples({ pool, generations, real, synthetic }: TrainingCounts): {
  readonly t: number;
  readonly samples: number;
} {
  const constantFrom = Math.max(entriesOf(real).length, entriesOf(synthetic).length);
  let fewest = { t: 2, samples: Number.POSITIVE_INFINITY };
  let pooled = 0;
  // Of more generations than the schedules have entries none has fewer.
  for (let t = 2; t <= Math.max(2, Math.min(generations, constantFrom)); t += 1) {
    pooled = (pool === 'latest' ? 0 : pooled) + entryOf(synthetic, t);
    const samples = entryOf(real, t) + pooled;
    if (samples < fewest.samples) fewest = { t, samples };
  }
  return fewest;
}

const sum = (entries: readonly number[]): number => entries.reduce((total, entry) => total + entry, 0);

/** The dimension, given or that of the reference; the two must agree. */
export const dimOption = integer(1)
  .or(({ reference }: { reference?: Gaussian | undefined }) => reference?.dim)
  .and((where, argument, dim, { reference }: { reference?: Gaussian | undefined }) => {
    if (reference !== undefined && reference.dim !== dim)
      throw mustError(where, argument, `equal the length of reference.mean, ${reference.dim}`, String(dim));
    checkProduct(where, 'dim x dim', dim, dim);
  })
  .doc('dimension of the real distribution, unless its reference gives it')
  .flag('<d>');

/** The reference distribution of the loops that draw no samples. */
export const referenceOption = checked('{ mean, covariance }', checkReference)
  .optional('N(0, I)')
  .doc('the real distribution, a Gaussian');

// Generations and replicates are 32-bit fields of the random numbers' addresses.
const maximumIndex = 2 ** 32 - 1;

export const gaussianLoopOptions = {
  variant: variantOption,
  dim: dimOption,
  ...loopOptions,
  generations: integer(1, maximumIndex).doc('generations, the first included'),
  replicates: integer(1, maximumIndex).or(1).doc('independent runs to average over'),
  seed: seed(),
  engine: oneOf(['moments', 'samples'])
    .or('moments')
    .and((where, argument, engine, { pool }: { pool: SyntheticPool }) => {
      if (pool === 'subsample' && engine !== 'samples')
        throw mustError(where, argument, "be 'samples' with pool 'subsample'", `'${engine}'`);
    })
    .doc('draws sufficient statistics or every sample, with the same law')
    .flag('<engine>'),
  divisor: divisorOption,
  reference: referenceOption,
  series: boolean().or(false).doc("also return every replicate's values"),
  ...jobOptions,
} satisfies TableOf<GaussianLoopOptions>;

/** Checks the options of `where` and fills in the defaults. */
export function resolveGaussianLoop(where: string, options: unknown): ResolvedGaussianLoop {
  const values = resolve(where, options, gaussianLoopOptions);
  const { reference, series, threads, signal, onProgress, ...parameters } = values;
  return { settings: { where, threads, signal, onProgress }, parameters, reference, series };
}

/** The real samples of a generation t after the first: as many from the fixed set, and as many new ones. */
export function realParts(
  { variant, real, realFixed = 0, realFresh = 0 }: LoopCounts,
  t: number,
): { realFixed: number; realFresh: number } {
  if (variant === 'synthetic-augmentation') return { realFixed: entryOf(real, 1), realFresh: 0 };
  if (variant === 'fresh-data') return { realFixed: 0, realFresh: entryOf(real, t) };
  return { realFixed, realFresh: entryOf(realFresh, t) };
}

const gaussian = {
  mean: numbers(),
  covariance: numbers(),
  // Those of Moments, which are accepted, too.
  dim: checked('anything', (_, __, value) => value).optional(),
  count: checked('anything', (_, __, value) => value).optional(),
};

/** Checks a reference distribution. */
function checkReference(where: string, argument: string, value: unknown): Gaussian {
  const { mean, covariance } = resolve({ where, argument, prefix: `${argument}.` }, value, gaussian);
  return checkGaussian(where, argument, { dim: mean.length, mean, covariance });
}
