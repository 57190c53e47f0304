// What figures of where synthetic data help have in common: the map of n_e / n_r, and the counts at which it passes 1.

import type { AxisScale } from '../../charts/axis-scale.js';
import { reading } from '../../charts/cell-state.js';
import type { Chart } from '../../charts/chart.js';
import { heatMap } from '../../charts/heat-map.js';
import { numberText } from '../../charts/numbers.js';
import { axisLabel, studyScale } from '../../charts/study-axes.js';
import { studyMap } from '../../charts/study-charts.js';
import { type NumericDimension, type Panel, studyLayout } from '../../charts/study-layout.js';
import type { StudyDocument } from '../../studies/definition/study-document.js';
import { tableText } from '../terminal/table.js';

export function admissibleMap(study: StudyDocument, title: string): Chart {
  const subtitle = ['Gaussian models, fresh data loop, d = 100. Blue: worth more than the real samples alone'];
  return heatMap(studyMap(study, { title, subtitle }));
}

/** The largest admissible n_s of every panel, at every `step`-th value of x and the last. */
export function thresholdTable(study: StudyDocument, step: number): string {
  const { x, y, panels } = studyLayout(study);
  const shown = x.values.map((_, i) => i).filter((i) => i % step === 0 || i === x.values.length - 1);
  const rows = panels.map((panel) => {
    const thresholds = thresholdTexts(panel, y);
    return [panel.label, ...shown.map((i) => thresholds[i]!)];
  });
  return [
    'The most synthetic samples per generation with which n_e >= n_r, interpolated between cells:',
    tableText(['', ...shown.map((i) => axisLabel(x.axis, x.values[i]!))], rows),
  ].join('\n');
}

/**
 * For every value of x, where n_e / n_r comes down through 1 as y grows, interpolated in the logarithms: "774", "< 10" or
 * "> 10,000" where that is beyond the cells. Of several such places the last.
 */
function thresholdTexts(panel: Panel, { axis, values }: NumericDimension): string[] {
  const scale = studyScale(axis, values);
  return panel.cells[0]!.map((_, i) =>
    thresholdText(
      panel.cells.map((row) => reading(row[i], 'ratio').value),
      scale,
    ),
  );
}

function thresholdText(ratios: readonly number[], { kind, values, positions }: AxisScale): string {
  if (ratios.every((ratio) => ratio >= 1)) return `> ${numberText(values.at(-1)!)}`;
  if (ratios.every((ratio) => ratio < 1)) return `< ${numberText(values[0]!)}`;
  const j = ratios.findLastIndex((ratio, k) => ratio >= 1 && ratios[k + 1]! < 1);
  if (j < 0) return '?';
  const [above, below] = [Math.log(ratios[j]!), Math.log(ratios[j + 1]!)];
  const position = positions[j]! + ((positions[j + 1]! - positions[j]!) * above) / (above - below);
  return numberText(kind === 'logarithmic' ? 10 ** position : position, 3);
}
