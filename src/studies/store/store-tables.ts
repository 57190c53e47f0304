// The tables of a store: an ordinary SQLite file that other programs can read; docs/studies.md describes them.

import {
  type StudyAxis,
  type StudyCellParameters,
  type StudyCellResult,
  studyAxes,
} from '../definition/study-document.js';
import type { StudyKind } from '../definition/study-options.js';

/** In the file's header, where `file` and SQLite look for it: "madl". */
export const applicationId = 0x6d61_646c;

/** The format of the stores of each kind of study, written and read. Format 1, of limit points, had no checksums. */
export const storeFormats: Readonly<Record<StudyKind, number>> = { limit: 2, loop: 3 };

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

export const parameterNames = Object.keys(parameterColumns) as (keyof StudyCellParameters)[];
export const resultNames = Object.keys(resultColumns) as (keyof StudyCellResult)[];

// Columns of an axis's place have a name of their own: cells of a list may give `real` or leave it to `total`.
export const atColumn = Object.fromEntries(studyAxes.map((axis) => [axis, `at_${axis}`])) as Record<
  StudyAxis,
  string
>;

/** The columns of each table but the last one, the row's checksum. */
export const tables = {
  study: { name: 'TEXT PRIMARY KEY', value: 'TEXT NOT NULL' },
  cells: {
    cell: 'INTEGER PRIMARY KEY',
    shard: 'INTEGER NOT NULL',
    ...parameterColumns,
    ...Object.fromEntries(studyAxes.map((axis) => [atColumn[axis], 'REAL'])),
    state: "TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'refused'))",
    ...resultColumns,
    error: 'TEXT',
  },
  chains: {
    portion: 'INTEGER PRIMARY KEY',
    cell: 'INTEGER NOT NULL',
    first: 'INTEGER NOT NULL',
    count: 'INTEGER NOT NULL',
    sums: 'BLOB NOT NULL',
  },
  loops: {
    cell: 'INTEGER PRIMARY KEY',
    parameters: 'TEXT NOT NULL',
    at: 'TEXT NOT NULL',
  },
  replicates: {
    place: 'INTEGER PRIMARY KEY',
    cell: 'INTEGER NOT NULL',
    replicate: 'INTEGER NOT NULL',
    metrics: 'TEXT',
    series: 'BLOB',
    shown: 'BLOB',
    error: 'TEXT',
  },
  runs: {
    run: 'INTEGER PRIMARY KEY',
    pid: 'INTEGER NOT NULL',
    host: 'TEXT NOT NULL',
    started: 'TEXT NOT NULL',
    updated: 'TEXT NOT NULL',
    fraction: 'REAL NOT NULL',
    secondsLeft: 'REAL',
    ended: 'TEXT',
  },
} satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

export type TableName = keyof typeof tables;

const tableNames = Object.keys(tables) as TableName[];

/** The tables of the stores of each kind of study. */
export const tablesOfKind = {
  limit: ['study', 'cells', 'chains', 'runs'],
  loop: ['study', 'loops', 'replicates', 'runs'],
} as const satisfies Readonly<Record<StudyKind, readonly TableName[]>>;

export interface Column {
  readonly name: string;
  readonly type: 'INTEGER' | 'REAL' | 'TEXT' | 'BLOB';
  readonly nullable: boolean;
}

/** The columns that a row's checksum is over. */
export const columnsOf: Readonly<Record<TableName, readonly Column[]>> = ofTables((table) =>
  Object.entries(tables[table]).map(([name, definition]) => ({
    name,
    type: definition.split(' ')[0] as Column['type'],
    nullable: !/NOT NULL|PRIMARY KEY/.test(definition),
  })),
);

/** What makes each table. No other index than the tables themselves: all that SQLite goes by is then under a checksum. */
export const createTable: Readonly<Record<TableName, string>> = ofTables((table) => {
  const columns = Object.entries(tables[table]).map(([name, definition]) => `${name} ${definition}`);
  // A key of text would have an index beside the table.
  const options = table === 'study' ? 'STRICT, WITHOUT ROWID' : 'STRICT';
  return `CREATE TABLE ${table} (${columns.join(', ')}, checksum BLOB NOT NULL) ${options}`;
});

function ofTables<Value>(value: (table: TableName) => Value): Record<TableName, Value> {
  return Object.fromEntries(tableNames.map((table) => [table, value(table)])) as Record<TableName, Value>;
}
