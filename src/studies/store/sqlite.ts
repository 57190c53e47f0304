// The SQLite library, and its errors in our words.

import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MadloopError } from '../../base/errors.js';
import { optionalPackage } from '../../base/optional-package.js';

/** What is used of the package libsql. Its own declarations cannot be relied on where it is not installed. */
export interface SqliteDatabase {
  exec(sql: string): void;
  prepare(sql: string): SqliteStatement;
  close(): void;
}

export type SqliteValue = number | string | Uint8Array | null;

export interface SqliteStatement {
  run(...values: readonly SqliteValue[]): unknown;
  all(...values: readonly SqliteValue[]): unknown[];
  /** From here on a row is the list of its values. */
  raw(): SqliteStatement;
  iterate(...values: readonly SqliteValue[]): Iterable<unknown>;
}

/** Opens a file, for reading alone or (made where it is absent) for writing. Errors: ERR_MISSING_PACKAGE, ERR_STORE. */
export async function openSqlite(where: string, path: string, mode: 'read' | 'write'): Promise<SqliteDatabase> {
  const { default: Database } = await optionalPackage<{ default: new (path: string) => SqliteDatabase }>(
    'libsql',
    'features of images, loops that go on later and studies need',
    'npm i libsql@0.5.29',
  );
  return inStore(where, path, () => {
    // A whole path: relative ones such as ":memory:" can mean something else to SQLite.
    const db = new Database(mode === 'read' ? `${pathToFileURL(path)}?mode=ro` : resolve(path));
    // What a file's schema calls does not run.
    db.exec(`PRAGMA busy_timeout = ${patienceMs}; PRAGMA trusted_schema = OFF`);
    return db;
  });
}

/** Where a run begins or ends, its store is locked for some milliseconds. */
const patienceMs = 2_000;

/** SQLite's primary result codes that have an explanation of their own. */
export const sqliteCodes = {
  error: 1,
  busy: 5,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
};

/** The primary result code of an error that SQLite threw; undefined for any other error. */
export function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('rawCode' in error) || typeof error.rawCode !== 'number') return undefined;
  return error.rawCode & 0xff;
}

/** Runs what works on a store; what SQLite throws becomes ERR_STORE, with what is known about the file. */
export function inStore<Result>(where: string, path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw storeError(where, path, error, '');
  }
}

/** The same for what writes nothing: of a file that is refused, the error says that it was left as it is. */
export function readingStore<Result>(where: string, path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw storeError(where, path, error, leftAsItIs);
  }
}

export const leftAsItIs = '; it was left as it is';

/** What a store holds cannot be; `inStore` and `readingStore` make it ERR_STORE. */
export class DamagedStore extends Error {}

function storeError(where: string, path: string, error: unknown, left: string): unknown {
  if (error instanceof SyntaxError || error instanceof DamagedStore) {
    const message = `${where}: ${path}: the file is damaged (${error.message})${left}`;
    return new MadloopError('ERR_STORE', message, { cause: error });
  }
  // A file that cannot even be opened has its code in the message alone.
  const code =
    sqliteCode(error) ?? (/^ConnectionFailed/.test(messageOf(error)) ? sqliteCodes.cannotOpen : undefined);
  if (code === undefined) return error;
  const reading = left !== '';
  const explanation = refusals.has(code)
    ? `${refusals.get(code)}${left}`
    : reading && code === sqliteCodes.readOnly
      ? interrupted
      : (explanations.get(code) ?? 'SQLite failed');
  const message = `${where}: ${path}: ${explanation} (${messageOf(error)})`;
  return new MadloopError('ERR_STORE', message, { cause: error });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What makes a file no store that can be used. */
const refusals: ReadonlyMap<number, string> = new Map([
  // All statements are fixed: one fails where what it names is not there.
  [sqliteCodes.error, 'the file is damaged (a table or column is missing)'],
  [sqliteCodes.corrupt, 'the file is damaged or cut short'],
  [sqliteCodes.notADatabase, 'this is no store of a study'],
]);

/** What only a writer can end. */
const interrupted = 'a process was killed while it wrote the file; the next run of the study ends that';

const kept = 'everything committed so far is kept, and the same command resumes';

const explanations: ReadonlyMap<number, string> = new Map([
  [sqliteCodes.busy, 'another program has locked the file'],
  [sqliteCodes.readOnly, 'the file cannot be written'],
  [sqliteCodes.ioError, `reading or writing failed; ${kept}`],
  [sqliteCodes.full, `the disk is full; ${kept} once there is room`],
  [sqliteCodes.cannotOpen, 'the file cannot be opened'],
]);
