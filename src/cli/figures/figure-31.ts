// The paper's Figure 31: the limit point as all samples grow, with the share of real ones fixed. Without sampling bias it goes
// to zero whatever the share; with any, it does not.

import { lineCharts } from '../../charts/line-chart.js';
import type { LineChart } from '../../charts/line-chart-data.js';
import { withError } from '../../charts/numbers.js';
import { axisLabel } from '../../charts/study-axes.js';
import { studyCurves } from '../../charts/study-charts.js';
import { coordinate, type NumericDimension, studyLayout } from '../../charts/study-layout.js';
import type { StudyCell, StudyDocument } from '../../studies/definition/study-document.js';
import { tableText } from '../terminal/table.js';
import type { StudyFigure } from './study-figure.js';

const dim = 100;
const total = '1000:100000:9:log';

/** The limit point as n grows without bound: the covariance tends to p / (1 - lambda q) I, and the mean to 0. */
export function plateau(lambda: number, realFraction: number): number {
  return dim * (1 - Math.sqrt(realFraction / (1 - lambda * (1 - realFraction)))) ** 2;
}

const shareOfReal = 0.1;

export const figure31: StudyFigure = {
  number: '31',
  studies: [
    {
      name: 'figure-31-share',
      title: 'Figure 31, left: the limit point over n, by share of real samples',
      dim,
      total,
      realFraction: [1, 0.1, 0.03, 0.01, 0.003],
      lambda: 1,
    },
    {
      name: 'figure-31-bias',
      title: 'Figure 31, right: the limit point over n, by sampling bias',
      dim,
      total,
      realFraction: shareOfReal,
      lambda: [1, 0.97, 0.95, 0.93, 0.9],
    },
  ],
  chart: ([byShare, byBias]) =>
    lineCharts({
      title: 'More data, the same share of them real',
      subtitle: [
        `Gaussian models, fresh data loop, d = ${dim}, n samples per generation; error bars: 95 %; dotted: limit of large n`,
      ],
      charts: [
        { ...chartOf(byShare!, shareLabel), title: 'λ = 1', colourTitle: 'real samples' },
        {
          ...chartOf(byBias!, (lambda) => axisLabel('lambda', lambda)),
          title: `p = ${shareOfReal * 100} %`,
          colourTitle: 'sampling bias',
          levels: curvesOf(byBias!).flatMap((lambda) =>
            lambda < 1
              ? [{ y: plateau(lambda, shareOfReal), label: '', colour: axisLabel('lambda', lambda) }]
              : [],
          ),
        },
      ],
    }),
  table: ([byShare, byBias]) =>
    [
      'Limit points, lambda = 1:',
      tableOf(byShare!, shareLabel, () => 0),
      '',
      `Limit points, p = ${shareOfReal * 100} %:`,
      tableOf(
        byBias!,
        (lambda) => `lambda = ${lambda}`,
        (lambda) => plateau(lambda, shareOfReal),
      ),
    ].join('\n'),
};

function shareLabel(share: number): string {
  return `p = ${Number((100 * share).toPrecision(3))} %`;
}

/** Shares of real samples, or biases, largest first. */
function curvesOf(study: StudyDocument): number[] {
  return [...studyLayout(study).y.values].reverse();
}

function cellsOf(study: StudyDocument, { axis }: NumericDimension, value: number): StudyCell[] {
  return study.cells.filter((cell) => coordinate(cell, axis) === value);
}

/** The limit points, with the largest share or bias first. */
function chartOf(study: StudyDocument, label: (value: number) => string): LineChart {
  const [chart] = studyCurves(study, { quantity: 'distance' }).charts;
  const { values } = studyLayout(study).y;
  const curves = chart!.curves.map((curve, j) => ({ ...curve, colour: label(values[j]!) }));
  return { ...chart!, curves: curves.reverse() };
}

function tableOf(
  study: StudyDocument,
  label: (value: number) => string,
  large: (value: number) => number,
): string {
  const { x, y } = studyLayout(study);
  const shown = x.values.filter((_, i) => i % 4 === 0);
  const rows = curvesOf(study).map((value) => [
    label(value),
    ...shown.map((n) => {
      const result = cellsOf(study, y, value).find((cell) => cell.at.total === n)?.result;
      return result ? withError(result.distance, result.standardError ?? Number.NaN) : '';
    }),
    large(value)
      .toPrecision(5)
      .replace(/^0\.0+$/, '0'),
  ]);
  return `${tableText(['', ...shown.map((n) => `n = ${n}`), 'n -> infinity'], rows)}\n\n±: one standard error`;
}
