// The paper's Figure 10, left: how the fresh data loop forgets where it started. Whatever the number of real samples
// behind generation 1, the distance goes to a limit that depends on n_r, n_s and lambda alone.

import { derivedSeed } from '../../base/derived-seed.js';
import { type Estimate, meanAndError } from '../../base/mean-and-error.js';
import type { Chart } from '../../charts/chart.js';
import { lineChart } from '../../charts/line-chart.js';
import { withError } from '../../charts/numbers.js';
import type { JobOptions } from '../../engine/job.js';
import { progressOfParts } from '../../engine/progress-of-parts.js';
import { csvText } from '../../files/csv.js';
import { type GaussianLoopSeries, simulateGaussianLoop } from '../../gaussian-loop/simulate-gaussian-loop.js';
import { tableText, wrapped } from '../terminal/table.js';

/** What may be chosen; everything else is the paper's. */
export interface Figure10Options {
  readonly replicates: number;
  readonly seed: bigint;
}

interface Curve {
  readonly lambda: number;
  readonly initial: number;
  /** Distance in generation 1, 2, ... */
  readonly distance: readonly Estimate[];
}

interface Limit {
  readonly lambda: number;
  readonly distance: Estimate;
}

export interface Figure10 {
  readonly parameters: typeof loop & {
    readonly initials: readonly number[];
    readonly lambdas: readonly number[];
    readonly generations: number;
    readonly replicates: number;
    readonly seed: string;
  };
  readonly curves: readonly Curve[];
  readonly limits: readonly Limit[];
}

const loop = { variant: 'fresh-data', dim: 100, real: 100, synthetic: 900 } as const;
const generations = 40;
const lambdas = [1, 0.8];
const initials = [100, 1000];

// The limits: the same loop carried on. What is left of the start falls by a factor of 0.901 or less a generation (the
// larger root of the recursion of E|mean|^2 and E tr covariance, at lambda = 1), so over 100 generations by 3e-5: below
// 0.001 in distance, a third of the smaller standard error here.
const forgotten = 100;
const limitGenerations = 500;
const limitReplicates = 64;

/** Simulates the four curves and both limits. */
export async function computeFigure10(
  { replicates, seed }: Figure10Options,
  job: JobOptions,
): Promise<Figure10> {
  const progress = progressOfParts(job, [
    ...lambdas.map(() => limitReplicates * limitGenerations),
    ...lambdas.flatMap(() => initials.map(() => replicates * generations)),
  ]);
  const limits: Limit[] = [];
  for (const lambda of lambdas)
    limits.push({ lambda, distance: await longRunDistance(lambda, seed, progress()) });
  const curves: Curve[] = [];
  for (const lambda of lambdas) {
    for (const initial of initials) {
      const result = await simulateGaussianLoop({
        ...loop,
        lambda,
        initial,
        generations,
        replicates,
        seed: derivedSeed(seed, 'figure 10', lambda, initial),
        ...progress(),
      });
      curves.push({ lambda, initial, distance: result.generations.map(({ distance }) => distance) });
    }
  }
  return {
    parameters: { ...loop, initials, lambdas, generations, replicates, seed: String(seed) },
    curves,
    limits,
  };
}

/**
 * The limit of E[distance]: the mean over generations 101 to 500 of 64 independent loops. Its standard error comes from the
 * 64 means, which are independent, unlike the generations of one loop.
 */
async function longRunDistance(lambda: number, seed: bigint, job: JobOptions): Promise<Estimate> {
  const { series } = await simulateGaussianLoop({
    ...loop,
    lambda,
    initial: loop.real + loop.synthetic,
    generations: limitGenerations,
    replicates: limitReplicates,
    seed: derivedSeed(seed, 'figure 10 limit', lambda),
    series: true,
    ...job,
  });
  return meanAndError(meansOfReplicates(series!));
}

function meansOfReplicates({ replicates, generations: length, distance }: GaussianLoopSeries): number[] {
  return Array.from({ length: replicates }, (_, r) => {
    const late = distance.subarray(r * length + forgotten, (r + 1) * length);
    return late.reduce((sum, value) => sum + value, 0) / late.length;
  });
}

/** How far each curve's end is from its limit. */
export function figure10Table({ curves, limits }: Figure10): string {
  const rows = curves.map(({ lambda, initial, distance }) => {
    const limit = limitFor(limits, lambda);
    const end = distance.at(-1)!;
    const difference = end.mean - limit.mean;
    const standardError = Math.hypot(end.standardError, limit.standardError);
    return [
      String(lambda),
      String(initial),
      withError(end.mean, end.standardError),
      withError(limit.mean, limit.standardError),
      withError(difference, standardError),
      `${((100 * difference) / limit.mean).toFixed(2)} %`,
    ];
  });
  return [
    tableText(
      ['lambda', 'n_ini', `distance at t = ${generations}`, 'limit', 'difference', 'of the limit'],
      rows,
      { keys: 2 },
    ),
    '',
    wrapped(
      `Limit: mean over generations ${forgotten + 1} to ${limitGenerations} of ${limitReplicates} independent loops; ±: standard errors.`,
    ),
  ].join('\n');
}

export function figure10Csv({ curves }: Figure10): string {
  return csvText(
    ['lambda', 'initial', 't', 'distance', 'distanceStandardError'],
    curves.flatMap(({ lambda, initial, distance }) =>
      distance.map(({ mean, standardError }, i) => [lambda, initial, i + 1, mean, standardError]),
    ),
  );
}

export function figure10Chart({ curves, limits, parameters }: Figure10): Chart {
  const { replicates } = parameters;
  return lineChart({
    title: 'The fresh data loop forgets its start',
    subtitle: [
      `d = ${loop.dim}, nᵣ = ${loop.real}, nₛ = ${loop.synthetic}`,
      `mean of ${replicates} runs; band: ± 2 standard deviations of a run`,
    ],
    xTitle: 'generation t',
    yTitle: 'squared Wasserstein-2 distance',
    colourTitle: 'sampling bias',
    dashTitle: 'start',
    curves: curves.map(({ lambda, initial, distance }) => ({
      colour: `λ = ${lambda}`,
      dash: `nᵢₙᵢ = ${initial}`,
      // The standard errors of these means are thinner than the lines: show how far single runs spread instead.
      points: distance.map(({ mean, standardError }, i) => ({
        x: i + 1,
        y: mean,
        error: 2 * standardError * Math.sqrt(replicates),
      })),
    })),
    levels: limits.map(({ lambda, distance }) => ({
      y: distance.mean,
      label: `limit ${withError(distance.mean, distance.standardError)}`,
      colour: `λ = ${lambda}`,
    })),
  });
}

function limitFor(limits: readonly Limit[], lambda: number): Estimate {
  return limits.find((limit) => limit.lambda === lambda)!.distance;
}
