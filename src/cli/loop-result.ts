// A finished run of `madloop loop`, as JSON, CSV, a table and a chart.

import type { Specification } from '../charts/chart-style.js';
import { type LineChart, lineChartSpecification } from '../charts/line-chart.js';
import { csvText } from '../files/csv.js';
import type { Estimate } from '../simulate-gaussian-loop.js';
import { tableText, withError } from './table.js';

/** One generation, averaged over replicates. A metric that is not defined there is null. */
export interface LoopRow {
  readonly t: number;
  readonly metrics: Readonly<Record<string, Estimate | null>>;
}

export interface LoopResult {
  /** Every parameter with its default filled in, as JSON can hold it: given back to `madloop loop`, they repeat the run. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly rows: readonly LoopRow[];
}

/** The result as a JSON document. It holds nothing that depends on threads or time. */
export function loopDocument(
  { parameters, rows }: LoopResult,
  madeBy: { version: string; variant: string },
): object {
  return {
    madloop: madeBy.version,
    instructionSet: madeBy.variant,
    command: 'loop',
    parameters,
    generations: rows.map(({ t, metrics }) => ({ t, ...metrics })),
  };
}

/** One line a generation, two columns a metric; undefined values are empty. */
export function loopCsv({ rows }: LoopResult): string {
  const names = metricNames(rows);
  const columns = names.flatMap((name) => [name, `${name}StandardError`]);
  return csvText(
    ['t', ...columns],
    rows.map(({ t, metrics }) => [
      t,
      ...names.flatMap((name) => [
        metrics[name]?.mean ?? Number.NaN,
        metrics[name]?.standardError ?? Number.NaN,
      ]),
    ]),
  );
}

// As many lines as a screen shows beside the command itself.
const longestTable = 30;

/** For reading: every generation, or of many about 30, closer together at the beginning, where most happens. */
export function loopTable({ rows }: LoopResult): string {
  const names = metricNames(rows);
  const shown = rows.length <= longestTable ? rows : spread(rows);
  return tableText(
    ['t', ...names],
    shown.map(({ t, metrics }) => [String(t), ...names.map((name) => shownEstimate(metrics[name]))]),
  );
}

/** Distance over generations, with a band of two standard errors. */
export function loopChart({ parameters, rows }: LoopResult): Specification {
  const { variant, data, dim, real, realFixed, realFresh, synthetic, lambda, memory, replicates } = parameters;
  const realCounts = variant === 'combined' ? `n_f = ${realFixed}, nᵣ = ${realFresh}` : `nᵣ = ${real}`;
  const past = memory === 1 ? '' : `, memory ${memory}`;
  const chart: LineChart = {
    title: `The ${variantTitles[String(variant)]}`,
    subtitle: [
      `${data === undefined ? `d = ${dim}` : data}, ${realCounts}, nₛ = ${synthetic}, λ = ${lambda}${past}`,
      replicates === 1 ? 'a single run' : `mean of ${replicates} runs; band: ± 2 standard errors`,
    ],
    xTitle: 'generation t',
    yTitle: data === undefined ? 'squared Wasserstein-2 distance' : 'Fréchet distance to held-out data',
    curves: [{ points: rows.map(({ t, metrics }) => curvePoint(t, metrics.distance)) }],
  };
  return lineChartSpecification(chart);
}

/** A point of a curve with an error bar of two standard errors. */
export function curvePoint(
  x: number,
  estimate: Estimate | null | undefined,
): { x: number; y: number; error: number } {
  return { x, y: estimate?.mean ?? Number.NaN, error: 2 * (estimate?.standardError ?? Number.NaN) };
}

/** What titles and legends call the variants. */
export const variantTitles: Readonly<Record<string, string>> = {
  'fully-synthetic': 'fully synthetic loop',
  'synthetic-augmentation': 'synthetic augmentation loop',
  'fresh-data': 'fresh data loop',
  combined: 'combined loop',
};

function metricNames(rows: readonly LoopRow[]): string[] {
  return Object.keys(rows[0]?.metrics ?? {});
}

function shownEstimate(estimate: Estimate | null | undefined): string {
  return estimate ? withError(estimate.mean, estimate.standardError) : '';
}

function spread<Row>(rows: readonly Row[]): Row[] {
  const indices = new Set<number>();
  for (let i = 0; i < longestTable; i += 1)
    indices.add(Math.round(rows.length ** (i / (longestTable - 1))) - 1);
  return [...indices].map((index) => rows[index]!);
}
