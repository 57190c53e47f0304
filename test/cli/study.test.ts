import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { describe, expect, test } from 'vitest';
import { info } from '../../src/engine/info.js';
import { readStudy } from '../../src/studies/index.js';
import { studyStatus } from '../../src/studies/store-process/stores.js';
import { editAndSealStore } from '../studies/edited-store.js';
import { run, start, temporaryFolder } from './command.js';
import { without } from './without-package.js';

const small = ['--dim', '2', '--real', '10,40', '--synthetic', '2:20:3:log', '--relative-error', '0.02'];
const columns =
  'cell,variant,divisor,dim,real,synthetic,lambda,memory,state,distance,standardError,effectiveSampleSize,low,high,' +
  'ratio,ratioLow,ratioHigh,generations,chains,varianceReduction,admissible,bounded,error,stationaryVariance';

test('text in a store that a terminal or a spreadsheet would obey is shown, not obeyed', async () => {
  const folder = temporaryFolder();
  await run(['study', '--dim', '2', '--real', '1,10', '--synthetic', '20', '--relative-error', '0.02'], folder);
  const store = join(folder, 'study.sqlite');
  const obeyed = `x${String.fromCharCode(0x1b, 0x5b)}31m${String.fromCharCode(0x202e)}`;
  const shown = 'x\\u001b[31m\\u202e';
  await editAndSealStore(
    store,
    `UPDATE runs SET host = '${obeyed}', ended = '${obeyed}', updated = '${obeyed}'; UPDATE cells SET error = '=${obeyed}' WHERE error IS NOT NULL`,
  );
  const outputs = [
    ['study', 'status', 'study.sqlite'],
    ['study', 'status', 'study.sqlite', '--json'],
    ['study', 'export', 'study.sqlite'],
    ['study', '--dim', '2', '--real', '1,10', '--synthetic', '20', '--relative-error', '0.02'],
  ];
  for (const args of outputs) {
    const { stdout, stderr } = await run(args, folder);
    expect([args, `${stdout}${stderr}`.match(/[^\n -~\u00b1]/u)]).toEqual([args, null]);
    expect(`${stdout}${stderr}`).toContain(shown);
    if (args[1] === 'export') expect(stdout).toContain(`,'=${shown},`);
  }
});

describe('madloop study', () => {
  test('prints a table, says what it did, and leaves one file', async () => {
    const folder = temporaryFolder();
    const { status, stdout, stderr } = await run(['study', ...small], folder);
    expect([status, stderr]).toEqual([0, expect.stringMatching(/6 of 6 cells done; kept in \S+\.sqlite\n$/)]);
    const [heading, names, ...lines] = stdout.trimEnd().split('\n');
    expect(heading).toBe('fresh data loop: d = 2');
    const rows = lines.slice(0, -2);
    expect(lines.at(-1)).toBe('standard errors (±) are at most 2 % of a distance; 95 %: interval of n_e / n_r');
    expect(names!.trim().split(/ {2,}/)).toEqual([
      'real',
      'synthetic',
      'distance',
      'n_e',
      'n_e / n_r',
      '95 %',
      'admissible',
    ]);
    expect(rows).toHaveLength(6);
    expect(rows[0]).toMatch(
      /^ *10 +2 +[\d.]+ ± [\d.]+ +[\d.]+ +[\d.]+ +[\d.]+(-| to )[\d.]+ +(yes|no|undecided)$/,
    );
    expect(readdirSync(folder)).toEqual(['study.sqlite']);
    // Again: nothing to do, and the same.
    expect((await run(['study', ...small], folder)).stdout).toBe(stdout);
  });

  test('reads JSON and YAML, names the store after the file, and flags override', async () => {
    const folder = temporaryFolder();
    writeFileSync(
      join(folder, 'a.json'),
      '{"dim": 2, "real": [10, 40], "synthetic": "2:20:3:log", "relativeError": 0.02}',
    );
    writeFileSync(
      join(folder, 'b.yaml'),
      'title: The same\ndim: 2\nreal: [10, 40]\nsynthetic: 2:20:3:log\nrelativeError: 0.02\nseed: "18446744073709551615"\n',
    );
    writeFileSync(join(folder, 'c.yml'), 'dim: 2\nrelativeError: 0.02\ncells:\n  - {real: 10, synthetic: 6}\n');
    const a = JSON.parse((await run(['study', 'a.json', '--json'], folder)).stdout);
    const b = JSON.parse((await run(['study', 'b.yaml', '--json', '--seed', '0'], folder)).stdout);
    const c = JSON.parse((await run(['study', 'c.yml', '--json'], folder)).stdout);
    expect(readdirSync(folder)).toEqual(['a.json', 'a.sqlite', 'b.sqlite', 'b.yaml', 'c.sqlite', 'c.yml']);
    expect(b).toEqual({ ...a, name: 'b', title: 'The same' });
    expect(a).toMatchObject({
      madloop: info().version,
      instructionSet: info().variant,
      command: 'study',
      name: 'a',
    });
    expect(c.cells[0].result).toEqual(a.cells[1].result);
    const d = JSON.parse((await run(['study', 'b.yaml', '--json', '-s', 'd.sqlite'], folder)).stdout);
    expect(d.seed).toBe('18446744073709551615');
    expect(d.cells[0].result).not.toEqual(a.cells[0].result);
  });

  test('in shards that schedulers number, merged, exported: the same as in one', async () => {
    const folder = temporaryFolder();
    const whole = await run(['study', ...small, '--json'], folder);
    for (const shard of ['0', '1', '2']) {
      const { outcome } = start(['study', ...small, '-s', 'part.sqlite', '--shards', '3'], folder, [], {
        SLURM_ARRAY_TASK_ID: shard,
      });
      expect((await outcome).status).toBe(0);
    }
    const own = await run(['study', ...small, '-s', 'part.sqlite', '--shards', '3', '--shard', '1'], folder);
    expect(own.stderr).toMatch(
      /^shard 1 of 3: 2 of 2 cells done, of 6 in the study \(madloop study merge joins the shards\); kept in part-shard-1-of-3\.sqlite\n$/,
    );
    expect(own.stdout).not.toContain('waiting');
    expect(own.stdout.match(/ (yes|no|undecided)$/gm)).toHaveLength(2);
    const parts = readdirSync(folder).filter((name) => name.startsWith('part'));
    expect(parts).toEqual([0, 1, 2].map((shard) => `part-shard-${shard}-of-3.sqlite`));
    const status = await run(['study', 'status', ...parts, '--json'], folder);
    expect(JSON.parse(status.stdout)).toMatchObject(
      parts.map((store, shard) => ({
        store,
        shard,
        shards: 3,
        cells: 2,
        done: 2,
        lastRun: { ended: 'finished' },
      })),
    );
    const merged = await run(['study', 'merge', ...parts, '-o', 'merged.sqlite'], folder);
    expect([merged.status, merged.stdout, merged.stderr]).toEqual([
      0,
      '',
      'wrote merged.sqlite: 6 of 6 cells\n',
    ]);
    for (const extension of ['csv', 'json', 'parquet']) {
      for (const store of ['merged', 'study']) {
        const output = `${store}.${extension}`;
        expect((await run(['study', 'export', `${store}.sqlite`, '-o', output], folder)).status).toBe(0);
      }
      const [a, b] = ['merged', 'study'].map((store) => readFileSync(join(folder, `${store}.${extension}`)));
      expect(a!.equals(b!)).toBe(true);
    }
    expect(readFileSync(join(folder, 'study.json'), 'utf8')).toBe(whole.stdout);
    const table = await run(['study', 'status', 'merged.sqlite'], folder);
    expect(table.stdout).toMatch(/merged\.sqlite +0 of 1 +6 +6 +0 +0/);
  });

  test('exports every number exactly, as CSV and Parquet', async () => {
    const folder = temporaryFolder();
    const args = ['--dim', '3', '--total', '5,100', '--real-fraction', '0.2,1', '--relative-error', '0.05'];
    expect((await run(['study', ...args], folder)).status).toBe(0);
    const { cells } = await readStudy(join(folder, 'study.sqlite'));
    expect(cells.some(({ error }) => error?.startsWith('ERR_NO_VARIANCE'))).toBe(true);
    const csv = (await run(['study', 'export', 'study.sqlite'], folder)).stdout;
    const [names, ...lines] = csv.trimEnd().split('\n');
    expect(names).toBe(columns.replace('synthetic,', 'synthetic,total,realFraction,'));
    await run(['study', 'export', 'study.sqlite', '-o', 'a.parquet'], folder);
    const file = readFileSync(join(folder, 'a.parquet'));
    const buffer = new Uint8Array(file).buffer;
    const rows = await parquetReadObjects({ file: buffer });
    expect(rows).toHaveLength(4);
    for (const [index, { parameters, at, result, error }] of cells.entries()) {
      const row = rows[index]!;
      const values = Object.fromEntries(
        Object.entries(row).map(([k, v]) => [k, typeof v === 'bigint' ? Number(v) : v]),
      );
      expect(values).toMatchObject({ cell: index, ...parameters, ...at, state: result ? 'done' : 'refused' });
      expect(values.error ?? undefined).toBe(error);
      const fields = lines[index]!.split(',');
      for (const [name, value] of Object.entries(result ?? {})) {
        expect([name, values[name]]).toEqual([name, typeof value === 'boolean' ? String(value) : value]);
        const field = fields[names!.split(',').indexOf(name)]!;
        if (typeof value === 'number') expect(Number(field)).toBe(value);
      }
    }
    const { key_value_metadata: metadata } = parquetMetadata(buffer);
    const description = JSON.parse(metadata!.find(({ key }) => key === 'madloop')!.value!);
    expect(description).toMatchObject({ seed: '0', relativeError: 0.05, instructionSet: info().variant });
  });

  // A study of minutes.
  const long = [
    'study',
    '--dim',
    '60',
    '--real',
    '100:200:20',
    '--synthetic',
    '500',
    '--relative-error',
    '1e-4',
  ];

  test.each([
    ['SIGINT', 130, 'interrupted'],
    ['SIGTERM', 75, 'stopped by SIGTERM'],
  ] as const)(
    '%s: what is finished is kept, exit %i, and the same command goes on',
    async (name, status, message) => {
      const folder = temporaryFolder();
      const { child, outcome } = start(long, folder);
      const first = await begunBeyond(folder, 0);
      const before = performance.now();
      child.kill(name);
      expect(await outcome).toEqual({
        status,
        stdout: '',
        stderr: expect.stringMatching(
          new RegExp(`study: what is finished is in the store, and the same .*\nmadloop: ${message}\n$`),
        ),
      });
      expect(performance.now() - before).toBeLessThan(2_000);
      expect(readdirSync(folder)).toEqual(['study.sqlite']);
      const stopped = await begun(folder);
      expect(stopped).toBeGreaterThanOrEqual(first);
      const again = start(long, folder);
      await begunBeyond(folder, stopped);
      again.child.kill('SIGKILL');
      await again.outcome;
    },
  );

  /** Waits until so many cells and one have been begun or finished; returns how many. */
  async function begunBeyond(folder: string, count: number): Promise<number> {
    for (;;) {
      const now = await begun(folder);
      if (now > count) return now;
      await delay(20);
    }
  }

  async function begun(folder: string): Promise<number> {
    if (!existsSync(join(folder, 'study.sqlite'))) return 0;
    const { begun, done } = await studyStatus('study status', join(folder, 'study.sqlite'));
    return begun + done;
  }

  test('a second run of a store in use exits 1 and names the first', async () => {
    const folder = temporaryFolder();
    const { child, outcome } = start(long, folder);
    while (!existsSync(join(folder, 'study.sqlite-wal'))) await delay(20);
    const second = await run(long, folder);
    expect([second.status, second.stdout]).toEqual([1, '']);
    expect(second.stderr).toMatch(
      new RegExp(`^madloop: study.sqlite: another run is writing this store \\(process ${child.pid} on `),
    );
    child.kill('SIGKILL');
    await outcome;
  });

  test('without libsql, and without hyparquet-writer, the message has the command', async () => {
    const folder = temporaryFolder();
    const { status, stderr } = await run(['study', ...small], folder, without('libsql'));
    expect(status).toBe(1);
    expect(stderr).toContain('studies need the package libsql');
    expect(stderr).toContain('npm i libsql@0.5.29');
    expect(readdirSync(folder)).toEqual([]);
    await run(['study', ...small], folder);
    const args = ['study', 'export', 'study.sqlite', '-o', 'a.parquet'];
    const parquet = await run(args, folder, without('hyparquet-writer'));
    expect(parquet.status).toBe(1);
    expect(parquet.stderr).toContain('npm i hyparquet-writer@0.17.0');
  });

  test.each<[string, string[], RegExp]>([
    ['nothing', [], /study: a file or flags must say which cells/],
    ['an unknown flag', [...small, '--lamda', '1'], /unknown option '--lamda'/],
    [
      'a value out of range',
      [...small, '--lambda', '2'],
      /^madloop: --lambda must be a number from 0 to 1, got 2/,
    ],
    [
      'a count that is none',
      [...small, '--shards', 'x'],
      /^madloop: --shards must be an integer from 1 to 100000, got "x"/,
    ],
    ['a file that is not there', ['absent.yaml'], /cannot read absent\.yaml/],
    ['a file that is no YAML', ['bad.yaml'], /bad\.yaml is not readable/],
    [
      'a file that is no object',
      ['list.json'],
      /list\.json: the document must be an object that describes a study/,
    ],
    ['an unknown key in a file', ['key.json'], /unknown option 'dims'; did you mean 'dim'\?/],
    [
      'a store for status that is flags',
      ['status', 'x.sqlite', '--dim', '3'],
      /study status: unknown option '--dim'/,
    ],
    [
      'flags of the study before a subcommand',
      ['--dim', '3', 'status', 'x.sqlite'],
      /study status: unknown option '--dim'/,
    ],
    [
      'a wrong cell',
      ['--dim', '2', '--real', '1,5', '--synthetic', '0'],
      /the cell \{"real":1\}: --real \+ --synthetic must be at least 2/,
    ],
    [
      'an export of unknown kind',
      ['export', 'x.sqlite', '-o', 'x.xlsx'],
      /must end in \.csv, \.json or \.parquet, got x\.xlsx/,
    ],
    ['a merge into nothing', ['merge', 'x.sqlite'], /option '-o, --output <file>' must be given/],
  ])('%s is wrong usage', async (_, args, message) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'bad.yaml'), 'a: [1, 2');
    writeFileSync(join(folder, 'list.json'), '[1]');
    writeFileSync(join(folder, 'key.json'), '{"dims": 2}');
    const { status, stdout, stderr } = await run(['study', ...args], folder);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^madloop: /);
    expect(stderr).toMatch(message);
    expect(readdirSync(folder)).toHaveLength(3);
  });

  test('a store that is none exits 1 and stays as it is', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'study.sqlite'), 'mine');
    for (const args of [small, ['status', 'study.sqlite'], ['export', 'study.sqlite']]) {
      const { status, stderr } = await run(['study', ...args], folder);
      expect(status).toBe(1);
      expect(stderr).toMatch(/^madloop: .*study\.sqlite: this is no store of a study; it was left as it is/);
    }
    expect(readFileSync(join(folder, 'study.sqlite'), 'utf8')).toBe('mine');
  });
});
