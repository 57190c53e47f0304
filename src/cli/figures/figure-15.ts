// The paper's Figure 15: variance, average modal variance and recall of the fully synthetic loop over 25 modes.

import { derivedSeed } from '../../base/derived-seed.js';
import type { Chart } from '../../charts/chart.js';
import { lineCharts } from '../../charts/line-chart.js';
import type { LineChart } from '../../charts/line-chart-data.js';
import { withError } from '../../charts/numbers.js';
import type { JobOptions } from '../../engine/job.js';
import { progressOfParts } from '../../engine/progress-of-parts.js';
import { csvText } from '../../files/csv.js';
import { bandHalfWidth } from '../../loops/band-half-width.js';
import type { Metric, MetricContext } from '../../loops/metrics.js';
import type { ReplicatedGeneration } from '../../loops/replicated-loop.js';
import { sampleMetrics } from '../../loops/sample-metrics.js';
import { metricCurve } from '../terminal/metric-curve.js';
import { tableText } from '../terminal/table.js';
import {
  centres,
  components,
  deviation,
  lambdas,
  mixtureLoop,
  mixtureLoopParameters,
  reference,
  samples,
} from './mixture-loop.js';

export interface Figure15Options {
  readonly generations: number;
  readonly replicates: number;
  readonly seed: bigint;
}

interface Curve {
  readonly lambda: number;
  /** The generations that were measured. */
  readonly generations: readonly Pick<ReplicatedGeneration, 't' | 'metrics'>[];
}

export interface Figure15 {
  readonly parameters: typeof mixtureLoopParameters & {
    readonly generations: number;
    readonly replicates: number;
    readonly measured: typeof measured;
    readonly seed: string;
  };
  readonly curves: readonly Curve[];
}

/** How much is drawn of a generation's model to measure it, and held out to compare with; k of precisionRecall. */
const measured = { samples: 5000, heldOut: 5000, k: 5 } as const;

const pointsOfCurve = 40;

const metricNames = ['variance', 'averageModalVariance', 'recall', 'modesCovered'] as const;

/** Measures about 40 generations, evenly spread over the logarithm of t; each replicate with the same held-out samples. */
export async function computeFigure15(
  { generations, replicates, seed }: Figure15Options,
  job: JobOptions,
): Promise<Figure15> {
  const heldOut = await reference.open(0n).draw(measured.heldOut, {
    threads: job.threads,
    signal: job.signal,
    generation: 1,
    seed: derivedSeed(seed, 'figure 15 held-out'),
  });
  const shown = logarithmicallySpread(generations, pointsOfCurve);
  const progress = progressOfParts(
    job,
    lambdas.map(() => generations),
  );
  const curves: Curve[] = [];
  for (const lambda of lambdas) {
    const { sampleMetrics: measure } = sampleMetrics({
      heldOut,
      lambda,
      count: measured.samples,
      k: measured.k,
      modes: { centres, radius: 3 * deviation },
    });
    const metrics = [{ chosen: atSome(shown, measure) }];
    const table = await mixtureLoop({ lambda, generations, replicates, seed, metrics }, progress());
    curves.push({
      lambda,
      generations: table.filter(({ t }) => shown.has(t)).map(({ t, metrics }) => ({ t, metrics })),
    });
  }
  return {
    parameters: { ...mixtureLoopParameters, generations, replicates, measured, seed: String(seed) },
    curves,
  };
}

/** The metrics of `measure` that the figure shows, in the generations `shown` and in no other. */
function atSome(shown: ReadonlySet<number>, measure: Metric): Metric {
  return async (context: MetricContext) => {
    if (!shown.has(context.t)) return {};
    const values = (await measure(context)) as Record<string, number>;
    return Object.fromEntries(metricNames.map((name) => [name, values[name]!]));
  };
}

/** Integers from 1 to `last`, both among them. */
function logarithmicallySpread(last: number, count: number): ReadonlySet<number> {
  return new Set(Array.from({ length: count }, (_, i) => Math.round(last ** (i / (count - 1)))));
}

/** A few of the generations. */
export function figure15Table({ curves, parameters }: Figure15): string {
  const rows = curves.flatMap(({ lambda, generations }) =>
    generations
      .filter((_, i) => i % 5 === 0 || i === generations.length - 1)
      .map(({ t, metrics }) => [
        String(lambda),
        String(t),
        ...metricNames.map((name) => withError(metrics[name]!.mean, metrics[name]!.standardError)),
      ]),
  );
  return [
    tableText(['lambda', 't', ...metricNames], rows, { keys: 2 }),
    '',
    `Means over ${parameters.replicates} runs ± standard errors.`,
  ].join('\n');
}

export function figure15Csv({ curves }: Figure15): string {
  return csvText(
    ['lambda', 't', ...metricNames.flatMap((name) => [name, `${name}StandardError`])],
    curves.flatMap(({ lambda, generations }) =>
      generations.map(({ t, metrics }) => [
        lambda,
        t,
        ...metricNames.flatMap((name) => [metrics[name]!.mean, metrics[name]!.standardError]),
      ]),
    ),
  );
}

export function figure15Chart({ curves, parameters }: Figure15): Chart {
  const standardErrors = bandHalfWidth(parameters.replicates);
  const chart = (name: (typeof metricNames)[number], yTitle: string): LineChart => ({
    xTitle: 'generation t',
    yTitle,
    colourTitle: 'sampling bias',
    xScale: 'logarithmic',
    curves: curves.map(({ lambda, generations }) =>
      metricCurve(generations, name, { colour: `λ = ${lambda}`, standardErrors }),
    ),
  });
  return lineCharts({
    title: 'Modes shrink and recall vanishes in the fully synthetic loop',
    subtitle: [
      `${components} modes, mixture of ${components} Gaussians, n = ${samples.toLocaleString('en-US')}; mean of ${parameters.replicates} runs; band: 95 % interval of the mean`,
    ],
    charts: [
      chart('variance', 'variance of all samples'),
      chart('averageModalVariance', 'average modal variance'),
      chart('recall', 'recall'),
    ],
  });
}
