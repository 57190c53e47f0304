// What can happen to a store's file. Whatever it is: a clear error, the original untouched, nothing lost.

import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { StudyDefinition } from '../../src/studies/definition/study-plan.js';
import { readStudy } from '../../src/studies/index.js';
import { type RunStudyOptions, runStudyWith } from '../../src/studies/run/study-run.js';
import { studyCsv } from '../../src/studies/store/export-study.js';
import { mergeStudies } from '../../src/studies/store/merge-studies.js';
import { studyStatus } from '../../src/studies/store/read-study.js';
import { openSqlite } from '../../src/studies/store/sqlite.js';
import { outcomeOf, startScript } from '../support/child.js';
import { uniform } from '../support/numbers.js';
import { expectRejection, rejection } from '../support/rejection.js';
import { fakeEngine } from './fake-engine.js';

const folder = mkdtempSync(join(tmpdir(), 'madloop-stores-'));
const mounts: string[] = [];
afterAll(() => {
  for (const mount of mounts) spawnSync('umount', ['-l', mount]);
  rmSync(folder, { recursive: true });
});

const definition: StudyDefinition = { dim: [1, 50], real: [10, 20, 30], synthetic: [3, 40, 100], seed: 7 };
const engine = fakeEngine;
const run = (store: string, changes: StudyDefinition = {}, options: RunStudyOptions = {}, by = engine()) =>
  runStudyWith('runStudy', by, { ...definition, ...changes }, { store, threads: 1, ...options });

let names = 0;
const newName = () => {
  names += 1;
  return join(folder, `store-${names}.sqlite`);
};

/** Everything that opens a store. */
const uses: readonly [string, (store: string) => Promise<unknown>][] = [
  ['runStudy', (store) => run(store)],
  ['readStudy', (store) => readStudy(store)],
  ['study status', (store) => studyStatus('study status', store)],
  ['study merge', (store) => mergeStudies('study merge', [store], newName())],
];

async function expectRefused(store: string, message: RegExp): Promise<void> {
  const before = readFileSync(store);
  for (const [name, use] of uses) {
    const error = await rejection(() => use(store));
    expect([name, error.code]).toEqual([name, 'ERR_STORE']);
    expect(error.message).toContain(name);
    expect(error.message).toContain(store);
    expect(error.message).toMatch(message);
    expect(readFileSync(store).equals(before)).toBe(true);
    expect(existsSync(`${store}-lock`)).toBe(false);
  }
}

describe('a file that is no store of this format is refused and left as it is:', () => {
  const finished = newName();

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
        const db = await openSqlite('test', file, 'write');
        db.exec('PRAGMA journal_mode = WAL; CREATE TABLE study (a); INSERT INTO study VALUES (1)');
        db.close();
      },
      /this is no store of a study; it was left as it is/,
    ],
    [
      'a newer format',
      async (file) => {
        await run(file);
        const db = await openSqlite('test', file, 'write');
        db.exec('PRAGMA user_version = 2; DROP TABLE cells');
        db.close();
      },
      /a newer version of madloop made this store \(format 2, this version of madloop reads format 1\)/,
    ],
    ...[0.02, 0.3, 0.7].map(
      (part) =>
        [
          `cut to ${part} of its length`,
          async (file: string) => {
            if (!existsSync(finished)) await run(finished);
            copyFileSync(finished, file);
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
      const store = newName();
      await run(store);
      const bytes = Buffer.from(damage(readFileSync(store)));
      writeFileSync(store, bytes);
      await expectRejection(() => run(store), 'ERR_STORE', 'the file is damaged', 'it was left as it is');
      expect(readFileSync(store).equals(bytes)).toBe(true);
    }
  });

  test.each([
    ['a dropped table', 'DROP TABLE chains', /a table or column is missing/, ['runStudy', 'study merge']],
    ['a cell that is gone', 'DELETE FROM cells WHERE cell = 4', /cell 4 is missing or not that of the study/],
    ['the last cell gone', 'DELETE FROM cells WHERE cell = 17', /cell 17 is missing or not that of the study/],
    ['a cell too many', 'INSERT', /19 cells, of 18/],
    ['another parameter', 'UPDATE cells SET lambda = 0.5 WHERE cell = 17', /cell 17 is missing or not/],
    [
      'no distance',
      'UPDATE cells SET distance = NULL WHERE cell = 2',
      /cell 2 is finished, but without a result/,
    ],
    ['a renamed column', 'ALTER TABLE cells RENAME COLUMN distance TO dist', /cell 0 is finished, but without/],
    [
      'another axis',
      `UPDATE study SET value = replace(value, '[10,20,30]', '[10,20,31]') WHERE name = 'document'`,
      /not that of/,
    ],
  ] as [string, string, RegExp, string[]?][])(
    '%s: used for nothing, and left as it is',
    async (_, sql, message, by) => {
      const store = newName();
      await run(store);
      const db = await openSqlite('test', store, 'write');
      const columns = (db.prepare('PRAGMA table_info(cells)').all() as { name: string }[]).map(
        ({ name }) => name,
      );
      const rest = columns.slice(1).join(', ');
      db.exec(sql.replace('INSERT', `INSERT INTO cells SELECT 99, ${rest} FROM cells WHERE cell = 3`));
      db.close();
      const before = readFileSync(store);
      for (const [name, use] of uses) {
        if (!(by ?? ['runStudy', 'readStudy', 'study merge']).includes(name)) continue;
        const error = await rejection(() => use(store));
        expect([name, error.code]).toEqual([name, 'ERR_STORE']);
        expect(error.message).toMatch(message);
        expect(error.message).toContain('the file is damaged');
        expect(error.message).toContain('it was left as it is');
        expect(readFileSync(store).equals(before)).toBe(true);
      }
    },
  );

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
    for (const [, use] of uses) await expectRejection(() => use(path), 'ERR_STORE', 'there is no such file');
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
    const store = newName();
    await run(store);
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
    const db = await openSqlite('test', d, 'write');
    db.exec('UPDATE cells SET distance = distance * (1 + 1e-15) WHERE cell = 5');
    db.close();
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
    let second: Promise<unknown> | undefined;
    const slow = fakeEngine(1, (round) => {
      if (round === 2) second = rejection(() => run(store));
    });
    await run(store, {}, {}, slow);
    expect(await second).toMatchObject({ code: 'ERR_STORE' });
    expect(String(await second)).toContain(
      `another run is writing this store (process ${process.pid} on ${hostname()}, since 2`,
    );
    expect(studyCsv(await readStudy(store))).toBe(studyCsv(await run(newName())));
  });

  test('by another name of the file: a symbolic link is the same store, a hard link is refused', async () => {
    const [store, link, second] = [newName(), newName(), newName()];
    let other: Promise<unknown> | undefined;
    const slow = fakeEngine(1, (round) => {
      if (round !== 2) return;
      symlinkSync(store, link);
      other = rejection(() => run(link));
    });
    await run(store, {}, {}, slow);
    expect(String(await other)).toContain('another run is writing this store');
    expect(studyCsv(await run(link))).toBe(studyCsv(await readStudy(store)));
    const before = readFileSync(store);
    linkSync(store, second);
    await expectRejection(() => run(second), 'ERR_STORE', 'the file has 2 names (hard links)');
    expect(readFileSync(store).equals(before)).toBe(true);
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
    const slow = fakeEngine(1, () => {
      void readStudy(store).then(({ cells }) =>
        seen.push(cells.filter(({ result }) => result !== null).length),
      );
    });
    const document = await run(store, {}, {}, slow);
    expect(seen.length).toBeGreaterThan(3);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBeGreaterThan(seen[0]!);
    expect(studyCsv(document)).toBe(studyCsv(await run(newName())));
  });
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
  const whole = studyCsv(await run(store, { synthetic: [3, 40, 400] }, {}, slow));
  expect(copies.length).toBeGreaterThan(8);
  const next = uniform(1);
  for (const [index, copy] of copies.entries()) {
    const log = `${copy}-wal`;
    // As a power failure leaves it: what had not been flushed is missing.
    if (index % 2 === 1 && existsSync(log)) truncateSync(log, Math.floor(readFileSync(log).length * next()));
    const { cells } = await readStudy(copy);
    expect(cells).toHaveLength(18);
    expect(studyCsv(await run(copy, { synthetic: [3, 40, 400] }))).toBe(whole);
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
    const changes = { synthetic: [3, 40, 400] };
    // Somebody else fills the disk in mid-study.
    const fill = (round: number) => {
      if (round === 5) spawnSync('dd', ['if=/dev/zero', `of=${join(mount, 'filler')}`, 'bs=4k']);
    };
    const error = await rejection(() => run(store, changes, {}, fakeEngine(0.5, fill)));
    expect(error.message).toMatch(
      /^runStudy: .*a\.sqlite: the disk is full; everything committed so far is kept/,
    );
    expect(error.code).toBe('ERR_STORE');
    const { cells } = await readStudy(store);
    const whole = await run(newName(), changes);
    for (const [index, { result }] of cells.entries()) {
      if (result !== null) expect(result).toEqual(whole.cells[index]!.result);
    }
    rmSync(join(mount, 'filler'));
    expect(studyCsv(await run(store, changes))).toBe(studyCsv(whole));
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
