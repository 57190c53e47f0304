// All SQL of the store. A store is an ordinary SQLite file that other programs can read; docs/studies.md describes its tables.

import {
  type StudyAxis,
  type StudyCell,
  type StudyCellParameters,
  type StudyCellResult,
  studyAxes,
} from '../definition/study-document.js';
import type { SqliteDatabase, SqliteStatement, SqliteValue } from './sqlite.js';

/** In the file's header, where `file` and SQLite look for it: "madl". */
export const applicationId = 0x6d61_646c;

/** The format that this version writes; it reads no newer one. */
export const storeFormat = 1;

const parameterColumns: Readonly<Record<keyof StudyCellParameters, string>> = {
  variant: 'TEXT NOT NULL',
  divisor: 'TEXT NOT NULL',
  dim: 'INTEGER NOT NULL',
  real: 'INTEGER NOT NULL',
  synthetic: 'INTEGER NOT NULL',
  lambda: 'REAL NOT NULL',
  memory: 'INTEGER NOT NULL',
};

const resultColumns: Readonly<Record<keyof StudyCellResult, string>> = {
  distance: 'REAL',
  standardError: 'REAL',
  effectiveSampleSize: 'REAL',
  low: 'REAL',
  high: 'REAL',
  ratio: 'REAL',
  ratioLow: 'REAL',
  ratioHigh: 'REAL',
  admissible: 'TEXT',
  bounded: 'TEXT',
  generations: 'INTEGER',
  chains: 'INTEGER',
  varianceReduction: 'REAL',
};

const parameterNames = Object.keys(parameterColumns) as (keyof StudyCellParameters)[];
const resultNames = Object.keys(resultColumns) as (keyof StudyCellResult)[];

// Columns of an axis's place have a name of their own: cells of a list may give `real` or leave it to `total`.
const atColumn = (axis: StudyAxis): string => `at_${axis}`;

const columnsOf = (columns: Readonly<Record<string, string>>): string =>
  Object.entries(columns)
    .map(([name, type]) => `${name} ${type}`)
    .join(', ');

const schema = `
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${storeFormat};
  CREATE TABLE study (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE cells (
    cell INTEGER PRIMARY KEY,
    shard INTEGER NOT NULL,
    ${columnsOf(parameterColumns)},
    ${studyAxes.map((axis) => `${atColumn(axis)} REAL`).join(', ')},
    state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'refused')),
    ${columnsOf(resultColumns)},
    error TEXT
  ) STRICT;
  CREATE TABLE chains (
    portion INTEGER PRIMARY KEY,
    cell INTEGER NOT NULL,
    first INTEGER NOT NULL,
    count INTEGER NOT NULL,
    sums BLOB NOT NULL
  ) STRICT;
  CREATE INDEX chains_of_cell ON chains (cell);
  CREATE TABLE runs (
    run INTEGER PRIMARY KEY,
    pid INTEGER NOT NULL,
    host TEXT NOT NULL,
    started TEXT NOT NULL,
    updated TEXT NOT NULL,
    fraction REAL NOT NULL,
    secondsLeft REAL,
    ended TEXT
  ) STRICT;
`;

const givenColumns = [...parameterNames, ...studyAxes.map(atColumn)];
const insertCell =
  `INSERT INTO cells (cell, shard, state, ${givenColumns.join(', ')}) ` +
  `VALUES (?, ?, 'waiting', ${givenColumns.map(() => '?').join(', ')})`;
const updateCell = `UPDATE cells SET state = 'done', ${resultNames.map((name) => `${name} = ?`).join(', ')} WHERE cell = ?`;

export type CellState = 'waiting' | 'done' | 'refused';

/** What is known of a cell beforehand. */
export type PlacedCell = Pick<StudyCell, 'parameters' | 'at'>;

/** A row of the table of cells. */
export interface CellRow extends StudyCell {
  readonly cell: number;
  readonly shard: number;
  readonly state: CellState;
}

/** Sums of `count` chains of a cell from chain `first` on. */
export interface ChainSums {
  readonly cell: number;
  readonly first: number;
  readonly count: number;
  readonly sums: Float64Array;
}

/** A process that worked on the store. Nothing of it enters a result. */
export interface RunRow {
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

export class StoreSql {
  readonly #db: SqliteDatabase;
  readonly #prepared = new Map<string, SqliteStatement>();

  constructor(db: SqliteDatabase) {
    this.#db = db;
  }

  identification(): { application: number; format: number } {
    return {
      application: this.#value('PRAGMA application_id') as number,
      format: this.#value('PRAGMA user_version') as number,
    };
  }

  pageSize(): number {
    return this.#value('PRAGMA page_size') as number;
  }

  /** What SQLite finds wrong with the file; undefined: nothing. */
  damage(): string | undefined {
    const found = String(this.#value('PRAGMA quick_check(1)'));
    return found === 'ok' ? undefined : found;
  }

  createTables(): void {
    this.#db.exec(schema);
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

  setting(name: string): string | undefined {
    return this.#value('SELECT value FROM study WHERE name = ?', name) as string | undefined;
  }

  addSetting(name: string, value: string): void {
    this.#run('INSERT INTO study (name, value) VALUES (?, ?)', name, value);
  }

  addCell(cell: number, shard: number, { parameters, at }: PlacedCell): void {
    this.#run(
      insertCell,
      cell,
      shard,
      ...parameterNames.map((name) => parameters[name]),
      ...studyAxes.map((axis) => at[axis] ?? null),
    );
  }

  finishCell(cell: number, result: StudyCellResult): void {
    this.#run(
      updateCell,
      ...resultNames.map((name) => {
        const value = result[name];
        return typeof value === 'boolean' ? String(value) : value;
      }),
      cell,
    );
  }

  refuseCell(cell: number, error: string): void {
    this.#run("UPDATE cells SET state = 'refused', error = ? WHERE cell = ?", error, cell);
  }

  cells(): CellRow[] {
    return this.#prepare('SELECT * FROM cells ORDER BY cell').all().map(cellRow);
  }

  /** How many cells of a shard are in which state. */
  counts(shard: number): Readonly<Record<CellState, number>> {
    const counts = { waiting: 0, done: 0, refused: 0 };
    const rows = this.#prepare('SELECT state, count(*) AS count FROM cells WHERE shard = ? GROUP BY state');
    for (const { state, count } of rows.iterate(shard) as Iterable<{ state: CellState; count: number }>) {
      counts[state] = count;
    }
    return counts;
  }

  addChains({ cell, first, count, sums }: ChainSums): void {
    this.#run(
      'INSERT INTO chains (cell, first, count, sums) VALUES (?, ?, ?, ?)',
      cell,
      first,
      count,
      new Uint8Array(sums.buffer, sums.byteOffset, sums.byteLength),
    );
  }

  /** How many cells have chains here. */
  begun(): number {
    return this.#value('SELECT count(DISTINCT cell) FROM chains') as number;
  }

  removeChains(cell: number): void {
    this.#run('DELETE FROM chains WHERE cell = ?', cell);
  }

  /** By cell, in the order they were added: a cell that began again has its first chains twice, and needs both. */
  chains(): Map<number, ChainSums[]> {
    const rows = this.#prepare('SELECT cell, first, count, sums FROM chains ORDER BY portion').iterate();
    const byCell = new Map<number, ChainSums[]>();
    for (const row of rows as Iterable<Omit<ChainSums, 'sums'> & { sums: Uint8Array }>) {
      // A copy: the bytes need not lie where a Float64Array can begin.
      const chains = { ...row, sums: new Float64Array(new Uint8Array(row.sums).buffer) };
      const others = byCell.get(row.cell);
      if (others === undefined) byCell.set(row.cell, [chains]);
      else others.push(chains);
    }
    return byCell;
  }

  addRun(pid: number, host: string, time: string): number {
    this.#run(
      'INSERT INTO runs (pid, host, started, updated, fraction) VALUES (?, ?, ?, ?, 0)',
      pid,
      host,
      time,
      time,
    );
    return this.#value('SELECT max(run) FROM runs') as number;
  }

  updateRun(run: number, time: string, fraction: number, secondsLeft: number | null): void {
    this.#run(
      'UPDATE runs SET updated = ?, fraction = ?, secondsLeft = ? WHERE run = ?',
      time,
      fraction,
      secondsLeft,
      run,
    );
  }

  endRun(run: number, time: string, ended: string): void {
    this.#run('UPDATE runs SET updated = ?, ended = ? WHERE run = ?', time, ended, run);
  }

  lastRun(): RunRow | undefined {
    return this.#prepare('SELECT * FROM runs ORDER BY run DESC LIMIT 1').all()[0] as RunRow | undefined;
  }

  #value(sql: string, ...values: readonly SqliteValue[]): unknown {
    const row = this.#prepare(sql).all(...values)[0];
    return row === undefined ? undefined : Object.values(row as object)[0];
  }

  #run(sql: string, ...values: readonly SqliteValue[]): void {
    this.#prepare(sql).run(...values);
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

function cellRow(value: unknown): CellRow {
  const row = value as Record<string, unknown>;
  const at: Partial<Record<StudyAxis, number>> = {};
  for (const axis of studyAxes) {
    const place = row[atColumn(axis)];
    if (place !== null) at[axis] = place as number;
  }
  const { cell, shard, state, error } = row as unknown as CellRow;
  return {
    cell,
    shard,
    state,
    parameters: pick<StudyCellParameters>(row, parameterNames),
    at,
    result: state === 'done' ? resultOf(row) : null,
    ...(state === 'refused' && { error: String(error) }),
  };
}

function resultOf(row: Record<string, unknown>): StudyCellResult {
  const { admissible } = row;
  return {
    ...pick<StudyCellResult>(row, resultNames),
    admissible: admissible === 'undecided' ? 'undecided' : admissible === 'true',
  };
}

function pick<Picked>(row: Record<string, unknown>, names: readonly (keyof Picked & string)[]): Picked {
  return Object.fromEntries(names.map((name) => [name, row[name]])) as Picked;
}
