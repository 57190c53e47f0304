// The answer of `madloop advise`, as a table for programs and as a picture.

import type { Advice, Sensitivity } from '../../advice/advice.js';
import type { Chart } from '../../charts/chart.js';
import { heatMap } from '../../charts/heat-map.js';
import type { CellMark } from '../../charts/marks.js';
import { lambdaText, numberText } from '../../charts/numbers.js';
import { csvText } from '../../files/csv.js';

/** A line for each dimension and lambda; of none where they were left out. */
export function adviceCsv({ sensitivity }: Advice): string {
  const names = [
    'dim',
    'lambda',
    'effectiveSampleSize',
    'ratio',
    'low',
    'high',
    'collapse',
    'verdict',
    'variance',
    'measured',
  ];
  if (sensitivity === null) return csvText(names, []);
  const { dims, lambdas, cells } = sensitivity;
  const rows = dims.flatMap((dim, i) =>
    lambdas.flatMap((lambda, j) => {
      const cell = cells[i]![j]!;
      if (cell === null) return [];
      const [low, high] = cell.band ?? cell.interval;
      const { effectiveSampleSize, ratio, collapse, verdict, variance, measured } = cell;
      return [
        [dim, lambda, effectiveSampleSize, ratio, low, high, collapse, verdict, variance, String(measured)],
      ];
    }),
  );
  return csvText(names, rows);
}

/** n_e / n_r over dimension and lambda; undefined where that was left out. */
export function adviceChart({ inputs, sensitivity }: Advice): Chart | undefined {
  if (sensitivity === null) return undefined;
  const { real, synthetic, lambda, dim, memory, kept } = inputs;
  const detected =
    kept.real === real && kept.synthetic === synthetic
      ? ''
      : `, of which a detector leaves ${numberText(kept.real, 7)} and ${numberText(kept.synthetic, 7)}`;
  const { dims, lambdas, cells } = sensitivity;
  const doubtful = cells.flat().filter((cell) => cell?.measured === false).length;
  const unmeasured = doubtful === 0 ? '' : `; in ${doubtful} cells the accuracy of the method is not measured`;
  return heatMap({
    title: 'Do synthetic samples help?',
    subtitle: [
      `nᵣ = ${numberText(real, 7)}, nₛ = ${numberText(synthetic, 7)}${detected}${memory === 1 ? '' : `, memory ${memory}`}; asked for d = ${numberText(dim, 7)}, λ = ${lambdaText(lambda)}`,
      `Gaussian model of Gaussian data, in the long run${unmeasured}`,
    ],
    x: { title: 'sampling bias λ', values: lambdas },
    y: { title: 'dimension d', values: dims, scale: 'logarithmic' },
    panels: [
      {
        values: cells.map((row) => row.map((cell) => cell?.ratio)),
        marks: cells.map((row) => row.map(markOf)),
      },
    ],
    colours: 'ratio',
    colourTitle: 'nₑ / nᵣ',
    level: { value: 1, label: 'nₑ = nᵣ' },
    // The middle of both, whatever of them was left out at an end.
    point: { column: lambdas.indexOf(lambda), row: dims.indexOf(dim), label: 'asked for' },
    markLabels: { stroke: 'hurts', ring: 'undecided', cross: 'collapsed' },
  });
}

function markOf(cell: Sensitivity['cells'][number][number]): CellMark | undefined {
  if (cell === null) return undefined;
  return ({ hurts: 'stroke', undecided: 'ring', collapsed: 'cross' } as Record<string, CellMark>)[cell.verdict];
}
