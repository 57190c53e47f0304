// The line n_e = n_r in the chart of a study: on one side of it the synthetic data help, on the other they hurt.

import type { AxisScale } from './axis-scale.js';
import { reading } from './cell-state.js';
import type { Panel } from './study-layout.js';
import { type Point, zeroContour } from './threshold-contour.js';

/** Lines of n_e / n_r = 1 in axis positions, interpolated in log(n_e / n_r). */
export function thresholdLines(panel: Panel, x: AxisScale, y: AxisScale): Point[][] {
  const logarithms = panel.cells.map((row) =>
    row.map((cell) => {
      const { value } = reading(cell, 'ratio');
      return value > 0 && Number.isFinite(value) ? Math.log(value) : Number.NaN;
    }),
  );
  const xs = [x.edges[0]!, ...x.positions, x.edges.at(-1)!];
  const ys = [y.edges[0]!, ...y.positions, y.edges.at(-1)!];
  const rows = logarithms.map((row) => framed(row, extrapolated));
  return zeroContour(
    xs,
    ys,
    framed(rows, (from, beside) => from.map((value, i) => extrapolated(value, beside[i]!))),
  );
}

/** A list with one more entry at each end, so that lines run through the outermost half cells to the edge of the chart. */
function framed<T>(list: readonly T[], beyond: (last: T, beside: T) => T): T[] {
  return [beyond(list[0]!, list[1] ?? list[0]!), ...list, beyond(list.at(-1)!, list.at(-2) ?? list.at(-1)!)];
}

/** Half a step on from `last`; as there where the one beside it is missing. */
function extrapolated(last: number, beside: number): number {
  return Number.isNaN(beside) ? last : last + (last - beside) / 2;
}
