// Stores changed behind madloop's back.

import type { StudyKind } from '../../src/studies/definition/study-options.js';
import { openSqlite } from '../../src/studies/store/sqlite.js';
import { columnsOf, type TableName, tablesOfKind } from '../../src/studies/store/store-tables.js';
import { type StoredRow, sealedRow } from '../../src/studies/store/stored-row.js';

/** Runs SQL on a store, as any program can. */
export async function editStore(store: string, sql: string): Promise<void> {
  const db = await openSqlite('test', store, 'write');
  db.exec(sql);
  db.close();
}

/** The same by somebody who knows the checksums, and gives every row the one it then needs. */
export async function editAndSealStore(store: string, sql: string, kind: StudyKind = 'limit'): Promise<void> {
  const db = await openSqlite('test', store, 'write');
  db.exec(sql);
  for (const table of tablesOfKind[kind]) {
    for (const row of db.prepare(`SELECT * FROM ${table}`).all()) {
      const values = sealedRow(table, bytesAsArrays(table, row as StoredRow));
      db.prepare(`REPLACE INTO ${table} VALUES (${values.map(() => '?').join(', ')})`).run(...values);
    }
  }
  db.close();
}

function bytesAsArrays(table: TableName, row: StoredRow): StoredRow {
  return Object.fromEntries(
    columnsOf[table].map(({ name, type }) => {
      const value = row[name]!;
      return [name, type === 'BLOB' && value !== null ? new Uint8Array(value as Uint8Array) : value];
    }),
  );
}
