// Rows as the store keeps them: each with a checksum, and read so that whatever stands in the file is noticed here.

import { createHash } from 'node:crypto';
import { DamagedStore, type SqliteValue } from './sqlite.js';
import { type Column, columnsOf, type TableName } from './store-tables.js';

/** A row's values by column. */
export type StoredRow = Readonly<Record<string, SqliteValue>>;

/** The row as SQLite gives it back, in the order of the table's columns and with its checksum last. */
export function sealedRow(table: TableName, row: StoredRow): SqliteValue[] {
  const values = columnsOf[table].map(({ name }) => asStored(row[name]!));
  values.push(checksum(table, values));
  return values;
}

/**
 * A row that was read by `selectRows`, its values in the order of the columns. Throws DamagedStore unless every value is of its
 * column's type and the checksum is that of the row.
 */
export function openedRow(table: TableName, read: readonly unknown[]): StoredRow {
  const columns = columnsOf[table];
  const values: SqliteValue[] = [];
  const row: Record<string, SqliteValue> = {};
  for (const [index, column] of columns.entries()) {
    const value = columnValue(column, read[index]);
    if (value === undefined) throw damaged(table, read, `${column.name} is no ${column.type}`);
    values.push(value);
    row[column.name] = value;
  }
  const sum = read[columns.length];
  if (!isBytes(sum) || !checksum(table, values).equals(bytesOf(sum))) {
    throw damaged(table, read, 'its checksum is not that of what it holds');
  }
  return row;
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
  return typeof value === 'string' && halfPair.test(value) ? Buffer.from(value).toString() : value;
}

const halfPair = /\p{Surrogate}/u;

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
  const blobs = values.filter((value) => value instanceof Uint8Array);
  const described =
    blobs.length === 0 ? values : values.map((value) => (isBytes(value) ? value.byteLength : value));
  // JSON has numbers in the shortest form that reads back as the same float64.
  hash.update(`${table}${JSON.stringify(described)}`);
  for (const blob of blobs) hash.update(blob);
  return hash.digest().subarray(0, 8);
}

function damaged(table: TableName, [key]: readonly unknown[], why: string): DamagedStore {
  const which = isBytes(key) ? JSON.stringify(new TextDecoder().decode(key)) : String(key);
  return new DamagedStore(`table ${table}, ${columnsOf[table][0]!.name} ${which}: ${why}`);
}
