// All SQL of the store.

import type { StudyKind } from '../definition/study-options.js';
import { type CellRow, cellOfRow, rowOfCell } from './cell-row.js';
import {
  type LoopRow,
  loopOfRow,
  type ReplicateRow,
  replicateOfRow,
  rowOfLoop,
  rowOfReplicate,
} from './loop-row.js';
import { DamagedStore, type SqliteDatabase, type SqliteStatement } from './sqlite.js';
import {
  applicationId,
  columnsOf,
  createTable,
  storeFormats,
  type TableName,
  tablesOfKind,
} from './store-tables.js';
import { asBytes, isBytes, openedRow, type StoredRow, sealedRow, selectRows, textOf } from './stored-row.js';

/** Sums of `count` chains of a cell from chain `first` on. */
export interface ChainSums {
  readonly cell: number;
  readonly first: number;
  readonly count: number;
  readonly sums: Float64Array;
}

/** Sums as the store has them. */
export interface StoredChains extends ChainSums {
  /** From 0, in the order in which they were added. */
  readonly portion: number;
}

/** A process that worked on the store. Nothing of it enters a result. */
export interface RunRow {
  readonly run: number;
  readonly pid: number;
  readonly host: string;
  /** ISO 8601, as all times here. */
  readonly started: string;
  readonly updated: string;
  /** Share of the work that is done, 0 to 1. */
  readonly fraction: number;
  readonly secondsLeft: number | null;
  /** How it ended: 'finished', 'stopped' or 'failed'; null while it runs, and for ever if it was killed. */
  readonly ended: string | null;
}

/** Reads every row through its checksum, and writes none without one. Throws DamagedStore. */
export class StoreSql {
  /** The kind of study that the store is of. */
  readonly kind: StudyKind;
  readonly #db: SqliteDatabase;
  readonly #prepared = new Map<string, SqliteStatement>();

  constructor(db: SqliteDatabase, kind: StudyKind) {
    this.#db = db;
    this.kind = kind;
  }

  pageSize(): number {
    return Object.values(this.#prepare('PRAGMA page_size').all()[0] as object)[0];
  }

  /** What SQLite finds wrong with the file; undefined: nothing. */
  damage(): string | undefined {
    const found = String(Object.values(this.#prepare('PRAGMA quick_check(1)').all()[0] as object)[0]);
    return found === 'ok' ? undefined : found;
  }

  /**
   * Throws DamagedStore unless the file has the tables of a store, word for word, and nothing else: no trigger, view or
   * index that SQLite would obey. To be called before any statement names a table.
   */
  checkSchema(): void {
    const columns = ['type', 'name', 'sql'].map(asBytes).join(', ');
    const found = this.#prepare(`SELECT ${columns} FROM sqlite_schema`)
      .all()
      .map((row) => {
        const { type, name, sql } = row as Record<string, unknown>;
        return { type: schemaText(type), name: schemaText(name), sql: oneLine(schemaText(sql)) };
      });
    const foreign = found.find(({ type, name }) => type !== 'table' || !this.#isTable(name));
    if (foreign !== undefined) {
      throw new DamagedStore(`the ${foreign.type} ${JSON.stringify(foreign.name)} is no part of a store`);
    }
    for (const table of tablesOfKind[this.kind]) {
      const [first, ...others] = found.filter(({ name }) => name === table);
      if (first === undefined) throw new DamagedStore(`the table ${table} is missing`);
      if (others.length > 0 || first.sql !== createTable[table]) {
        throw new DamagedStore(`the table ${table} is not as it was made`);
      }
    }
  }

  createTables(): void {
    this.#db.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${storeFormats[this.kind]}`);
    for (const table of tablesOfKind[this.kind]) this.#db.exec(createTable[table]);
  }

  /** Readers see every state between transactions, and a killed process leaves the last one. Slower modes are not needed. */
  beginWriting(): void {
    this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  }

  /** Back to a single file, which can be copied and read from read-only media; not while somebody reads. */
  endWriting(): void {
    this.#db.exec('PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE');
  }

  transaction(work: () => void): void {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#db.exec('COMMIT');
    } catch (error) {
      try {
        this.#db.exec('ROLLBACK');
      } catch {
        // SQLite has rolled back by itself, as it does where the disk is full.
      }
      throw error;
    }
  }

  settings(): ReadonlyMap<string, string> {
    return new Map(this.#rows('study').map(({ name, value }) => [name, value] as [string, string]));
  }

  putSetting(name: string, value: string): void {
    this.#put('study', { name, value });
  }

  cells(): CellRow[] {
    return this.#rows('cells').map(cellOfRow);
  }

  putCell(cell: CellRow): void {
    this.#put('cells', rowOfCell(cell));
  }

  /** In the order they were added: a cell that began again has its first chains twice, and needs both. */
  chains(): StoredChains[] {
    return this.#rows('chains').map((row) => {
      const { portion, cell, first, count } = row as unknown as StoredChains;
      // A copy: the bytes need not lie where a Float64Array can begin.
      const sums = new Float64Array(new Uint8Array(row.sums as Uint8Array).buffer);
      return { portion, cell, first, count, sums };
    });
  }

  addChains({ portion, cell, first, count, sums }: StoredChains): void {
    const bytes = new Uint8Array(sums.buffer, sums.byteOffset, sums.byteLength);
    this.#put('chains', { portion, cell, first, count, sums: bytes });
  }

  removeChains(portion: number): void {
    this.#prepare('DELETE FROM chains WHERE portion = ?').run(portion);
  }

  loops(): LoopRow[] {
    return this.#rows('loops').map(loopOfRow);
  }

  putLoop(loop: LoopRow): void {
    this.#put('loops', rowOfLoop(loop));
  }

  /** By cell and replicate. */
  replicates(): ReplicateRow[] {
    return this.#rows('replicates').map(replicateOfRow);
  }

  putReplicate(replicate: ReplicateRow): void {
    this.#put('replicates', rowOfReplicate(replicate));
  }

  lastRun(): RunRow | undefined {
    return this.#rows('runs', 'DESC LIMIT 1')[0] as unknown as RunRow | undefined;
  }

  putRun(run: RunRow): void {
    this.#put('runs', { ...run });
  }

  #isTable(name: string): boolean {
    return (tablesOfKind[this.kind] as readonly string[]).includes(name);
  }

  #rows(table: TableName, order = ''): StoredRow[] {
    const key = `${table}.${columnsOf[table][0]!.name}`;
    const select = this.#prepare(`${selectRows(table)} ORDER BY ${key} ${order}`).raw();
    const rows: StoredRow[] = [];
    for (const row of select.iterate()) rows.push(openedRow(table, row as unknown[]));
    return rows;
  }

  #put(table: TableName, row: StoredRow): void {
    const values = sealedRow(table, row);
    this.#prepare(`REPLACE INTO ${table} VALUES (${values.map(() => '?').join(', ')})`).run(...values);
  }

  #prepare(sql: string): SqliteStatement {
    let statement = this.#prepared.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      this.#prepared.set(sql, statement);
    }
    return statement;
  }
}

function schemaText(value: unknown): string {
  return isBytes(value) ? textOf(value) : '';
}

function oneLine(sql: string): string {
  return sql.trim().replace(/\s+/g, ' ');
}
