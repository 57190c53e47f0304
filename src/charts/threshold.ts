// The line in a map at which a quantity passes a level: n_e = n_r, on one side of which synthetic data help, on the other hurt.

import type { AxisScale } from './axis-scale.js';
import { type Point, zeroContour } from './threshold-contour.js';

/** Lines on which `values` (a row for each value of y; NaN: none) are zero, in axis positions, interpolated linearly. */
export function thresholdLines(values: readonly (readonly number[])[], x: AxisScale, y: AxisScale): Point[][] {
  const xs = [x.edges[0]!, ...x.positions, x.edges.at(-1)!];
  const ys = [y.edges[0]!, ...y.positions, y.edges.at(-1)!];
  const rows = values.map((row) => framed(row, extrapolated));
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
