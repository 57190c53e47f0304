// Bits that turn: in stores as a run leaves them, vacuumed, and as a killed run leaves them, with their logs. Nobody dies of it, and no
// value that was not committed is handed out. Each way to use a store is tried in the process itself, where a panic of the
// SQLite library would be the end of it.

import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { resolveStudy, type StudyDefinition } from '../../src/studies/definition/study-plan.js';
import { runStudyWith } from '../../src/studies/run/study-run.js';
import { readStatus, readStore } from '../../src/studies/store/read-store.js';
import { columnsOf, createTable, tablesOfKind } from '../../src/studies/store/store-tables.js';
import { StudyStore } from '../../src/studies/store/study-store.js';
import { uniform } from '../support/numbers.js';
import { rejection } from '../support/rejection.js';
import { fullSize } from '../support/sizes.js';
import { type Damage, useDamaged } from './damaged-store-process.js';
import { editStore } from './edited-store.js';
import { fakeEngine } from './fake-engine.js';

vi.setConfig({ testTimeout: 3_600_000 });

// In memory, where there is such a place: thousands of stores are flushed, and a disk would be waited for.
const place = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const scratch = mkdtempSync(join(place, 'madloop-damaged-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const definition: StudyDefinition = {
  ...{ name: 'damaged', title: 'Gödel’s study', dim: [1, 50], real: '10:60:11' },
  ...{ synthetic: [3, 40, 200], lambda: [0, 0.9, 1], seed: 7 },
};
const madeBy = { madloop: '0.0.0-test', instructionSet: 'fake' };
const result = {
  ...{ distance: 0.25, standardError: 0.001, effectiveSampleSize: 10, low: 9, high: 11 },
  ...{ ratio: 1.5, ratioLow: 1.4, ratioHigh: 1.6, admissible: true, bounded: 'yes' },
  ...{ generations: 1000, chains: 8, varianceReduction: 7 },
};

/** Stopped (`stop`) or killed (files copied to `copy`) in mid-study. */
async function run(store: string, { round, copy }: { round: number; copy?: string }): Promise<void> {
  const controller = new AbortController();
  const engine = fakeEngine(0.02, (now) => {
    if (now !== round) return;
    if (copy !== undefined) for (const log of ['', '-wal']) copyFileSync(`${store}${log}`, `${copy}${log}`);
    setTimeout(() => controller.abort(), 0);
  });
  const options = { store, threads: 1, signal: controller.signal };
  await rejection(() => runStudyWith('runStudy', engine, definition, options));
}

/** Writes down what is in the store of a folder. */
async function describeStore(folder: string, withLog: boolean): Promise<void> {
  const copy = join(scratch, 'described.sqlite');
  for (const log of withLog ? ['', '-wal'] : ['']) copyFileSync(`${folder}/store${log}`, `${copy}${log}`);
  const study = await readStore('test', copy);
  const status = await readStatus('test', copy);
  const plan = resolveStudy('test', definition);
  const { store, content } = await StudyStore.open('test', copy, plan, madeBy, { shards: 1, shard: 0 });
  store.close('stopped');
  rmSync(copy);
  const { counts, waiting } = content;
  const chains = [...content.chains].map(([cell, portions]) => [
    cell,
    portions.map(({ first, count, sums }) => [first, count, [...sums]]),
  ]);
  expect(Object.entries({ ...counts, chains: chains.length }).filter(([, count]) => count < 2)).toEqual([]);
  const expected = { study, status, content: { counts, waiting, chains }, definition, madeBy, result, withLog };
  writeFileSync(join(folder, 'expected.json'), JSON.stringify(expected));
}

const folders = {
  written: join(scratch, 'written'),
  vacuumed: join(scratch, 'vacuumed'),
  killed: join(scratch, 'killed'),
};

beforeAll(async () => {
  for (const folder of Object.values(folders)) mkdirSync(folder);
  const written = join(folders.written, 'store');
  await run(written, { round: 9 });
  // Pages that are free again.
  await editStore(
    written,
    'CREATE TABLE filler (a); INSERT INTO filler VALUES (zeroblob(50000)); DROP TABLE filler',
  );
  const vacuumed = join(folders.vacuumed, 'store');
  copyFileSync(written, vacuumed);
  await editStore(vacuumed, 'VACUUM');
  const running = join(scratch, 'running.sqlite');
  await run(running, { round: 9, copy: join(folders.killed, 'store') });
  for (const [name, folder] of Object.entries(folders)) await describeStore(folder, name === 'killed');
});

const sizeOf = (folder: string, ending = '') => readFileSync(`${folder}/store${ending}`).length;

/** `count` single bits, the same for a seed. */
function randomFlips(folder: string, ending: Damage['ending'], count: number, seed: number): Damage[] {
  const next = uniform(seed);
  const size = sizeOf(folder, ending);
  return Array.from({ length: count }, () => {
    const bit = Math.floor(next() * 8 * size);
    return { folder, ending, flips: [[bit >> 3, 1 << (bit & 7)]] };
  });
}

/** Returns how many uses were refused. */
async function expectHarmless(name: string, damages: readonly Damage[]): Promise<number> {
  const { aborts, wrong, refused: ofEach, uses } = await useDamaged(damages, scratch);
  expect({ aborts, wrong }).toEqual({ aborts: [], wrong: [] });
  expect(uses).toBe(4 * damages.length);
  const refused = ofEach.reduce((sum, count) => sum + count, 0);
  console.log(`${name}: ${damages.length} damaged stores, ${refused} of ${uses} uses refused`);
  return refused;
}

describe('a bit that turns', () => {
  test.each([
    ['written', ''],
    ['vacuumed', ''],
    ['killed', ''],
    ['killed', '-wal'],
  ] as const)('anywhere in a store as %s%s', async (name, ending) => {
    const count = name === 'killed' ? (fullSize ? 200 : 30) : fullSize ? 1000 : 60;
    const damages = randomFlips(folders[name], ending, count, sizeOf(folders[name]));
    const refused = await expectHarmless(`${name}${ending}`, damages);
    // A log stands for most pages of the file that was killed, and of a log SQLite leaves out what does not fit its checksums.
    if (name !== 'killed') expect(refused).toBeGreaterThan(0);
  });

  test('in the header of the file and of its first page, each of them', async () => {
    const bits = Array.from({ length: 8 * 112 }, (_, bit) => bit).filter((bit) => fullSize || bit % 8 === 1);
    await expectHarmless(
      'header',
      bits.map((bit) => ({ folder: folders.written, ending: '', flips: [[bit >> 3, 1 << (bit & 7)]] })),
    );
  });

  test('in a page that is free', async () => {
    const bytes = readFileSync(join(folders.written, 'store'));
    const pageSize = bytes.readUInt16BE(16);
    const trunk = bytes.readUInt32BE(32);
    expect(trunk).toBeGreaterThan(0);
    // The next trunk, the count of leaves and the first of them.
    const begin = pageSize * (trunk - 1);
    const bits = Array.from({ length: 8 * 20 }, (_, bit) => bit).filter((bit) => fullSize || bit % 2 === 0);
    await expectHarmless(
      'free pages',
      bits.map((bit) => ({
        folder: folders.written,
        ending: '',
        flips: [[begin + (bit >> 3), 1 << (bit & 7)]],
      })),
    );
  });
});

test.each(tablesOfKind.limit)('a schema of %s that is no text, at each of its bytes', async (table) => {
  const begin = readFileSync(join(folders.written, 'store')).indexOf(createTable[table]);
  expect(begin).toBeGreaterThan(0);
  const step = fullSize ? 1 : 16;
  const damages: Damage[] = [];
  // The two names of the table stand before its text.
  for (let at = -2 * table.length - 5; at < createTable[table].length; at += step) {
    damages.push({ folder: folders.written, ending: '', flips: [[begin + at, 0x80]] });
  }
  const { aborts, wrong } = await useDamaged(damages, scratch);
  expect({ aborts, wrong }).toEqual({ aborts: [], wrong: [] });
});

test('bytes that are no text, in any column of any table', async () => {
  const schema = (from: string, to: string) =>
    `PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, '${from}', '${to}'); PRAGMA writable_schema = RESET`;
  const rows = { study: `name = 'title'`, cells: 'cell = 1', chains: 'true', runs: 'true' };
  const columns = tablesOfKind.limit.flatMap((table) =>
    [...columnsOf[table].slice(1), { name: 'checksum' }].map(({ name }) => ({ table, name })),
  );
  const damages: Damage[] = [];
  for (const { table, name } of columns) {
    const folder = join(scratch, `no-text-${table}-${name}`);
    mkdirSync(folder);
    const store = join(folder, 'store');
    for (const file of ['store', 'expected.json'])
      copyFileSync(join(folders.written, file), join(folder, file));
    // Tables that are not strict take any value in any column.
    await editStore(store, schema(') STRICT', ') '));
    const change = `UPDATE ${table} SET ${name} = CAST(x'646f6eff' AS TEXT) WHERE ${rows[table]}`;
    await editStore(store, `PRAGMA ignore_check_constraints = ON; ${change}`);
    await editStore(store, schema(') ', ') STRICT'));
    damages.push({ folder, ending: '', flips: [] });
  }
  const { aborts, wrong, refused } = await useDamaged(damages, scratch);
  expect({ aborts, wrong }).toEqual({ aborts: [], wrong: [] });
  // Who reads no chains or runs does not notice.
  const least = { study: 4, cells: 4, chains: 3, runs: 2 };
  const taken = columns.filter(({ table }, index) => refused[index]! < least[table]);
  expect(taken).toEqual([]);
});
