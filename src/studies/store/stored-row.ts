// Rows as the store keeps them: each with a checksum, and read so that whatever stands in the file is noticed here.

import { createHash } from 'node:crypto';
import { DamagedStore, type SqliteValue } from './sqlite.js';
import { type Column, columnsOf, type TableName } from './store-tables.js';

/** A row's values by column. */
export type StoredRow = Readonly<Record<string, SqliteValue>>;

/** The row as SQLite gives it back, in the order of the table's columns and with its checksum last. */
export function sealedRow(table: TableName, row: StoredRow): SqliteValue[] {
  const values = columnsOf[table].map(({ name }) => asStored(row[name]!));
  return [...values, checksum(table, values)];
}

/**
 * A row that was read by `selectRows`. Throws DamagedStore unless every value is of its column's type and the checksum is
 * that of the row.
 */
export function openedRow(table: TableName, read: unknown): StoredRow {
  const row = read as Readonly<Record<string, unknown>>;
  const columns = columnsOf[table];
  const values = columns.map((column) => {
    const value = columnValue(column, row[column.name]);
    if (value === undefined) throw damaged(table, row, `${column.name} is no ${column.type}`);
    return value;
  });
  const sum = row.checksum;
  if (!isBytes(sum) || !checksum(table, values).equals(bytesOf(sum))) {
    throw damaged(table, row, 'its checksum is not that of what it holds');
  }
  return Object.fromEntries(columns.map(({ name }, index) => [name, values[index]!]));
}

/** Text as its bytes, so that bytes that are no text reach us and not the library, which would end the process. */
export function selectRows(table: TableName): string {
  const columns = [...columnsOf[table].map(({ name }) => name), 'checksum'].map(asBytes);
  return `SELECT ${columns.join(', ')} FROM ${table}`;
}

export function asBytes(column: string): string {
  return `iif(typeof(${column}) = 'text', CAST(${column} AS BLOB), ${column}) AS ${column}`;
}

/** Bytes of text, read by `asBytes`. Throws DamagedStore where they are no UTF-8. */
export function textOf(bytes: ArrayBuffer | Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new DamagedStore('a text is no UTF-8');
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function isBytes(value: unknown): value is ArrayBuffer | Uint8Array {
  return value instanceof ArrayBuffer || value instanceof Uint8Array;
}

/** As SQLite keeps it: no negative zero, no NaN, no half of a surrogate pair. */
function asStored(value: SqliteValue): SqliteValue {
  if (typeof value === 'number') return Number.isNaN(value) ? null : value + 0;
  return typeof value === 'string' ? Buffer.from(value).toString() : value;
}

/** Undefined where the column cannot have it. */
function columnValue({ type, nullable }: Column, value: unknown): SqliteValue | undefined {
  if (value === null) return nullable ? null : undefined;
  if (type === 'TEXT') return isBytes(value) ? textOf(value) : undefined;
  if (type === 'BLOB') return isBytes(value) ? bytesOf(value) : undefined;
  const fits = type === 'INTEGER' ? Number.isSafeInteger(value) : Number.isFinite(value);
  return fits ? (value as number) : undefined;
}

function bytesOf(value: ArrayBuffer | Uint8Array): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array(value);
}

/**
 * 64 bits of the SHA-256 of the table's name and the values in their order. It is there against accidents, and against edits that
 * would pass for results; who wants to deceive can compute it too.
 */
function checksum(table: TableName, values: readonly SqliteValue[]): Buffer {
  const hash = createHash('sha256');
  // JSON has numbers in the shortest form that reads back as the same float64.
  const described = values.map((value) => (value instanceof Uint8Array ? { bytes: value.byteLength } : value));
  hash.update(JSON.stringify([table, ...described]));
  for (const value of values) if (value instanceof Uint8Array) hash.update(value);
  return hash.digest().subarray(0, 8);
}

function damaged(table: TableName, row: Readonly<Record<string, unknown>>, why: string): DamagedStore {
  const { name: key } = columnsOf[table][0]!;
  const value = row[key];
  const which = isBytes(value) ? JSON.stringify(new TextDecoder().decode(value)) : String(value);
  return new DamagedStore(`table ${table}, ${key} ${which}: ${why}`);
}
