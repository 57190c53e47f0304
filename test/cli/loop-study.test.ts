import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { expect, test } from 'vitest';
import { run, temporaryFolder } from './command.js';

const yaml = `kind: loop
variant: [fully-synthetic, fresh-data]
dim: 2
real: 20
synthetic: [20, { schedule: [0, 10, 30] }]
generations: 4
replicates: 3
`;

test('madloop study runs loops of a file, shows them, and exports them in long form', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'regimes.yaml'), yaml);
  const first = await run(['study', 'regimes.yaml', '--threads', '1'], folder);
  expect([first.status, first.stderr]).toEqual([0, '4 of 4 cells done; kept in regimes.sqlite\n']);
  expect(first.stdout).toMatch(/^d = 2, n_r = 20, replicates 3, seed 0\n/);
  expect(first.stdout).toMatch(/variant +synthetic +distance +meanNormSquared +trace\n/);
  expect(first.stdout).toMatch(/variant +synthetic +logDeterminant +goes MAD\n/);
  expect(first.stdout).toMatch(/\n +fresh-data +\(0, 10, 30\) /);

  const json = await run(['study', 'regimes.yaml', '--json'], folder);
  const { kind, cells } = JSON.parse(json.stdout);
  expect([kind, cells.length, cells[0].result.metrics.distance.replicates.length]).toEqual(['loop', 4, 3]);

  const csv = await run(['study', 'export', 'regimes.sqlite'], folder);
  const lines = csv.stdout.trimEnd().split('\n');
  expect(lines[0]).toBe('cell,variant,synthetic,replicate,t,metric,value');
  expect(lines).toHaveLength(1 + 4 * 3 * 4 * 4);
  expect(lines.at(-1)).toMatch(/^3,fresh-data,"\{""schedule"":\[0,10,30\]\}",2,4,logDeterminant,-?\d/);
  const [value] = cells[0].result.metrics.distance.replicates[0];
  expect(lines[1]).toBe(`0,fully-synthetic,20,0,1,distance,${value}`);
  const rows = await run(['study', 'export', 'regimes.sqlite', '--rows', 'cells', '-o', 'cells.csv'], folder);
  expect([rows.status, rows.stderr]).toEqual([0, 'wrote cells.csv\n']);
  expect(readFileSync(join(folder, 'cells.csv'), 'utf8').split('\n')).toHaveLength(6);

  const parquet = await run(
    ['study', 'export', 'regimes.sqlite', '--rows', 'cells', '-o', 'cells.parquet'],
    folder,
  );
  expect(parquet.status).toBe(0);
  const bytes = readFileSync(join(folder, 'cells.parquet'));
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  const [cell] = await parquetReadObjects({ file });
  const { distance } = cells[0].result.metrics;
  expect(cell).toMatchObject({
    cell: 0n,
    variant: 'fully-synthetic',
    dim: 2n,
    lambda: 1,
    distance: distance.final.mean,
  });
  const long = await run(['study', 'export', 'regimes.sqlite', '-o', 'long.parquet'], folder);
  expect([long.status, long.stderr]).toEqual([0, 'wrote long.parquet\n']);

  const status = await run(['study', 'status', 'regimes.sqlite', '--json'], folder);
  expect(JSON.parse(status.stdout)[0]).toMatchObject({
    cells: 4,
    done: 4,
    waiting: 0,
    lastRun: { ended: 'finished' },
  });
  const report = await run(['report', 'regimes.sqlite', '-o', 'regimes.html'], folder);
  expect([report.status, report.stderr]).toEqual([0, 'wrote regimes.html\n']);
  const page = readFileSync(join(folder, 'regimes.html'), 'utf8');
  expect(page).toContain('squared Wasserstein-2 distance over the generations');
  expect(page.replace(/<script.*?<\/script>/gs, '')).not.toMatch(/NaN|undefined|Infinity/);
});

test('flags make a study of loops, in shards that merge to the same bytes', async () => {
  const folder = temporaryFolder();
  const study = [
    'study',
    '--kind',
    'loop',
    '--variant',
    'fully-synthetic,fresh-data',
    '--pool',
    'latest,accumulate',
  ];
  const all = [
    ...study,
    '--dim',
    '2',
    '--real',
    '10',
    '--synthetic',
    '10:20:2',
    '--generations',
    '3',
    '--replicates',
    '4',
  ];
  const whole = await run([...all, '-s', 'whole.sqlite', '--json'], folder);
  expect([whole.status, whole.stderr]).toEqual([0, '8 of 8 cells done; kept in whole.sqlite\n']);
  for (const shard of ['0', '1']) {
    const part = await run([...all, '-s', 'part.sqlite', '--shards', '2', '--shard', shard], folder);
    expect([part.status, part.stderr]).toEqual([
      0,
      expect.stringMatching(/^shard \d of 2: \d of 8 cells done; kept in part-shard-\d-of-2.sqlite\n$/),
    ]);
  }
  const parts = ['part-shard-0-of-2.sqlite', 'part-shard-1-of-2.sqlite'];
  const merge = await run(['study', 'merge', ...parts, '-o', 'merged.sqlite'], folder);
  expect([merge.status, merge.stderr]).toEqual([0, 'wrote merged.sqlite: 8 of 8 cells\n']);
  const again = await run([...all, '-s', 'merged.sqlite', '--json'], folder);
  expect(again.stdout).toBe(whole.stdout);
});

test('what does not fit the kind of study is refused in the words of the command line', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'regimes.yaml'), yaml);
  const refused = async (...args: string[]) => {
    const { status, stderr } = await run(['study', ...args], folder);
    expect(status).toBe(2);
    return stderr;
  };
  const base = ['--dim', '2', '--real', '3', '--synthetic', '4'];
  expect(await refused(...base, '--generations', '3')).toMatch(
    /--generations is for studies of loops: it needs --kind loop/,
  );
  expect(await refused('regimes.yaml', '--relative-error', '0.1')).toMatch(
    /--relative-error is for studies of limit points/,
  );
  expect(await refused('--kind', 'loop', ...base, '--lambda', '2')).toMatch(
    /--lambda must be a number from 0 to 1, got 2/,
  );
  expect(await refused('--kind', 'loops', ...base)).toMatch(
    /--kind must be one of 'limit', 'loop', got "loops"/,
  );
  await run(['study', ...base, '--method', 'deterministic', '-s', 'limits.sqlite'], folder);
  const { status, stderr } = await run(['study', 'export', 'limits.sqlite', '--rows', 'cells'], folder);
  expect([status, stderr]).toEqual([2, expect.stringMatching(/--rows is for studies of loops/)]);
});
