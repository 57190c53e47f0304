// The largest n_s at which synthetic data still help, read off the cells of a study.

import { type AxisScale, axisScale } from '../../charts/axis-scale.js';
import { reading } from '../../charts/cell-state.js';
import type { NumericDimension, Panel } from '../../charts/study-layout.js';
import { numberText } from '../../charts/ticks.js';

/**
 * For every value of x, where n_e / n_r comes down through 1 as y grows, interpolated in the logarithms: "774", "< 10" or
 * "> 10,000" where that is beyond the cells. Of several such places the last.
 */
export function thresholdTexts(panel: Panel, { axis, values }: NumericDimension): string[] {
  const scale = axisScale(axis, values);
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
