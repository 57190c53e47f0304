import type { StudyDocument } from '../definition/study-document.js';
import { chainsByCell, countCells, readCells } from './store-cells.js';
import { withSoundStore } from './store-file.js';
import { readSettings } from './store-settings.js';
import type { RunRow } from './store-sql.js';

/** The study as the store holds it. Errors: ERR_STORE, ERR_MISSING_PACKAGE. */
export async function readStore(where: string, path: string): Promise<StudyDocument> {
  return withSoundStore(where, path, (sql) => {
    const settings = readSettings(sql);
    const { name, title, document, madeBy, created } = settings;
    return {
      ...{ name, title, ...document },
      provenance: { ...madeBy, created },
      cells: readCells(sql, settings).map(({ parameters, at, result, error }) => ({
        ...{ parameters, at, result },
        ...(error !== undefined && { error }),
      })),
    };
  });
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

/** The status of a store, which may be in use. Errors: as `readStore`. */
export async function readStatus(where: string, path: string): Promise<StudyStatus> {
  return withSoundStore(where, path, (sql) => {
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
}
