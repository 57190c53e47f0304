// The paper's Figure 30: synthetic samples drawn from many past models in place of the last one alone.

import { reading } from '../../charts/cell-state.js';
import { lineChart } from '../../charts/line-chart.js';
import { numberText } from '../../charts/numbers.js';
import type { StudyDocument } from '../../studies/definition/study-document.js';
import { tableText } from '../terminal/table.js';
import type { StudyFigure } from './study-figure.js';

const real = 1000;
const synthetic = 10000;

/**
 * n_e / n_r for lambda = 1 and many more samples than dimensions, where memory is the number K of past models: the mean of a
 * model is an autoregression on those of the last K with equal weights q / K, so that its stationary variance is
 * (K p + q) / (p (K + q)) times that of n samples' own mean.
 */
export function manySamplesRatio(memory: number): number {
  const p = real / (real + synthetic);
  const q = 1 - p;
  return (memory + q) / (memory * p + q);
}

export const figure30: StudyFigure = {
  number: '30',
  studies: [
    {
      name: 'figure-30',
      title: 'Figure 30: nₑ / nᵣ over memory',
      dim: 100,
      real,
      synthetic,
      lambda: 1,
      memory: [1, 2, 4, 6, 11, 21, 31, 51, 101],
    },
  ],
  chart: ([study]) =>
    lineChart({
      title: 'Samples from more past models help more',
      subtitle: [
        `Gaussian models, fresh data loop, d = 100, nᵣ = ${numberText(real)}, nₛ = ${numberText(synthetic)}, λ = 1; error bars: 95 %`,
        `ceiling: (nᵣ + nₛ) / nᵣ = ${(real + synthetic) / real}`,
      ],
      xTitle: 'past models that are sampled (the paper’s K + 1)',
      yTitle: 'nₑ / nᵣ',
      dashTitle: 'nₑ / nᵣ',
      curves: [
        {
          dash: 'limit point',
          dots: true,
          points: study!.cells.map((cell) => {
            const { value, low, high } = reading(cell, 'ratio');
            return { x: cell.parameters.memory, y: value, interval: [low, high] };
          }),
        },
        {
          dash: 'n ≫ d',
          points: Array.from({ length: 101 }, (_, i) => ({ x: i + 1, y: manySamplesRatio(i + 1) })),
        },
      ],
    }),
  table: ([study]) => tableText(['memory', 'n_e / n_r', '95 % from', 'to', 'n >> d'], study!.cells.map(row)),
};

function row(cell: StudyDocument['cells'][number]): string[] {
  const { value, low, high } = reading(cell, 'ratio');
  const text = (ratio: number) => (Number.isFinite(ratio) ? ratio.toFixed(3) : '');
  const { memory } = cell.parameters;
  return [String(memory), text(value), text(low), text(high), text(manySamplesRatio(memory))];
}
