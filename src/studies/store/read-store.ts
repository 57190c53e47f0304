import type { StudyDocument } from '../definition/study-document.js';
import { openedLoops } from './loop-store.js';
import { loopStudyOf, type StoredLoopStudy } from './loop-study-of.js';
import { chainsByCell, countCells, readCells } from './store-cells.js';
import { withSoundStore } from './store-file.js';
import { readLoops } from './store-loops.js';
import {
  type LimitDescription,
  type LoopDescription,
  readSettings,
  type StoreSettings,
} from './store-settings.js';
import type { RunRow, StoreSql } from './store-sql.js';

/** The study as the store holds it: of loops without means. Errors: ERR_STORE, ERR_MISSING_PACKAGE. */
export async function readStore(where: string, path: string): Promise<StudyDocument | StoredLoopStudy> {
  return withSoundStore(where, path, (sql) => {
    if (sql.kind === 'limit') return limitStudyOf(sql);
    const settings = readSettings<LoopDescription>(sql);
    return loopStudyOf(settings, readLoops(sql, settings));
  });
}

function limitStudyOf(sql: StoreSql): StudyDocument {
  const settings = readSettings<LimitDescription>(sql);
  const { name, title, document, madeBy, created } = settings;
  return {
    ...{ name, title, ...document },
    provenance: { ...madeBy, created },
    cells: readCells(sql, settings).map(({ parameters, at, result, error }) => ({
      ...{ parameters, at, result },
      ...(error !== undefined && { error }),
    })),
  };
}

/** How far the study in a store has come. */
export interface StudyStatus {
  readonly name: string;
  readonly title: string;
  /** Which part of the study, of how many. */
  readonly shard: number;
  readonly shards: number;
  /** Cells of this part; of loops, those of which it runs replicates. */
  readonly cells: number;
  readonly done: number;
  readonly refused: number;
  readonly waiting: number;
  /** Cells that are not finished but have chains, or replicates, in the store. */
  readonly begun: number;
  readonly madloop: string;
  readonly instructionSet: string;
  /** The last run; absent in a merged store. */
  readonly lastRun?: RunRow;
}

/** The status of a store, which may be in use. Errors: as `readStudy`. */
export async function readStatus(where: string, path: string): Promise<StudyStatus> {
  return withSoundStore(where, path, (sql) => {
    const { counts, settings } = sql.kind === 'limit' ? limitCounts(sql) : loopCounts(sql);
    const { name, title, choice, madeBy } = settings;
    const lastRun = sql.lastRun();
    return { ...{ name, title, ...choice, ...counts, ...madeBy }, ...(lastRun && { lastRun }) };
  });
}

interface Counted {
  readonly settings: StoreSettings;
  readonly counts: Pick<StudyStatus, 'cells' | 'done' | 'refused' | 'waiting' | 'begun'>;
}

function limitCounts(sql: StoreSql): Counted {
  const settings = readSettings<LimitDescription>(sql);
  const { done, refused, waiting } = countCells(readCells(sql, settings), settings.choice.shard);
  const begun = chainsByCell(sql.chains()).size;
  return { settings, counts: { cells: done + refused + waiting, done, refused, waiting, begun } };
}

function loopCounts(sql: StoreSql): Counted {
  const settings = readSettings<LoopDescription>(sql);
  const loops = openedLoops(readLoops(sql, settings), settings.document.replicates, settings.choice);
  const counts = { cells: 0, done: 0, refused: 0, waiting: 0, begun: 0 };
  for (const { cells, replicates, waiting, isRefused } of loops) {
    const state = waiting.length > 0 ? 'waiting' : isRefused ? 'refused' : 'done';
    counts.cells += cells;
    counts[state] += cells;
    if (state === 'waiting' && waiting.length < replicates) counts.begun += cells;
  }
  return { settings, counts };
}
