// Which of the definitions of "model collapse" a loop meets.

import { turn } from '../base/abortable.js';
import { mustError, readable } from '../base/check.js';
import { meanAndError } from '../base/mean-and-error.js';
import { number, resolve, string, type TableOf } from '../base/options.js';
import { studentHalfWidth } from '../distributions/student-t.js';
import { type MadSeries, readSeries, type Series } from './series.js';

/** The definitions, in the order of Schaeffer et al. */
export const collapseDefinitions = [
  'catastrophicIncrease',
  'anyIncrease',
  'divergingRisk',
  'collapsingVariance',
  'scalingLaw',
  'disappearingTails',
  'hallucinatedData',
  'entangledModes',
] as const;

export type CollapseDefinition = (typeof collapseDefinitions)[number];

export interface CollapseVerdictOptions {
  /** The metric that is the population risk. Default 'distance'. */
  readonly risk?: string | undefined;
  /** A catastrophe: a risk so many times that of generation 1. Default 10. */
  readonly catastrophe?: number | undefined;
  /** The change, in parts of the value in generation 1, that does not matter. Default 0.1. */
  readonly margin?: number | undefined;
  /** A trace below this part of that of generation 1 has collapsed, whether it still falls or not. Default 0.09, as for `advise`. */
  readonly leastVariance?: number | undefined;
  /** Of all intervals and verdicts together. Default 0.95. */
  readonly confidence?: number | undefined;
}

export const collapseVerdictOptions = {
  risk: string().or('distance').doc('the metric that is the population risk').flag('<name>'),
  catastrophe: number(1, Number.MAX_VALUE)
    .or(10)
    .doc('a catastrophe: a risk so many times that of generation 1'),
  margin: number(0, 0.9).or(0.1).in('parts of the value in generation 1').doc('change that does not matter'),
  leastVariance: number(0, 1)
    .or(0.09)
    .in('parts of the value in generation 1')
    .doc('a trace below this has collapsed, whether it still falls or not'),
  confidence: number(Number.EPSILON, 1 - Number.EPSILON)
    .or(0.95)
    .allow('number above 0 and below 1')
    .doc('confidence of all verdicts together'),
} satisfies TableOf<CollapseVerdictOptions>;

/** What a loop's series says of one definition. */
export interface CollapseRow {
  readonly definition: CollapseDefinition;
  /** 'untold': the series has no metric that tells, or one loop cannot. */
  readonly verdict: 'yes' | 'no' | 'undecided' | 'untold';
  /** What `statistic` is, in words; for 'untold', why. */
  readonly meaning: string;
  /** The metric behind it; null for 'untold', and of plain arrays, which name none. */
  readonly metric: string | null;
  /** Mean over the replicates; NaN for 'untold'. */
  readonly statistic: number;
  /** Of all rows together with the confidence that was asked for; NaN where one replicate leaves none. */
  readonly interval: readonly [low: number, high: number];
}

type Settings = Readonly<Record<'catastrophe' | 'margin' | 'leastVariance', number>>;

/** A number of each replicate, and its mean with the interval at hand. */
interface Estimate {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

type Estimator = (ofRun: (values: Float64Array, run: number) => number) => Estimate;

/** A row but for its definition, from the runs of its metric. */
interface Question {
  readonly definition: CollapseDefinition;
  readonly metric: string;
  readonly answer: (estimate: Estimator, settings: Settings) => Omit<CollapseRow, 'definition' | 'metric'>;
}

/**
 * Which of the eight definitions of model collapse that the literature has a loop meets: a row each, `verdict` 'yes', 'no',
 * 'undecided' (too few replicates or generations), or 'untold' (the series lacks the metric, or no single loop tells).
 *
 * Generation 1, trained on real data alone, is what the others are held against; "late" is the last third of the generations. Every
 * statistic is one number a replicate, and Student's t over the replicates, whatever the dependence within a run, gives intervals that
 * hold together with the probability `confidence` (Bonferroni over the rows that are told). A 'yes' needs a second witness beside the
 * mean, the share of late generations above (or below) the first: a mean of skewed numbers alone could deceive.
 *
 * - catastrophicIncrease: late risk above `catastrophe` times that of generation 1. For a risk that falls like 1/n ten times is the risk
 *   of a tenth of the data
 * - anyIncrease: late risk above that of generation 1 (in logarithms, where all are positive)
 * - divergingRisk: risk grows over the last doubling of generations, and by no less than 0.71 times what it grew over the doubling
 *   before: growth like log t and faster keeps that up, growth towards a limit like 1 - t^(-1/2) and faster does not
 * - collapsingVariance: the determinant of the covariance (the trace where that is singular) is lower than in generation 1 by more than
 *   `margin`, and falls by more than `margin` in the second half; or less than `leastVariance` (0.09) of the trace is left
 * - scalingLaw: never told by one loop: it takes loops of several sizes
 * - disappearingTails: recall (or coverage) late below that of generation 1 by more than `margin` of it
 * - hallucinatedData: precision (or density), likewise
 * - entangledModes: `averageModalVariance`, the variance of samples about their own mode, late above that of generation 1 by more than
 *   `margin`: modes run into each other
 *
 * Rejects with ERR_INVALID_INPUT (NaN and infinities in a metric that is used are named by replicate and generation).
 * Source: Schaeffer, Kazdan, Arulandu, Koyejo 2025, arXiv 2503.03150 (the definitions; the statistics are ours).
 *
 * @example
 * const { series } = await simulateGaussianLoop({
 *   variant: 'fully-synthetic', dim: 10, synthetic: 100, generations: 20, replicates: 50, series: true,
 * });
 * if (series) for (const { definition, verdict } of await collapseVerdict(series)) console.log(definition, verdict);
 */
export async function collapseVerdict(
  series: MadSeries,
  options?: CollapseVerdictOptions,
): Promise<CollapseRow[]> {
  const where = 'collapseVerdict';
  const { confidence, risk, ...settings } = resolve(where, options, collapseVerdictOptions);
  const { questions, runsOf, replicates, isNamed } = readable(where, 'series', () => {
    const read = readSeries(where, series);
    const asked = questionsOf(where, read, risk);
    // Copied before anybody else has a turn, who could take the memory away.
    const metrics = new Set(asked.map(({ metric }) => metric));
    const runs = new Map([...metrics].map((metric) => [metric, finiteRuns(where, read, metric)]));
    const { replicates, names } = read;
    return { questions: asked, runsOf: runs, replicates, isNamed: names.length > 0 };
  });
  const level = 1 - (2 * (1 - confidence)) / questions.length;
  const halfWidth =
    replicates > 1 ? studentHalfWidth(replicates - 1, Math.max(level, Number.EPSILON)) : Number.NaN;
  const told = new Map<CollapseDefinition, CollapseRow>();
  for (const { definition, metric, answer } of questions) {
    const runs = runsOf.get(metric)!;
    const estimate: Estimator = (ofRun) => {
      const { mean, standardError } = meanAndError(Float64Array.from(runs, ofRun));
      return { mean, low: mean - halfWidth * standardError, high: mean + halfWidth * standardError };
    };
    told.set(definition, { definition, metric: isNamed ? metric : null, ...answer(estimate, settings) });
    await turn();
  }
  return collapseDefinitions.map((definition) => told.get(definition) ?? untold(definition));
}

/** The metrics of shares that tell, the first one that a series has. */
const metricsOf = {
  disappearingTails: ['recall', 'coverage'],
  hallucinatedData: ['precision', 'density'],
} as const;

function questionsOf(where: string, series: Series, risk: string): Question[] {
  const isNamed = series.names.length > 0;
  // Plain arrays are of the risk.
  if (isNamed && !series.names.includes(risk))
    throw mustError(where, 'risk', `be one of the series' (${series.names.join(', ')})`, JSON.stringify(risk));
  const questions: Question[] = [
    { definition: 'catastrophicIncrease', metric: risk, answer: catastrophicIncrease },
    { definition: 'anyIncrease', metric: risk, answer: anyIncrease },
  ];
  if (series.generations >= fewestOfDoublings)
    questions.push({ definition: 'divergingRisk', metric: risk, answer: divergingRisk });
  const variance = varianceMetric(series);
  if (variance !== undefined)
    questions.push({
      ...{ definition: 'collapsingVariance', metric: variance },
      answer: variance === 'trace' ? collapsingTrace : collapsingDeterminant,
    });
  for (const definition of ['disappearingTails', 'hallucinatedData'] as const) {
    const metric = metricsOf[definition].find((name) => series.names.includes(name));
    if (metric !== undefined) questions.push({ definition, metric, answer: falls(metric) });
  }
  if (series.names.includes('averageModalVariance'))
    questions.push({ definition: 'entangledModes', metric: 'averageModalVariance', answer: entangledModes });
  return questions;
}

function untold(definition: CollapseDefinition): CollapseRow {
  const reasons: Readonly<Partial<Record<CollapseDefinition, string>>> = {
    divergingRisk: `it takes ${fewestOfDoublings} generations, three of them a doubling apart`,
    collapsingVariance: 'the series has neither trace nor logDeterminant',
    scalingLaw: 'one loop cannot tell: it takes loops of several sizes',
    disappearingTails: 'the series has neither recall nor coverage',
    hallucinatedData: 'the series has neither precision nor density',
    entangledModes: 'the series has no averageModalVariance',
  };
  return {
    ...{ definition, verdict: 'untold', meaning: reasons[definition]!, metric: null },
    ...{ statistic: Number.NaN, interval: [Number.NaN, Number.NaN] },
  };
}

/** The determinant where it is finite in every generation of every run. */
function varianceMetric(series: Series): string | undefined {
  const has = (name: string) => series.names.includes(name);
  if (has('logDeterminant')) {
    const { run } = series.valuesOf('logDeterminant');
    const all = Array.from({ length: series.replicates }, (_, r) => run(r));
    if (all.every((values) => values.every(Number.isFinite))) return 'logDeterminant';
  }
  return has('trace') ? 'trace' : undefined;
}

function finiteRuns(where: string, series: Series, metric: string): Float64Array[] {
  const { name, run } = series.valuesOf(series.names.length > 0 ? metric : undefined);
  return Array.from({ length: series.replicates }, (_, r) => {
    const values = run(r).slice();
    const wrong = values.findIndex((value) => !Number.isFinite(value));
    if (wrong < 0) return values;
    throw mustError(where, name, 'be finite', `${values[wrong]} in replicate ${r}, generation ${1 + wrong}`);
  });
}

const meanOf = (values: Float64Array): number => meanAndError(values).mean;

const late = (values: Float64Array): Float64Array =>
  values.subarray(values.length - Math.max(1, Math.floor(values.length / 3)));

/** Late generations above the first less those below, as a part of them: 0 on average where nothing changes. */
function risen(values: Float64Array): number {
  return meanOf(late(values).map((value) => Math.sign(value - values[0]!)));
}

const logarithms = (values: Float64Array): Float64Array =>
  values.map((value) => Math.log(Math.max(value, Number.MIN_VALUE)));

/** Late less first. */
const change = (values: Float64Array): number => meanOf(late(values)) - values[0]!;

function verdictOf(yes: boolean, no: boolean): CollapseRow['verdict'] {
  return yes ? 'yes' : no ? 'no' : 'undecided';
}

const catastrophicIncrease: Question['answer'] = (estimate, { catastrophe }) => {
  const { mean, low, high } = estimate((values) => meanOf(late(values)) - catastrophe * values[0]!);
  return {
    verdict: verdictOf(low > 0 && estimate(risen).low > 0, high <= 0),
    meaning: `late risk less ${catastrophe} times that of generation 1`,
    ...{ statistic: mean, interval: [low, high] },
  };
};

const anyIncrease: Question['answer'] = (estimate, { margin }) => {
  const first = estimate((values) => values[0]!).mean;
  const isPositive = estimate((values) => Number(values.every((value) => value > 0))).mean === 1;
  const { mean, low, high } = estimate((values) =>
    isPositive ? change(logarithms(values)) : change(values) / Math.abs(first),
  );
  const small = isPositive ? Math.log1p(margin) : margin;
  return {
    verdict: verdictOf(low > 0 && estimate(risen).low > 0, high <= small),
    meaning: isPositive
      ? 'logarithm of late risk over that of generation 1'
      : 'late risk less that of generation 1, in parts of it',
    ...{ statistic: mean, interval: [low, high] },
  };
};

const fewestOfDoublings = 8;

// Between a limit that is approached like t^(-1/2), whose steps shrink by this factor over a doubling, and log t, whose steps stay.
const slowestConvergence = Math.SQRT1_2;

const divergingRisk: Question['answer'] = (estimate, { margin }) => {
  const step = (values: Float64Array, end: number): number => {
    const width = Math.max(1, Math.floor(values.length / 8));
    const upTo = (last: number) => meanOf(values.subarray(last - width, last));
    return upTo(end) - upTo(Math.floor(end / 2));
  };
  const half = (values: Float64Array) => Math.floor(values.length / 2);
  const level = Math.abs(estimate(meanOf).mean);
  const last = estimate((values) => step(values, values.length));
  const kept = estimate(
    (values) => step(values, values.length) - slowestConvergence * step(values, half(values)),
  );
  const isExcluded = last.high <= margin * level || kept.high < 0;
  return {
    verdict: verdictOf(last.low > 0 && kept.low > 0, isExcluded),
    meaning: 'growth of the risk over the last doubling of generations, in parts of its mean',
    ...{ statistic: last.mean / level, interval: [last.low / level, last.high / level] },
  };
};

/** The last quarter less the one before it. */
function changeInSecondHalf(values: Float64Array): number {
  const quarter = Math.max(1, Math.floor(values.length / 4));
  const middle = Math.floor(values.length / 2);
  return meanOf(values.subarray(values.length - quarter)) - meanOf(values.subarray(middle, middle + quarter));
}

/** Of logarithms of a variance. */
function collapsing(
  estimate: Estimator,
  margin: number,
  logarithmsOf: (values: Float64Array) => Float64Array,
): { fall: Estimate; isFalling: boolean; isSteady: boolean; isLower: boolean } {
  const small = Math.log1p(-margin);
  const fall = estimate((values) => change(logarithmsOf(values)));
  const lately = estimate((values) => changeInSecondHalf(logarithmsOf(values)));
  const isLower = fall.high < small && estimate(risen).high < 0;
  return {
    ...{ fall, isLower, isFalling: isLower && lately.high < small },
    isSteady: fall.low >= small || lately.low >= small,
  };
}

const collapsingDeterminant: Question['answer'] = (estimate, { margin }) => {
  const { fall, isFalling, isSteady } = collapsing(estimate, margin, (values) => values);
  return {
    verdict: verdictOf(isFalling, isSteady),
    meaning: 'logarithm of the late determinant of the covariance over that of generation 1',
    ...{ statistic: fall.mean, interval: [fall.low, fall.high] },
  };
};

const collapsingTrace: Question['answer'] = (estimate, { margin, leastVariance }) => {
  const { fall, isFalling, isSteady, isLower } = collapsing(estimate, margin, logarithms);
  const isGone = isLower && fall.high < Math.log(leastVariance);
  return {
    verdict: verdictOf(isFalling || isGone, isSteady),
    meaning: 'logarithm of the late trace of the covariance over that of generation 1',
    ...{ statistic: fall.mean, interval: [fall.low, fall.high] },
  };
};

/** A share of samples that is lower. */
function falls(metric: string): Question['answer'] {
  return (estimate, { margin }) => {
    const small = -margin * estimate((values) => values[0]!).mean;
    const { mean, low, high } = estimate(change);
    return {
      verdict: verdictOf(high < small && estimate(risen).high < 0, low >= small),
      meaning: `late ${metric} less that of generation 1`,
      ...{ statistic: mean, interval: [low, high] },
    };
  };
}

const entangledModes: Question['answer'] = (estimate, { margin }) => {
  const { mean, low, high } = estimate((values) => change(logarithms(values)));
  const small = Math.log1p(margin);
  return {
    verdict: verdictOf(low > small && estimate(risen).low > 0, high <= small),
    meaning: 'logarithm of the late variance about the modes over that of generation 1',
    ...{ statistic: mean, interval: [low, high] },
  };
};
