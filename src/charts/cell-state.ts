// What a cell of a study shows, beside its number.

import { isCollapsed } from '../limits/stationary-variance.js';
import type { StudyCell } from '../studies/definition/study-document.js';

/**
 * `admissible`: n_e >= n_r, the synthetic data help (or do no harm); `inadmissible`: n_e < n_r; `undecided`: the interval holds 1;
 * `collapsed`: neither is below, but the model has nearly shrunk to its mean, and so few real samples alone are no better;
 * `refused`: the cell has no answer (its error says why); `pending`: not finished; `absent`: not part of the study.
 */
export type CellState =
  | 'admissible'
  | 'inadmissible'
  | 'undecided'
  | 'collapsed'
  | 'refused'
  | 'pending'
  | 'absent';

export function cellState(cell: StudyCell | undefined): CellState {
  if (cell === undefined) return 'absent';
  if (cell.error !== undefined) return 'refused';
  if (cell.result === null) return 'pending';
  const { admissible } = cell.result;
  if (admissible !== false && isCollapsed(cell.parameters)) return 'collapsed';
  if (admissible === 'undecided') return 'undecided';
  return admissible ? 'admissible' : 'inadmissible';
}

/** What a chart can show of a cell. */
export type Quantity = 'ratio' | 'distance';

export interface Reading {
  readonly value: number;
  /** Ends of the 95 % interval; NaN where there is none. */
  readonly low: number;
  readonly high: number;
}

/** n_e / n_r with its interval, or the limit point ± 1.96 standard errors. NaN where there is none. */
export function reading(cell: StudyCell | undefined, quantity: Quantity): Reading {
  const result = cell?.result;
  if (result === null || result === undefined) return { value: Number.NaN, low: Number.NaN, high: Number.NaN };
  if (quantity === 'ratio') {
    const [value, low, high] = [result.ratio, result.ratioLow, result.ratioHigh].map((x) => x ?? Number.NaN);
    return { value: value!, low: low!, high: high! };
  }
  const half = 1.96 * (result.standardError ?? Number.NaN);
  return { value: result.distance, low: result.distance - half, high: result.distance + half };
}
