import { invalid } from '../../base/check.js';
import type { StudyDocument } from '../definition/study-document.js';
import { readingStore } from './sqlite.js';
import { chainsByCell, countCells, readCells } from './store-cells.js';
import { openStoreForReading } from './store-file.js';
import { readSettings } from './store-settings.js';
import type { RunRow } from './store-sql.js';

/** What `readStudy` returns, for a call that is named `where`. */
export async function storedStudy(where: string, path: string): Promise<StudyDocument> {
  if (typeof path !== 'string' || path === '') throw invalid(where, 'path', 'be the name of a file', path);
  const { db, sql } = await openStoreForReading(where, path);
  try {
    return readingStore(where, path, () => {
      const settings = readSettings(sql);
      const { name, title, document, madeBy, created } = settings;
      return {
        ...{ name, title, ...document },
        provenance: { ...madeBy, created },
        cells: readCells(sql, settings).map(({ parameters, at, result, error }) => ({
          parameters,
          at,
          result,
          ...(error !== undefined && { error }),
        })),
      };
    });
  } finally {
    db.close();
  }
}

/** How far the study in a store has come. */
export interface StudyStatus {
  readonly name: string;
  readonly title: string;
  /** Which part of the study, of how many. */
  readonly shard: number;
  readonly shards: number;
  /** Cells of this part. */
  readonly cells: number;
  readonly done: number;
  readonly refused: number;
  readonly waiting: number;
  /** Cells that are not finished but have chains in the store. */
  readonly begun: number;
  readonly madloop: string;
  readonly instructionSet: string;
  /** The last run; absent in a merged store. */
  readonly lastRun?: RunRow;
}

/** The status of a store, which may be in use. Errors: as `readStudy`. */
export async function studyStatus(where: string, path: string): Promise<StudyStatus> {
  const { db, sql } = await openStoreForReading(where, path);
  try {
    return readingStore(where, path, () => {
      const settings = readSettings(sql);
      const { name, title, choice, madeBy } = settings;
      const { done, refused, waiting } = countCells(readCells(sql, settings), choice.shard);
      const lastRun = sql.lastRun();
      return {
        ...{ name, title, ...choice, cells: done + refused + waiting, done, refused, waiting },
        begun: chainsByCell(sql.chains()).size,
        ...madeBy,
        ...(lastRun && { lastRun }),
      };
    });
  } finally {
    db.close();
  }
}
