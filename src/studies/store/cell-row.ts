// A cell as its row, and a row as the cell that it must be.

import {
  type StudyAxis,
  type StudyCell,
  type StudyCellParameters,
  type StudyCellResult,
  studyAxes,
} from '../definition/study-document.js';
import { DamagedStore, type SqliteValue } from './sqlite.js';
import { atColumn, parameterNames, resultNames } from './store-tables.js';
import type { StoredRow } from './stored-row.js';

export type CellState = 'waiting' | 'done' | 'refused';

/** What is known of a cell beforehand. */
export type PlacedCell = Pick<StudyCell, 'parameters' | 'at'>;

/** A row of the table of cells. */
export interface CellRow extends StudyCell {
  readonly cell: number;
  readonly shard: number;
}

export function stateOf({ result, error }: StudyCell): CellState {
  if (result !== null) return 'done';
  return error === undefined ? 'waiting' : 'refused';
}

/** Throws DamagedStore for a result that no reader would take. */
export function rowOfCell(cell: CellRow): StoredRow {
  const { parameters, at, result, error } = cell;
  if (result !== null) checkResult(cell.cell, result);
  // One object, value by value: there are many rows.
  const row: Record<string, SqliteValue> = { cell: cell.cell, shard: cell.shard };
  for (const name of parameterNames) row[name] = parameters[name];
  for (const axis of studyAxes) row[atColumn[axis]] = at[axis] ?? null;
  row.state = stateOf(cell);
  for (const name of resultNames) {
    const value = result?.[name] ?? null;
    row[name] = typeof value === 'boolean' ? String(value) : value;
  }
  row.error = error ?? null;
  return row;
}

/** Throws DamagedStore for a row that is no cell. */
export function cellOfRow(row: StoredRow): CellRow {
  const { cell: number, shard, state, error } = row as { [name: string]: unknown } & CellRow;
  const at: Partial<Record<StudyAxis, number>> = {};
  for (const axis of studyAxes) {
    const place = row[atColumn[axis]];
    if (typeof place === 'number') at[axis] = place;
  }
  const { admissible } = row;
  const result = {
    ...pick<StudyCellResult>(row, resultNames),
    admissible: admissible === 'true' || (admissible === 'false' ? false : admissible),
  } as StudyCellResult;
  if (state === 'done') checkResult(number, result);
  const cell: CellRow = {
    ...{ cell: number, shard, parameters: pick<StudyCellParameters>(row, parameterNames), at },
    result: state === 'done' ? result : null,
    ...(state === 'refused' && { error }),
  };
  const hasResult = resultNames.some((name) => row[name] !== null);
  if (hasResult !== (state === 'done') || (error !== null) !== (state === 'refused')) {
    throw new DamagedStore(`cell ${number} is ${state}, which is not what its results say`);
  }
  return cell;
}

const admissibles: readonly unknown[] = [true, false, 'undecided'];
const bounds: readonly unknown[] = ['yes', 'below-2', 'unbounded'];

function checkResult(cell: number, result: StudyCellResult): void {
  const { distance, standardError, admissible, bounded, generations, chains } = result;
  const wrong = [
    !(Number.isFinite(distance) && distance >= 0) && 'distance',
    !(standardError === null || standardError >= 0) && 'standardError',
    !admissibles.includes(admissible) && 'admissible',
    !bounds.includes(bounded) && 'bounded',
    !isCount(generations) && 'generations',
    !isCount(chains) && 'chains',
  ].find((name) => name !== false);
  if (wrong === undefined) return;
  const value = String(result[wrong as keyof StudyCellResult]);
  throw new DamagedStore(`cell ${cell} is finished, but its ${wrong} is ${value}`);
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function pick<Picked>(row: StoredRow, names: readonly (keyof Picked & string)[]): Picked {
  const picked: Record<string, unknown> = {};
  for (const name of names) picked[name] = row[name];
  return picked as Picked;
}
