import { existsSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { invalid } from '../../base/check.js';
import { MadloopError } from '../../base/errors.js';
import type { StudyKind } from '../definition/study-options.js';
import { type CellRow, stateOf } from './cell-row.js';
import type { ReplicateOutcome, ReplicateRow } from './loop-row.js';
import { checkKind, lockStore, makeStore } from './running-store.js';
import { wholeStudy } from './shards.js';
import { chainsByCell, readCells } from './store-cells.js';
import { makeFolderOf, refused, withSoundStore } from './store-file.js';
import { readLoops, type StoredLoops } from './store-loops.js';
import { onlyName } from './store-name.js';
import {
  checkSettings,
  type LimitDescription,
  type LoopDescription,
  readSettings,
  type StoreSettings,
} from './store-settings.js';
import type { ChainSums, StoreSql } from './store-sql.js';

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
    const [path, ...others] = paths;
    if (path === undefined) throw invalid(where, 'stores', 'be at least one', paths);
    const kind = await withSoundStore(where, path, (sql) => sql.kind);
    const read = <Found extends Part>(readPart: (path: string, sql: StoreSql) => Found): Promise<Found[]> =>
      readParts(where, [path, ...others], kind, readPart);
    if (kind === 'limit') {
      const parts = await read(limitPart);
      const { rows, chains } = mergedCells(where, parts);
      await makeStore(where, file, kind, mergedSettings(parts), (sql) => {
        for (const row of rows) sql.putCell(row);
        for (const [portion, sums] of chains.entries()) sql.addChains({ ...sums, portion });
      });
    } else {
      const parts = await read(loopPart);
      const replicates = mergedReplicates(where, parts);
      await makeStore(where, file, kind, mergedSettings(parts), (sql) => {
        for (const loop of parts[0]!.stored.loops) sql.putLoop(loop);
        for (const replicate of replicates) sql.putReplicate(replicate);
      });
    }
  } finally {
    lock.release();
  }
}

interface Part {
  readonly path: string;
  readonly settings: StoreSettings;
}

/** The stores to be joined, all of one study and engine. */
async function readParts<Found extends Part>(
  where: string,
  paths: readonly string[],
  kind: StudyKind,
  readPart: (path: string, sql: StoreSql) => Found,
): Promise<Found[]> {
  const parts: Found[] = [];
  for (const path of paths) {
    const part = await withSoundStore(where, path, (sql) => {
      checkKind(where, path, sql, kind);
      return readPart(path, sql);
    });
    parts.push(part);
  }
  for (const { path, settings } of parts)
    checkSettings(where, path, whole(settings), whole(parts[0]!.settings));
  return parts;
}

function mergedSettings(parts: readonly Part[]): StoreSettings {
  // The earliest, so that the order of the parts leaves no trace.
  const created = parts.map(({ settings }) => settings.created).reduce((a, b) => (a < b ? a : b));
  return { ...whole(parts[0]!.settings), created };
}

const whole = (settings: StoreSettings): StoreSettings => ({ ...settings, choice: wholeStudy });

interface LimitPart extends Part {
  readonly cells: readonly CellRow[];
  readonly chains: ReadonlyMap<number, readonly ChainSums[]>;
}

function limitPart(path: string, sql: StoreSql): LimitPart {
  const settings = readSettings<LimitDescription>(sql);
  return { path, settings, cells: readCells(sql, settings), chains: chainsByCell(sql.chains()) };
}

function mergedCells(
  where: string,
  parts: readonly LimitPart[],
): { readonly rows: readonly CellRow[]; readonly chains: readonly ChainSums[] } {
  const cells = parts[0]!.cells.map((_, index) => best(where, parts, index));
  return {
    rows: cells.map((cell) => ({ ...cell, shard: wholeStudy.shard })),
    chains: cells.flatMap((cell, index) => (stateOf(cell) === 'waiting' ? mostChains(parts, index) : [])),
  };
}

/** The cell as the part knows it that has come furthest. */
function best(where: string, parts: readonly LimitPart[], index: number): CellRow {
  const done = parts.filter(({ cells }) => stateOf(cells[index]!) !== 'waiting');
  const [first, ...others] = done;
  if (first === undefined) return parts[0]!.cells[index]!;
  const outcome = ({ cells }: LimitPart): string => JSON.stringify([cells[index]!.result, cells[index]!.error]);
  for (const other of others) {
    if (outcome(other) === outcome(first)) continue;
    throw differing(where, `cell ${index} has`, first, other);
  }
  return first.cells[index]!;
}

/** Chains of a cell that is not finished; they are the same in all parts, as far as each has come. */
function mostChains(parts: readonly LimitPart[], cell: number): readonly ChainSums[] {
  const count = (chains: readonly ChainSums[]): number => chains.reduce((sum, { count }) => sum + count, 0);
  return parts
    .map(({ chains }) => chains.get(cell) ?? [])
    .reduce((most, chains) => (count(chains) > count(most) ? chains : most));
}

interface LoopPart extends Part {
  readonly stored: StoredLoops;
}

function loopPart(path: string, sql: StoreSql): LoopPart {
  const settings = readSettings<LoopDescription>(sql);
  return { path, settings, stored: readLoops(sql, settings) };
}

/** Every replicate that some part has, in the order of their places. */
function mergedReplicates(where: string, parts: readonly LoopPart[]): ReplicateRow[] {
  const found = new Map<number, { readonly part: LoopPart; readonly outcome: ReplicateOutcome }>();
  const { replicates } = (parts[0]!.settings as StoreSettings<LoopDescription>).document;
  const row = (place: number): Omit<ReplicateRow, 'outcome'> => ({
    ...{ place, cell: Math.floor(place / replicates), replicate: place % replicates },
  });
  for (const part of parts) {
    for (const [place, outcome] of part.stored.outcomes) {
      const other = found.get(place);
      if (other === undefined) {
        found.set(place, { part, outcome });
      } else if (!isDeepStrictEqual(other.outcome, outcome)) {
        const { cell, replicate } = row(place);
        throw differing(where, `replicate ${replicate} of cell ${cell} has`, other.part, part);
      }
    }
  }
  return [...found].sort(([a], [b]) => a - b).map(([place, { outcome }]) => ({ ...row(place), outcome }));
}

function differing(where: string, what: string, first: Part, other: Part): MadloopError {
  return new MadloopError(
    'ERR_STORE',
    `${where}: ${what} different results in ${first.path} and ${other.path}: one of them was changed or is damaged`,
  );
}
