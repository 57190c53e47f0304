import { turn } from '../base/abortable.js';
import { invalid, mustError, readable } from '../base/check.js';
import { type Estimate, meanAndError } from '../base/mean-and-error.js';
import { checked, integer, number, oneOf, resolve, type TableOf } from '../base/options.js';
import { studentHalfWidth, studentTails } from '../distributions/student-t.js';
import { kendallTau } from './kendall.js';
import { type MadSeries, readSeries } from './series.js';

export interface MadTestOptions {
  /** The metric of a loop's series. Default 'distance'. */
  readonly metric?: string | undefined;
  /** The first generation looked at: after the transient, where stability is the question. Default 1. */
  readonly from?: number | undefined;
  /** The last one. Default: the series' last. */
  readonly to?: number | undefined;
  /** What growing worse means: 'increasing' for distances (default), 'decreasing' for recall and the like. */
  readonly direction?: 'increasing' | 'decreasing' | undefined;
  /**
   * The change over all generations looked at that does not matter, in parts of the metric's mean over them. Default 0.1.
   */
  readonly margin?: number | undefined;
  /** Confidence of the two-sided intervals. Default 0.95. */
  readonly confidence?: number | undefined;
}

/** What of the series decides about the options. */
interface Length {
  readonly generations: number;
  readonly from: number;
}

export const madTestOptions = {
  metric: checked('text', (where, argument, value) => {
    if (typeof value !== 'string') throw invalid(where, argument, 'be the name of a metric', value);
    return value;
  })
    .optional('distance')
    .doc("the metric of a loop's series")
    .flag('<name>'),
  from: integer(1, ({ generations }: Length) => generations - 2)
    .or(1)
    .allow('integer from 1 to generations - 2')
    .doc('the first generation looked at'),
  to: integer(
    ({ from }: Length) => from + 2,
    ({ generations }: Length) => generations,
  )
    .or(({ generations }: Length) => generations, "the series' last")
    .allow('integer from `from` + 2 to generations')
    .doc('the last generation looked at'),
  direction: oneOf(['increasing', 'decreasing']).or('increasing').doc('what growing worse means'),
  margin: number(0, Number.MAX_VALUE)
    .or(0.1)
    .in("parts of the metric's mean")
    .doc('change over all generations looked at that does not matter'),
  confidence: number(Number.EPSILON, 1 - Number.EPSILON)
    .or(0.95)
    .allow('number above 0 and below 1')
    .doc('confidence of the intervals, two-sided'),
} satisfies TableOf<MadTestOptions>;

/** A mean over replicates; its standard error and interval are NaN for one replicate. */
export interface MeanWithInterval extends Estimate {
  readonly interval: readonly [number, number];
}

export interface MadTest {
  readonly verdict: 'mad' | 'stable' | 'undecided';
  /** Slope of the least-squares line through each replicate's values, per generation. */
  readonly slope: MeanWithInterval;
  /** Kendall's tau of each replicate's values with t, from -1 to 1, and the two-sided p-value of its mean being 0. */
  readonly trend: MeanWithInterval & { readonly pValue: number };
  /** slope x (to - from) in the direction of worse, less margin x the metric's mean: below 0 the change does not matter. */
  readonly excess: MeanWithInterval;
  /** The metric's mean over the replicates and generations looked at. */
  readonly level: number;
  readonly replicates: number;
  readonly from: number;
  readonly to: number;
  readonly direction: 'increasing' | 'decreasing';
  readonly margin: number;
  readonly confidence: number;
}

/**
 * Whether a loop goes MAD: whether the expectation of a metric, such as the distance to the real distribution, increases with
 * the generation t (the paper's definition of a MAD process).
 *
 * Generations of one run depend on each other, replicates do not. So each replicate gives one number (the slope of its line,
 * its rank correlation with t), and Student's t over the replicates tells about their means: exact for normal numbers,
 * whatever the dependence within a run. Verdicts, each wrong with a probability of at most (1 - confidence) / 2:
 *
 * - 'stable': the interval of `excess` is not above 0. Growth of more than `margin` of the metric's mean is excluded (a
 *   test of non-inferiority; a metric that improves is stable, too)
 * - 'mad': not stable, and the intervals of both slope and trend are above 0 (below it, for 'decreasing')
 * - 'undecided': neither: too few replicates or generations to tell. One replicate never tells
 *
 * Rejects with ERR_INVALID_INPUT (NaN and infinities are named by replicate and generation).
 * Sources: Alemohammad et al., ICLR 2024, section 2 (definition); Kendall 1938 and Mann 1945 (trend).
 *
 * @example
 * const { series } = await simulateGaussianLoop({
 *   variant: 'fully-synthetic', dim: 10, synthetic: 100, generations: 20, replicates: 50, series: true,
 * });
 * if (series) console.log((await madTest(series)).verdict); // mad
 */
export async function madTest(series: MadSeries, options?: MadTestOptions): Promise<MadTest> {
  const where = 'madTest';
  const { replicates, generations, valuesOf } = readable(where, 'series', () => readSeries(where, series));
  const { metric, from, to, ...settings } = resolve(where, options, madTestOptions, { generations });
  // Copied before anybody else has a turn, who could take the memory away.
  const { name, runs } = readable(where, 'series', () => {
    const values = valuesOf(metric);
    return {
      name: values.name,
      runs: Array.from({ length: replicates }, (_, r) => values.run(r).slice(from - 1, to)),
    };
  });

  const slopes = new Float64Array(replicates);
  const levels = new Float64Array(replicates);
  const taus = new Float64Array(replicates);
  for (const [r, run] of runs.entries()) {
    const wrong = run.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) {
      const place = `${run[wrong]} in replicate ${r}, generation ${from + wrong}`;
      throw mustError(where, name, 'be finite', place);
    }
    slopes[r] = leastSquaresSlope(run);
    levels[r] = meanAndError(run).mean;
    taus[r] = await kendallTau(run);
    if (r % 256 === 255) await turn();
  }

  const worse = settings.direction === 'increasing' ? 1 : -1;
  const level = meanAndError(levels).mean;
  const excesses = slopes.map(
    (slope, r) => worse * slope * (to - from) - settings.margin * Math.sign(level) * levels[r]!,
  );
  const halfWidth = replicates > 1 ? studentHalfWidth(replicates - 1, settings.confidence) : Number.NaN;
  const slope = withInterval(slopes, halfWidth);
  const trend = withInterval(taus, halfWidth);
  const excess = withInterval(excesses, halfWidth);
  const isWorse = ({ interval: [low, high] }: MeanWithInterval) => (worse > 0 ? low > 0 : high < 0);
  const verdict = excess.interval[1] <= 0 ? 'stable' : isWorse(slope) && isWorse(trend) ? 'mad' : 'undecided';
  return {
    verdict,
    slope,
    trend: { ...trend, pValue: pValueOfZero(trend, replicates) },
    excess,
    level,
    replicates,
    from,
    to,
    ...settings,
  };
}

/** The slope of the least-squares line through values at 0, 1, 2, ... */
function leastSquaresSlope(values: Float64Array): number {
  const centre = (values.length - 1) / 2;
  const products = values.reduce((sum, value, i) => sum + (i - centre) * value, 0);
  return products / ((values.length * (values.length * values.length - 1)) / 12);
}

function withInterval(values: Float64Array, halfWidth: number): MeanWithInterval {
  const { mean, standardError } = meanAndError(values);
  const reach = halfWidth * standardError;
  return { mean, standardError, interval: [mean - reach, mean + reach] };
}

/** Two-sided, by Student's t over the replicates; 1 where all of them are 0. */
function pValueOfZero({ mean: centre, standardError }: MeanWithInterval, replicates: number): number {
  if (replicates === 1) return Number.NaN;
  if (centre === 0) return 1;
  return studentTails(replicates - 1, Math.abs(centre) / standardError);
}
