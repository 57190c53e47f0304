import { existsSync } from 'node:fs';
import { invalid } from '../../base/check.js';
import { MadloopError } from '../../base/errors.js';
import { wholeStudy } from './shards.js';
import { inStore } from './sqlite.js';
import { makeFolderOf, openStoreForReading } from './store-file.js';
import type { CellRow, ChainSums } from './store-sql.js';
import {
  checkSettings,
  lockStore,
  makeStore,
  readCells,
  readSettings,
  type StoreSettings,
} from './study-store.js';

/**
 * Joins stores of one study, for instance of its shards, into one that can be resumed as a whole. The order does not
 * matter, nor whether a store comes twice. `output` must be a new file. Errors: ERR_STORE where a part is of another study
 * or engine, or two parts hold different results.
 */
export async function mergeStudies(where: string, paths: readonly string[], output: string): Promise<void> {
  makeFolderOf(where, output);
  const lock = await lockStore(where, output);
  try {
    if (existsSync(output)) {
      throw new MadloopError(
        'ERR_STORE',
        `${where}: ${output}: there is such a file already; it was left as it is`,
      );
    }
    const parts: Part[] = [];
    for (const path of paths) parts.push(await readPart(where, path));
    const first = parts[0];
    if (first === undefined) throw invalid(where, 'stores', 'be at least one', paths);
    for (const { path, settings } of parts) {
      checkSettings(where, path, whole(settings), whole(first.settings));
    }
    const cells = first.cells.map((_, index) => best(where, parts, index));
    const chains = cells.map((cell, index) => (cell.state === 'waiting' ? mostChains(parts, index) : []));
    // The earliest, so that the order of the parts leaves no trace.
    const created = parts.map(({ settings }) => settings.created).reduce((a, b) => (a < b ? a : b));
    const settings = { ...whole(first.settings), created };
    await makeStore(where, output, settings, cells, new Int32Array(cells.length), (sql) => {
      for (const { cell, result, error } of cells) {
        if (result !== null) sql.finishCell(cell, result);
        else if (error !== undefined) sql.refuseCell(cell, error);
      }
      for (const sums of chains.flat()) sql.addChains(sums);
    });
  } finally {
    lock.release();
  }
}

interface Part {
  readonly path: string;
  readonly settings: StoreSettings;
  readonly cells: readonly CellRow[];
  readonly chains: ReadonlyMap<number, readonly ChainSums[]>;
}

async function readPart(where: string, path: string): Promise<Part> {
  const { db, sql } = await openStoreForReading(where, path);
  try {
    return inStore(where, path, () => {
      const damage = sql.damage();
      if (damage !== undefined) {
        throw new MadloopError('ERR_STORE', `${where}: ${path}: the file is damaged (${damage})`);
      }
      return { path, settings: readSettings(sql), cells: readCells(sql), chains: sql.chains() };
    });
  } finally {
    db.close();
  }
}

const whole = (settings: StoreSettings): StoreSettings => ({ ...settings, choice: wholeStudy });

/** The cell as the part knows it that has come furthest. */
function best(where: string, parts: readonly Part[], index: number): CellRow {
  const done = parts.filter(({ cells }) => cells[index]!.state !== 'waiting');
  const [first, ...others] = done;
  if (first === undefined) return parts[0]!.cells[index]!;
  const outcome = ({ cells }: Part): string => JSON.stringify([cells[index]!.result, cells[index]!.error]);
  for (const other of others) {
    if (outcome(other) === outcome(first)) continue;
    throw new MadloopError(
      'ERR_STORE',
      `${where}: cell ${index} has different results in ${first.path} and ${other.path}: one of them was changed or is damaged`,
    );
  }
  return first.cells[index]!;
}

/** Chains of a cell that is not finished; they are the same in all parts, as far as each has come. */
function mostChains(parts: readonly Part[], cell: number): readonly ChainSums[] {
  const count = (chains: readonly ChainSums[]): number => chains.reduce((sum, { count }) => sum + count, 0);
  return parts
    .map(({ chains }) => chains.get(cell) ?? [])
    .reduce((most, chains) => (count(chains) > count(most) ? chains : most));
}
