// The cells of a store, and whether they are those of its study.

import { MadloopError } from '../../base/errors.js';
import { cellKey } from '../definition/study-identity.js';
import { resolveStudy } from '../definition/study-plan.js';
import { type CellRow, type CellState, stateOf } from './cell-row.js';
import { DamagedStore } from './sqlite.js';
import type { LimitDescription, StoreSettings } from './store-settings.js';
import type { ChainSums, StoreSql } from './store-sql.js';

/** All cells of a store. Throws DamagedStore unless they are those of its study. */
export function readCells(sql: StoreSql, settings: StoreSettings<LimitDescription>): CellRow[] {
  const rows = sql.cells();
  const keys = cellKeys(settings);
  const wrong = keys.findIndex((key, i) => rows[i]?.cell !== i || cellKey(rows[i].parameters) !== key);
  if (wrong >= 0) throw new DamagedStore(`cell ${wrong} is missing or not that of the study`);
  if (rows.length > keys.length) throw new DamagedStore(`${rows.length} cells, of ${keys.length}`);
  return rows;
}

/** The cells of the study that a store was made for, by its own description. */
function cellKeys({ document: { axes, fixed }, content }: StoreSettings<LimitDescription>): string[] {
  if (axes.length === 0) return (content.cells ?? '').split(', ');
  try {
    const values = Object.fromEntries(axes.map(({ axis, values }) => [axis, values]));
    const { cells } = resolveStudy('store', { ...fixed, ...values });
    return cells.map(({ parameters }) => cellKey(parameters));
  } catch (error) {
    if (!(error instanceof MadloopError)) throw error;
    throw new DamagedStore(`its description is of no study: ${error.message}`);
  }
}

/** How many cells of a shard are in which state. */
export function countCells(cells: readonly CellRow[], shard: number): Readonly<Record<CellState, number>> {
  const counts = { waiting: 0, done: 0, refused: 0 };
  for (const cell of cells) if (cell.shard === shard) counts[stateOf(cell)] += 1;
  return counts;
}

export function chainsByCell<Chains extends ChainSums>(all: readonly Chains[]): Map<number, Chains[]> {
  const byCell = new Map<number, Chains[]>();
  for (const chains of all) {
    const others = byCell.get(chains.cell);
    if (others === undefined) byCell.set(chains.cell, [chains]);
    else others.push(chains);
  }
  return byCell;
}
