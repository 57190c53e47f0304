// A finished run of `madloop loop`, as JSON, CSV, a table and a chart.

import { basename } from 'node:path';
import type { Estimate } from '../../base/mean-and-error.js';
import type { Chart } from '../../charts/chart.js';
import { lineChart, lineCharts } from '../../charts/line-chart.js';
import type { Curve, Level, LineChart } from '../../charts/line-chart-data.js';
import { withError } from '../../charts/numbers.js';
import type { SampleLine, SampleSheetOptions } from '../../charts/sample-sheet.js';
import { csvText } from '../../files/csv.js';
import { bandHalfWidth } from '../../loops/band-half-width.js';
import {
  commandTitle,
  loopHeading,
  shownLambda,
  shownSchedule,
  variantTitles,
} from '../terminal/loop-words.js';
import { metricCurve } from '../terminal/metric-curve.js';
import { resultText, widestTable } from '../terminal/table.js';
import { laterRealCount, type RealAlone } from './real-alone.js';

/** One generation, averaged over replicates. A metric that is not defined there is null. */
export interface LoopRow {
  readonly t: number;
  readonly metrics: Readonly<Record<string, Estimate | null>>;
}

export interface LoopResult {
  /** Every parameter with its default filled in, as JSON can hold it: given back to `madloop loop`, they repeat the run. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly rows: readonly LoopRow[];
  /** What lambda was given by, if by that. */
  readonly guidance?: number | undefined;
  /** Of a run during which files of its model were changed: their checksums before. */
  readonly earlierPrograms?: readonly unknown[];
  /** Every replicate's values, where they were asked for. */
  readonly series?: object;
  /** Sample images, where they were asked for. */
  readonly sheet?: { readonly lines: readonly SampleLine[]; readonly options: SampleSheetOptions };
}

/** The result as a JSON document. It holds nothing that depends on threads or time. */
export function loopDocument(
  { parameters, rows, earlierPrograms, series }: LoopResult,
  madeBy: { version: string; variant: string },
): object {
  return {
    madloop: madeBy.version,
    instructionSet: madeBy.variant,
    command: 'loop',
    parameters,
    ...(earlierPrograms && { earlierPrograms }),
    generations: rows.map(({ t, metrics }) => ({ t, ...metrics })),
    ...(series && { series }),
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
export function loopTable({ parameters, rows, guidance }: LoopResult): string {
  const names = metricNames(rows);
  const shown = rows.length <= longestTable ? rows : spread(rows);
  const table = (digits: number) => ({
    names: ['t', ...names],
    rows: shown.map(({ t, metrics }) => [
      String(t),
      ...names.map((name) => shownEstimate(metrics[name], digits)),
    ]),
  });
  const text = widestTable([table(2), table(1), table(2)]);
  const { replicates } = parameters;
  const means = Number(replicates) > 1 ? `means of ${replicates} runs ± one standard error` : 'a single run';
  return resultText(loopHeading(parameters, guidance), text, [means]);
}

/**
 * Distance over generations, with a band that is the 95 % interval of the mean and a line at what real samples alone reach, which is
 * `expected` where that is known exactly; or all the metrics that were asked for, by kind.
 */
export function loopChart(result: LoopResult, expected?: readonly RealAlone[]): Chart {
  const { replicates } = result.parameters;
  const { title, counts, model } = loopTitle(result.parameters, result.guidance);
  const runs =
    replicates === 1 ? 'a single run' : `mean of ${replicates} runs; band: 95 % interval of the mean`;
  const charts = chartsOf(result, expected);
  const subtitle = [counts, `${model}; ${runs}`, ...whyNoLine(result, charts)];
  return charts.length === 1
    ? lineChart({ ...charts[0]!, title, subtitle })
    : lineCharts({ title, subtitle, charts });
}

// Metrics that share a chart, and what its axis and legend call them.
const kinds: readonly { readonly yTitle: string; readonly metrics: Readonly<Record<string, string>> }[] = [
  {
    yTitle: 'Fréchet distance to held-out data',
    metrics: { distance: 'of the model', frechetDistance: 'of samples' },
  },
  {
    yTitle: 'quality and diversity',
    metrics: { precision: 'precision', recall: 'recall', density: 'density', coverage: 'coverage' },
  },
  { yTitle: 'total variance', metrics: { trace: 'of the model', variance: 'of samples' } },
  { yTitle: 'squared distance of the means', metrics: { meanNormSquared: 'of the model' } },
];

function chartsOf({ parameters, rows }: LoopResult, expected?: readonly RealAlone[]): LineChart[] {
  const names = (parameters.metrics as readonly string[] | undefined) ?? ['distance'];
  const standardErrors = bandHalfWidth(parameters.replicates as number);
  const charts = kinds.map(({ yTitle, metrics }): LineChart => {
    const shown = Object.entries(metrics).filter(([name]) => names.includes(name));
    const colourOf = (label: string) => (shown.length > 1 ? { colour: label } : {});
    const alone =
      shown.length === 1
        ? realDataAlone({ parameters, rows }, shown[0]![0], expected)
        : { levels: [], curves: [] };
    const dash = alone.curves.length > 0 ? { dash: 'the loop' } : {};
    const curves = shown.map(([name, label]) =>
      metricCurve(rows, name, { ...colourOf(label), ...dash, standardErrors }),
    );
    return {
      xTitle: 'generation t',
      yTitle: parameters.data === undefined ? 'squared Wasserstein-2 distance' : yTitle,
      curves: [...curves, ...alone.curves],
      levels: alone.levels,
    };
  });
  return charts.filter(({ curves }) => curves.length > 0);
}

/**
 * The loop without its synthetic samples: a line where all generations after the first have as many real ones, else a curve. Where it is
 * not known exactly, the first generation is it, if it has seen as many as each later one.
 */
function realDataAlone(
  { parameters, rows }: LoopResult,
  metric: string,
  expected: readonly RealAlone[] | undefined,
): { levels: Level[]; curves: Curve[] } {
  const count = laterRealCount(parameters, rows.length);
  if (expected !== undefined && count === undefined) {
    const points = expected.map(({ t, distance }) => ({ x: t, y: distance }));
    return { levels: [], curves: [{ dash: 'its real samples alone', points }] };
  }
  const first = count === parameters.initial ? rows[0]?.metrics[metric]?.mean : undefined;
  const y = expected?.at(-1)?.distance ?? first;
  const isKnown = y !== undefined && Number.isFinite(y);
  return { levels: isKnown ? [{ y, label: `${count} real samples alone` }] : [], curves: [] };
}

/** Why there is no line for real data alone where there would be one if the first generation had as many as the others. */
function whyNoLine({ parameters, rows }: LoopResult, charts: readonly LineChart[]): string[] {
  const hasLine = charts.some(
    ({ levels = [], curves }) => levels.length > 0 || curves.some(({ dash }) => dash),
  );
  const count = laterRealCount(parameters, rows.length);
  if (hasLine || count === parameters.initial) return [];
  const later = count === undefined ? 'the others differ in theirs' : `the others have ${count}`;
  return [`no line for real data alone: generation 1 has ${parameters.initial} real samples, ${later}`];
}

/** What stands above a sheet of samples. */
export function sheetTexts(parameters: LoopResult['parameters']): { title: string; subtitle: string[] } {
  const { title, counts, model } = loopTitle(parameters);
  const { replicates } = parameters;
  const run = replicates === 1 ? 'a single run' : `the first of ${replicates} runs`;
  return {
    title: `Samples of ${title[0]!.toLowerCase()}${title.slice(1)}`,
    subtitle: [counts, `${model}; ${run}`],
  };
}

// What titles call the models.
const modelTitles: Readonly<Record<string, string>> = {
  gaussian: 'Gaussian model',
  gmm: 'mixture of Gaussians',
  kde: 'kernel density',
  bootstrap: 'bootstrap',
};

function loopTitle(
  parameters: LoopResult['parameters'],
  guidance?: number,
): { title: string; counts: string; model: string } {
  const { model = 'gaussian', components, process } = parameters;
  const name =
    process === undefined
      ? (modelTitles[String(model)] ?? String(model))
      : commandTitle(process as readonly string[]);
  const { variant, data, dim, initial, real, realFixed, realFresh, synthetic, lambda, memory } = parameters;
  const realCounts =
    variant === 'combined'
      ? `n_f = ${realFixed}, nᵣ = ${shownSchedule(realFresh)}`
      : variant === 'fully-synthetic'
        ? `n_ini = ${initial}`
        : `nᵣ = ${shownSchedule(real)}`;
  const past = memory === 1 ? '' : `, memory ${memory}`;
  return {
    title: `The ${variantTitles[String(variant)]}`,
    counts: `${data === undefined ? `d = ${dim}` : basename(String(data))}, ${realCounts}, nₛ = ${shownSchedule(synthetic)}, λ = ${shownLambda(lambda, guidance)}${past}`,
    model: components === undefined ? name : `${name}, ${components} components`,
  };
}

function metricNames(rows: readonly LoopRow[]): string[] {
  return Object.keys(rows[0]?.metrics ?? {});
}

function shownEstimate(estimate: Estimate | null | undefined, digits: number): string {
  return estimate ? withError(estimate.mean, estimate.standardError, digits) : '';
}

function spread<Row>(rows: readonly Row[]): Row[] {
  const indices = new Set<number>();
  for (let i = 0; i < longestTable; i += 1)
    indices.add(Math.round(rows.length ** (i / (longestTable - 1))) - 1);
  return [...indices].map((index) => rows[index]!);
}
