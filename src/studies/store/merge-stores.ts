import { existsSync } from 'node:fs';
import { invalid } from '../../base/check.js';
import { MadloopError } from '../../base/errors.js';
import { type CellRow, stateOf } from './cell-row.js';
import { wholeStudy } from './shards.js';
import { chainsByCell, readCells } from './store-cells.js';
import { makeFolderOf, refused, withSoundStore } from './store-file.js';
import { onlyName } from './store-name.js';
import { checkSettings, readSettings, type StoreSettings } from './store-settings.js';
import type { ChainSums } from './store-sql.js';
import { lockStore, makeStore } from './study-store.js';

/**
 * Joins stores of one study, for instance of its shards, into one that can be resumed as a whole. The order does not
 * matter, nor whether a store comes twice. `output` must be a new file. Errors: ERR_STORE where a part is of another study
 * or engine, or two parts hold different results.
 */
export async function mergeStores(where: string, paths: readonly string[], output: string): Promise<void> {
  makeFolderOf(where, output);
  const file = onlyName(where, output);
  const lock = await lockStore(where, output, file);
  try {
    if (existsSync(output)) throw refused(where, output, 'there is such a file already');
    const parts: Part[] = [];
    for (const path of paths) parts.push(await readPart(where, path));
    const first = parts[0];
    if (first === undefined) throw invalid(where, 'stores', 'be at least one', paths);
    for (const { path, settings } of parts) {
      checkSettings(where, path, whole(settings), whole(first.settings));
    }
    const cells = first.cells.map((_, index) => best(where, parts, index));
    const chains = cells.flatMap((cell, index) =>
      stateOf(cell) === 'waiting' ? mostChains(parts, index) : [],
    );
    // The earliest, so that the order of the parts leaves no trace.
    const created = parts.map(({ settings }) => settings.created).reduce((a, b) => (a < b ? a : b));
    const settings = { ...whole(first.settings), created };
    const rows = cells.map((cell) => ({ ...cell, shard: wholeStudy.shard }));
    await makeStore(where, file, settings, rows, chains);
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

function readPart(where: string, path: string): Promise<Part> {
  return withSoundStore(where, path, (sql) => {
    const settings = readSettings(sql);
    return { path, settings, cells: readCells(sql, settings), chains: chainsByCell(sql.chains()) };
  });
}

const whole = (settings: StoreSettings): StoreSettings => ({ ...settings, choice: wholeStudy });

/** The cell as the part knows it that has come furthest. */
function best(where: string, parts: readonly Part[], index: number): CellRow {
  const done = parts.filter(({ cells }) => stateOf(cells[index]!) !== 'waiting');
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
