// What can happen to a store's file. Whatever it is: a clear error, the original untouched, nothing lost.

import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { MadloopError } from '../../src/base/errors.js';
import type { StudyDocument } from '../../src/studies/definition/study-document.js';
import { resolveStudy, type StudyDefinition } from '../../src/studies/definition/study-plan.js';
import { readStudy } from '../../src/studies/index.js';
import type { RunStudyOptions } from '../../src/studies/run/run-in-store.js';
import { runStudyWith } from '../../src/studies/run/study-run.js';
import { studyCsv } from '../../src/studies/store/export-study.js';
import { mergeStores } from '../../src/studies/store/merge-stores.js';
import { readStatus, readStore } from '../../src/studies/store/read-store.js';
import { openSqlite } from '../../src/studies/store/sqlite.js';
import { columnsOf, tablesOfKind } from '../../src/studies/store/store-tables.js';
import { StudyStore } from '../../src/studies/store/study-store.js';
import { mergeStudies, studyStatus } from '../../src/studies/store-process/stores.js';
import { outcomeOf, startScript } from '../support/child.js';
import { uniform } from '../support/numbers.js';
import { expectRejection, rejection } from '../support/rejection.js';
import { fullSize } from '../support/sizes.js';
import { editAndSealStore, editStore } from './edited-store.js';
import { fakeEngine } from './fake-engine.js';

const folder = mkdtempSync(join(tmpdir(), 'madloop-stores-'));
const mounts: string[] = [];
afterAll(() => {
  for (const mount of mounts) spawnSync('umount', ['-l', mount]);
  rmSync(folder, { recursive: true });
});

const definition: StudyDefinition = { dim: [1, 50], real: [10, 20, 30], synthetic: [3, 40, 400], seed: 7 };
const engine = fakeEngine;
const run = (store: string, changes: StudyDefinition = {}, options: RunStudyOptions = {}, by = engine()) =>
  runStudyWith('runStudy', by, { ...definition, ...changes }, { store, threads: 1, ...options });

let names = 0;
const newName = () => {
  names += 1;
  return join(folder, `store-${names}.sqlite`);
};

const finished = newName();
/** A copy of the store of a finished run. */
async function finishedStore(store = newName()): Promise<string> {
  if (!existsSync(finished)) await run(finished);
  copyFileSync(finished, store);
  return store;
}

/** Everything that opens a store. */
const uses: readonly [string, (store: string) => Promise<unknown>][] = [
  ['runStudy', (store) => run(store)],
  ['readStudy', (store) => readStudy(store)],
  ['study status', (store) => studyStatus('study status', store)],
  ['study merge', (store) => mergeStudies('study merge', [store], newName())],
];

/** What the processes do that hold stores for those: without the process, whose start takes longer than all else. */
const usesWithoutProcess: typeof uses = [
  [
    'runStudy',
    async (file) => {
      const plan = resolveStudy('runStudy', definition);
      const choice = { shards: 1, shard: 0 };
      const { store } = await StudyStore.open('runStudy', file, plan, engine().madeBy, choice);
      store.close('stopped');
    },
  ],
  ['readStudy', (store) => readStore('readStudy', store)],
  ['study status', (store) => readStatus('study status', store)],
  ['study merge', (store) => mergeStores('study merge', [store], newName())],
];

async function expectRefused(store: string, ...messages: readonly RegExp[]): Promise<void> {
  await expectRefusedBy(uses, store, ...messages);
}

async function expectRefusedBy(by: typeof uses, store: string, ...messages: readonly RegExp[]): Promise<void> {
  const before = readFileSync(store);
  for (const [name, use] of by) {
    const error = await rejection(() => use(store));
    expect([name, error.code]).toEqual([name, 'ERR_STORE']);
    expect(error.message).toContain(name);
    expect(error.message).toContain(store);
    for (const message of messages) expect(error.message).toMatch(message);
    expect(readFileSync(store).equals(before)).toBe(true);
    expect(existsSync(`${store}-lock`)).toBe(false);
  }
}

/** SELECT of a cell's row as that of another cell. */
const cellAs = (cell: number): string =>
  `SELECT ${[cell, ...columnsOf.cells.slice(1).map(({ name }) => name), 'checksum'].join(', ')} FROM cells`;

/** A store of some finished cells and some portions of chains. */
async function unfinished(store: string): Promise<void> {
  const controller = new AbortController();
  const stopped = fakeEngine(0.02, (round) => {
    if (round === 4) setTimeout(() => controller.abort(), 0);
  });
  await rejection(() => run(store, {}, { signal: controller.signal }, stopped));
  const { begun, done } = await studyStatus('study status', store);
  expect(Math.min(begun, done)).toBeGreaterThan(0);
}

/** Makes the two files that a run leaves when it is killed in mid-study, and returns what is in them. */
async function killedInMidStudy(store: string): Promise<[Buffer, Buffer]> {
  const running = newName();
  const copies = ['', '-wal'].map((ending) => [`${running}${ending}`, `${store}${ending}`] as const);
  await run(
    running,
    {},
    {},
    fakeEngine(0.3, (round) => {
      if (round === 6) for (const [from, to] of copies) copyFileSync(from, to);
    }),
  );
  return [readFileSync(store), readFileSync(`${store}-wal`)];
}

describe('a file that is no store of this format is refused and left as it is:', () => {
  test.each<[string, (file: string) => void | Promise<void>, RegExp]>([
    [
      'text',
      (file) => writeFileSync(file, 'no database at all\n'.repeat(500)),
      /this is no store of a study; it was left as it is/,
    ],
    ['an empty file', (file) => writeFileSync(file, ''), /this is no store of a study; it was left as it is/],
    [
      "another program's database",
      async (file) => {
        await editStore(
          file,
          'PRAGMA journal_mode = WAL; CREATE TABLE study (a); INSERT INTO study VALUES (1)',
        );
      },
      /this is no store of a study; it was left as it is/,
    ],
    ...(
      [
        [
          4,
          /a newer version of madloop made this store \(format 4, this version of madloop reads formats 2 and 3\)/,
        ],
        [
          1,
          /an earlier version of madloop made this store \(format 1, this version of madloop reads formats 2 and 3\)/,
        ],
        [0, /the file is damaged \(its format is 0\)/],
        [-5, /the file is damaged \(its format is -5\)/],
      ] as const
    ).map(
      ([format, message]) =>
        [
          `format ${format}`,
          async (file: string) => {
            await finishedStore(file);
            await editStore(file, `PRAGMA user_version = ${format}; DROP TABLE cells`);
          },
          message,
        ] as [string, (file: string) => Promise<void>, RegExp],
    ),
    ...[0.02, 0.3, 0.7].map(
      (part) =>
        [
          `cut to ${part} of its length`,
          async (file: string) => {
            await finishedStore(file);
            truncateSync(file, Math.floor(readFileSync(file).length * part));
          },
          /the file is damaged or cut short; it was left as it is/,
        ] as [string, (file: string) => Promise<void>, RegExp],
    ),
  ])('%s', async (_, make, message) => {
    const store = newName();
    await make(store);
    await expectRefused(store, message);
  });

  test('cut within its last page, or with a page of zeros: not resumed or merged', async () => {
    for (const damage of [
      (bytes: Buffer) => bytes.subarray(0, bytes.length - 1),
      (bytes: Buffer) => Buffer.concat([bytes.subarray(0, 8192), Buffer.alloc(4096), bytes.subarray(12_288)]),
    ]) {
      const store = await finishedStore();
      const bytes = Buffer.from(damage(readFileSync(store)));
      writeFileSync(store, bytes);
      await expectRejection(() => run(store), 'ERR_STORE', 'the file is damaged', 'it was left as it is');
      expect(readFileSync(store).equals(bytes)).toBe(true);
    }
  });

  test.each<[string, string, RegExp]>([
    ['a dropped table', 'DROP TABLE chains', /the table chains is missing/],
    [
      'a renamed column',
      'ALTER TABLE cells RENAME COLUMN distance TO dist',
      /the table cells is not as it was/,
    ],
    ['a column too many', 'ALTER TABLE runs ADD COLUMN more TEXT', /the table runs is not as it was made/],
    [
      'a table without its checks',
      'DROP TABLE chains; CREATE TABLE chains (portion INTEGER PRIMARY KEY, cell, first, count, sums, checksum)',
      /the table chains is not as it was made/,
    ],
    [
      'a trigger',
      'CREATE TRIGGER t AFTER UPDATE ON cells BEGIN UPDATE cells SET distance = 0; END',
      /the trigger "t" is no part of a store/,
    ],
    ['a view', 'CREATE VIEW v AS SELECT * FROM cells', /the view "v" is no part of a store/],
    ['an index', 'CREATE INDEX i ON cells (distance)', /the index "i" is no part of a store/],
    ['another table', 'CREATE TABLE mine (a)', /the table "mine" is no part of a store/],
    ['a virtual table', 'CREATE VIRTUAL TABLE f USING fts5 (a)', /the table "f\w*" is no part of a store/],
    ['statistics', 'ANALYZE', /the table "sqlite_stat1" is no part of a store/],
    ['a cell that is gone', 'DELETE FROM cells WHERE cell = 4', /cell 4 is missing or not that of the study/],
    ['the last cell gone', 'DELETE FROM cells WHERE cell = 17', /cell 17 is missing or not that of the study/],
    ['a cell too many', `INSERT INTO cells ${cellAs(99)} WHERE cell = 3`, /19 cells, of 18/],
    ['another parameter', 'UPDATE cells SET lambda = 0.5 WHERE cell = 17', /cell 17 is missing or not/],
    ['no distance', 'UPDATE cells SET distance = NULL WHERE cell = 2', /cell 2 .*its distance is null/],
    ['a distance below 0', 'UPDATE cells SET distance = -1e300 WHERE cell = 2', /its distance is -1e\+300/],
    ['an infinite distance', 'UPDATE cells SET distance = 9e999 WHERE cell = 2', /distance is no REAL/],
    ['an infinite ratio', 'UPDATE cells SET ratio = 9e999 WHERE cell = 2', /cell 2: ratio is no REAL/],
    ['an error below 0', 'UPDATE cells SET standardError = -1 WHERE cell = 2', /its standardError is -1/],
    ['unknown words', "UPDATE cells SET bounded = 'no' WHERE cell = 2", /its bounded is no/],
    ['no chains', 'UPDATE cells SET chains = -1 WHERE cell = 2', /its chains is -1/],
    [
      'a result that waits',
      "UPDATE cells SET state = 'waiting' WHERE cell = 2",
      /cell 2 is waiting, which is not/,
    ],
    [
      'another axis',
      `UPDATE study SET value = replace(value, '[10,20,30]', '[10,20,31]') WHERE name = 'document'`,
      /not that of/,
    ],
    ['no seed', `UPDATE study SET value = 'x' WHERE name = 'document'`, /is damaged/],
    ['no title', `DELETE FROM study WHERE name = 'title'`, /the title of the study is missing/],
  ])('%s, with every checksum right: used for nothing, and left as it is', async (_, sql, message) => {
    const store = await finishedStore();
    await (/^(UPDATE|INSERT)/.test(sql) ? editAndSealStore : editStore)(store, sql);
    await expectRefusedBy(usesWithoutProcess, store, message, /the file is damaged/, /it was left as it is/);
  });

  test('a value that another program changed, in any column of any table', async () => {
    const [store, other] = [newName(), newName()];
    await unfinished(store);
    const rows = { study: `name = 'title'`, cells: 'cell = 1', chains: 'portion = 1', runs: 'run = 1' };
    // Who does not read a table does not notice.
    const blind = { study: [], cells: [], chains: ['readStudy'], runs: ['readStudy', 'study merge'] };
    let changes = 0;
    for (const table of tablesOfKind.limit) {
      for (const { name, type } of columnsOf[table]) {
        const value = { INTEGER: 77, REAL: 0.125, TEXT: "'done'", BLOB: "x'0000000000000000'" }[type];
        copyFileSync(store, other);
        await editStore(other, `UPDATE ${table} SET ${name} = ${value} WHERE ${rows[table]}`);
        // The first column of each table by processes, too.
        const by = name === columnsOf[table][0]!.name ? [...uses, ...usesWithoutProcess] : usesWithoutProcess;
        const seeing = by.filter(([name]) => !(blind[table] as string[]).includes(name));
        const message = new RegExp(`table ${table}, .*its checksum is not that of what it holds`);
        await expectRefusedBy(seeing, other, message);
        changes += 1;
      }
    }
    expect(changes).toBeGreaterThan(40);
    // Values that change places.
    copyFileSync(store, other);
    await editStore(
      other,
      'UPDATE chains SET (sums, checksum) = (SELECT sums, checksum FROM chains WHERE portion = 1) WHERE portion = 0',
    );
    await expectRefusedBy(
      uses.filter(([name]) => name !== 'readStudy'),
      other,
      /table chains, portion 0: its checksum/,
    );
  });

  test('with a log that a killed run left: refused without being written to', async () => {
    const store = newName();
    const [file, log] = await killedInMidStudy(store);
    expect(log.length).toBeGreaterThan(0);
    await expectRejection(() => run(store, { seed: 9 }), 'ERR_STORE', 'seed: 7 -> 9', 'it was left as it is');
    expect(readFileSync(store).equals(file)).toBe(true);
    expect(readFileSync(`${store}-wal`).equals(log)).toBe(true);
    await run(store);
  });

  test('a lock that cannot be made says why', async () => {
    const store = newName();
    mkdirSync(`${store}-lock`);
    const error = await rejection(() => run(store));
    expect(error.message).toContain(`${store}-lock: the file cannot be opened`);
    expect(existsSync(store)).toBe(false);
  });

  test('a folder, and nothing at all', async () => {
    const path = newName();
    for (const [, use] of uses.slice(1))
      await expectRejection(() => use(path), 'ERR_STORE', 'there is no such file');
    mkdirSync(path);
    for (const [, use] of uses) {
      await expectRejection(() => use(path), 'ERR_STORE', 'it is a folder, expected a regular file');
      await expectRejection(() => use('/dev/null'), 'ERR_STORE', 'it is a device, expected a regular file');
    }
    const file = newName();
    writeFileSync(file, 'a file');
    await expectRejection(() => run(join(file, 'a.sqlite')), 'ERR_STORE', join(file, 'a.sqlite'));
  });
});

describe('a store is resumed by its own study, engine and part alone', () => {
  const other = (madloop: string, instructionSet: string) => ({
    ...engine(),
    madeBy: { madloop, instructionSet },
  });
  test.each<[string, StudyDefinition, RunStudyOptions, ReturnType<typeof fakeEngine>, string[]]>([
    ['another seed', { seed: 8 }, {}, engine(), ['seed: 7 -> 8']],
    [
      'other cells and precision',
      { dim: 50, relativeError: 0.01, lambda: [0.5, 1] },
      {},
      engine(),
      ['dim: 1, 50 -> 50', 'relative error: 0.001 -> 0.01', 'lambda: 1 -> 0.5, 1'],
    ],
    [
      'another engine',
      {},
      {},
      other('9.0.0', 'v4'),
      [
        'madloop: 0.0.0-test -> 9.0.0',
        'instruction set: fake -> v4',
        'MADLOOP_CPU=fake uses the instruction set of the store',
      ],
    ],
  ])('%s', async (_, changes, options, by, pieces) => {
    const store = await finishedStore();
    const before = readFileSync(store);
    await expectRejection(
      () => run(store, changes, options, by),
      'ERR_STORE',
      store,
      'left as it is',
      ...pieces,
    );
    expect(readFileSync(store).equals(before)).toBe(true);
  });

  test('another part', async () => {
    const store = newName();
    await run(store, {}, { shards: 2, shard: 1 });
    const part = store.replace('.sqlite', '-shard-1-of-2.sqlite');
    await expectRejection(() => run(part), 'ERR_STORE', 'shard: 1 of 2 -> 0 of 1');
  });

  test('parts of another study or engine, or with other results, are not merged', async () => {
    const [a, b, c, d] = [newName(), newName(), newName(), newName()];
    await run(a);
    await run(b, { seed: 8 });
    await run(c, {}, {}, other('0.0.0-test', 'v2'));
    copyFileSync(a, d);
    await editAndSealStore(d, 'UPDATE cells SET distance = distance * (1 + 1e-15) WHERE cell = 5');
    for (const [second, piece] of [
      [b, 'seed: 8 -> 7'],
      [c, 'instruction set: v2 -> fake'],
      [d, 'cell 5 has different results'],
    ] as const) {
      const output = newName();
      await expectRejection(() => mergeStudies('study merge', [a, second], output), 'ERR_STORE', piece, second);
      expect(existsSync(output)).toBe(false);
    }
    await expectRejection(
      () => mergeStudies('study merge', [a], a),
      'ERR_STORE',
      'there is such a file already',
    );
  });
});

describe('two writers', () => {
  test('in one process: the second is told who is writing, and the first goes on', async () => {
    const store = newName();
    let second: MadloopError | undefined;
    const slow = fakeEngine(1, async (round) => {
      if (round === 2) second = await rejection(() => run(store));
    });
    await run(store, {}, {}, slow);
    expect(second).toMatchObject({ code: 'ERR_STORE' });
    expect(String(second)).toContain(
      `another run is writing this store (process ${process.pid} on ${hostname()}, since 2`,
    );
    expect(studyCsv((await readStudy(store)) as StudyDocument)).toBe(studyCsv(await run(newName())));
  });

  test('by another name of the file: a symbolic link is the same store, a hard link is refused', async () => {
    const [store, link, second] = [newName(), newName(), newName()];
    let other: MadloopError | undefined;
    const slow = fakeEngine(1, async (round) => {
      if (round !== 2) return;
      symlinkSync(store, link);
      other = await rejection(() => run(link));
    });
    await run(store, {}, {}, slow);
    expect(String(other)).toContain('another run is writing this store');
    expect(studyCsv(await run(link))).toBe(studyCsv((await readStudy(store)) as StudyDocument));
    const before = readFileSync(store);
    linkSync(store, second);
    await expectRejection(() => run(second), 'ERR_STORE', 'the file has 2 names (hard links)');
    expect(readFileSync(store).equals(before)).toBe(true);
  });

  test('a symbolic link to a file that is not there yet: the store is made where it points', async () => {
    const [link, middle, target] = [newName(), newName(), newName()];
    symlinkSync(middle, link);
    symlinkSync(basename(target), middle);
    const document = await run(link);
    for (const name of [link, middle]) expect(lstatSync(name).isSymbolicLink()).toBe(true);
    expect(lstatSync(target).isFile()).toBe(true);
    expect(await readStudy(target)).toEqual(document);
    expect(studyCsv(await run(link))).toBe(studyCsv(document));
    const [nowhere, circle] = [newName(), newName()];
    symlinkSync(join(folder, 'no folder', 'a.sqlite'), nowhere);
    symlinkSync(circle, circle);
    for (const name of [nowhere, circle]) {
      for (const [, use] of uses) await expectRejection(() => use(name), 'ERR_STORE', name);
    }
  });

  test('in two processes; and the lock of one that was killed is nobody’s', async () => {
    const store = newName();
    const lock = `${new URL('../../dist/studies/store/store-lock.js', import.meta.url)}`;
    const child = startScript(`
      const { StoreLock } = await import(${JSON.stringify(lock)});
      console.log(await StoreLock.take('test', ${JSON.stringify(store)}) !== undefined);
      setInterval(() => {}, 1000);
    `);
    const outcome = outcomeOf(child);
    await new Promise((resolve) => child.stdout!.once('data', resolve));
    await expectRejection(() => run(store), 'ERR_STORE', 'another run is writing this store');
    child.kill('SIGKILL');
    expect((await outcome).output).toBe('true\n');
    expect(existsSync(`${store}-lock`)).toBe(true);
    await run(store);
    expect(existsSync(`${store}-lock`)).toBe(false);
  });

  test('a reader sees the study as it was committed last, and does not disturb', async () => {
    const store = newName();
    const seen: number[] = [];
    const slow = fakeEngine(1, async () => {
      const { cells } = await readStudy(store);
      seen.push(cells.filter(({ result }) => result !== null).length);
    });
    const document = await run(store, {}, {}, slow);
    expect(seen.length).toBeGreaterThan(3);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBeGreaterThan(seen[0]!);
    expect(studyCsv(document)).toBe(studyCsv(await run(newName())));
  });
});

test('what processes leave that are killed while they make a store, the next one removes', async () => {
  const store = newName();
  const litter = ['', '-journal'].map((ending) => join(folder, `.${basename(store)}.tmp${ending}`));
  for (const name of litter) writeFileSync(name, 'half a store');
  await run(store);
  expect(readdirSync(folder).filter((name) => name.includes(basename(store)))).toEqual([basename(store)]);
});

test('a rollback journal of a killed process is played back, not refused', async () => {
  const [running, store] = [newName(), newName()];
  const whole = await run(running);
  const db = await openSqlite('test', running, 'write');
  // So few pages in memory that changed ones go to the file before the end of the transaction.
  db.exec('PRAGMA cache_size = 2; BEGIN; UPDATE cells SET distance = 0, error = hex(zeroblob(9000))');
  for (const ending of ['', '-journal']) copyFileSync(`${running}${ending}`, `${store}${ending}`);
  db.exec('ROLLBACK');
  db.close();
  await expectRejection(() => readStudy(store), 'ERR_STORE', 'the next run of the study');
  expect(studyCsv(await run(store))).toBe(studyCsv(whole));
});

test('the files as a killed process leaves them, at any round and with any torn end, resume to the same bytes', async () => {
  const store = newName();
  const copies: string[] = [];
  const slow = fakeEngine(0.3, () => {
    const copy = newName();
    copies.push(copy);
    copyFileSync(store, copy);
    if (existsSync(`${store}-wal`)) copyFileSync(`${store}-wal`, `${copy}-wal`);
  });
  const whole = studyCsv(await run(store, {}, {}, slow));
  expect(copies.length).toBeGreaterThan(8);
  const next = uniform(1);
  for (const [index, copy] of copies.entries()) {
    // Three is odd: every second of these has a torn end, too.
    if (!fullSize && index % 3 > 0) continue;
    const log = `${copy}-wal`;
    // As a power failure leaves it: what had not been flushed is missing.
    if (index % 2 === 1 && existsSync(log)) truncateSync(log, Math.floor(readFileSync(log).length * next()));
    const { cells } = await readStudy(copy);
    expect(cells).toHaveLength(18);
    expect(studyCsv(await run(copy))).toBe(whole);
    expect(readdirSync(folder).filter((name) => name.startsWith(basename(copy)))).toEqual([basename(copy)]);
  }
});

/** A small file system of its own; undefined, said aloud, where this process may not mount one. */
function mounted(size: string): string | undefined {
  const path = mkdtempSync(join(folder, 'mount-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path]);
  if (status !== 0) return undefined;
  mounts.push(path);
  return path;
}
const canMount = mounted('64k') !== undefined;
if (!canMount)
  console.warn('store-faults.test.ts: no right to mount: a full disk and read-only media are not tested');

describe.skipIf(!canMount)('on a small file system', () => {
  test('a full disk: what is committed is kept, and the run goes on when there is room', async () => {
    const mount = mounted('2m')!;
    const store = join(mount, 'a.sqlite');
    // Somebody else fills the disk in mid-study.
    const fill = (round: number) => {
      if (round === 5) spawnSync('dd', ['if=/dev/zero', `of=${join(mount, 'filler')}`, 'bs=4k']);
    };
    const error = await rejection(() => run(store, {}, {}, fakeEngine(0.5, fill)));
    expect(error.message).toMatch(
      /^runStudy: .*a\.sqlite: the disk is full; everything committed so far is kept/,
    );
    expect(error.code).toBe('ERR_STORE');
    const { cells } = await readStudy(store);
    const whole = await run(newName());
    for (const [index, { result }] of cells.entries()) {
      if (result !== null) expect(result).toEqual(whole.cells[index]!.result);
    }
    rmSync(join(mount, 'filler'));
    expect(studyCsv(await run(store))).toBe(studyCsv(whole));
  });

  test('no room for the store itself: no file is left', async () => {
    const mount = mounted('16k')!;
    await expectRejection(() => run(join(mount, 'a.sqlite')), 'ERR_STORE', 'the disk is full');
    expect(spawnSync('ls', ['-A', mount], { encoding: 'utf8' }).stdout).toBe('');
  });

  test('read-only media: can be read, and resuming says why not', async () => {
    const mount = mounted('8m')!;
    const made = newName();
    const document = await run(made);
    const store = join(mount, 'a.sqlite');
    copyFileSync(made, store);
    expect(spawnSync('mount', ['-o', 'remount,ro', mount]).status).toBe(0);
    expect(await readStudy(store)).toEqual(document);
    await expectRejection(() => run(store), 'ERR_STORE', 'a.sqlite', 'its folder must be writable');
    await expectRejection(
      () => mergeStudies('study merge', [made], join(mount, 'b.sqlite')),
      'ERR_STORE',
      'its folder must be writable',
    );
    expect(readFileSync(store).equals(readFileSync(made))).toBe(true);
  });
});
