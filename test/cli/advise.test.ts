import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { wrapped } from '../../src/cli/terminal/table.js';
import { admissibleThreshold, expectedDistance, matrix, writeMatrix } from '../../src/index.js';
import { run, start, temporaryFolder } from './command.js';

const folder = temporaryFolder();
const question = ['--real', '500', '--synthetic-share', '0.3', '--guidance', '0.5', '--dim', '20'];

test('madloop advise answers on one screen of 80 columns, and writes numbers and a picture', async () => {
  const { status, stdout, stderr } = await run(['advise', ...question, '-o', 'out'], folder);
  expect([status, stderr]).toEqual([0, expect.stringContaining('wrote out/advise.json')]);
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  expect(stdout).toMatch(/^500 fresh real and 214 synthetic samples \(30 % of all\) in each generation/);
  expect(stdout).toMatch(/HURTS: in the long run as good as [\d.]+ real samples, 0\.\d+ of your 500\./);
  for (const part of [
    ...['effective sample size n_e', 'its band', 'distance / d', 'most synthetic samples without harm'],
    ...[
      'best number of synthetic samples',
      'real samples to make up, same share',
      'half the bias',
      'a detector',
    ],
    ...['over d (down), lambda (across)', 'not of your model'],
  ]) {
    expect(stdout).toContain(part);
  }
  expect(stdout).not.toMatch(/undefined|NaN|interval/);
  const document = JSON.parse(readFileSync(join(folder, 'out/advise.json'), 'utf8'));
  const csv = readFileSync(join(folder, 'out/advise.csv'), 'utf8').trim().split('\n');
  expect(csv).toHaveLength(1 + document.sensitivity.dims.length * document.sensitivity.lambdas.length);
  const svg = readFileSync(join(folder, 'out/advise.svg'), 'utf8');
  for (const text of ['Do synthetic samples help?', 'Gaussian', 'nᵣ = 500, nₛ = 214', '>asked for<'])
    expect(svg).toContain(text);
  // In the middle of the cell that was asked for, around its mark.
  const [, point] = /class="point"[^>]* d="M([\d.,]+)m/.exec(svg)!;
  expect(/class="marks"[^>]* d="([^"]*)"/.exec(svg)![1]).toContain(`M${point}`);

  // Given back, it repeats itself; the counts may be given as a total, too.
  const again = await run(['advise', 'out/advise.json', '--json'], folder);
  expect(JSON.parse(again.stdout)).toEqual(document);
  const total = ['--total', '714', '--real-fraction', String(500 / 714), '--lambda', String(1 / 1.5)];
  const same = await run(['advise', ...total, '--dim', '20', '--json'], folder);
  const counts = ['--real', '500', '--synthetic', '214', '--guidance', '0.5'];
  const byCounts = await run(['advise', ...counts, '--dim', '20', '--json'], folder);
  expect(JSON.parse(same.stdout)).toEqual(JSON.parse(byCounts.stdout));
  expect(JSON.parse(same.stdout)).toMatchObject({ ratio: document.ratio, threshold: document.threshold });
});

test('madloop advise says whether the model collapses, what is held fixed, and lambda so that it can be copied', async () => {
  const { stdout } = await run(['advise', ...question], folder);
  expect(stdout).toMatch(/\nDoes it collapse\? No: 12\.\d % of the variance of the data is lost\.\n/);
  expect(stdout).toMatch(
    /least real samples, same share +none above yours\nreal samples to make up, same share +[5-9]\d\d\n/,
  );
  expect(stdout).toContain('beside your 500 real ones; of real samples:');
  expect(stdout).toMatch(
    /lambda 0\.666667\s\(guidance\sw\s=\s0\.5,\sa\sscale\sof\s1\.5\),[\s\S]* 0\.555556 [\s\S]* 0\.777778 /,
  );
  const most = ['--real', '10', '--synthetic', '60', '--lambda', '0.5', '--dim', '200'];
  const much = await run(['advise', ...most, '--method', 'deterministic'], folder);
  expect(much.stdout).toMatch(/HELPS[\s\S]*Does it collapse\? No, but most of the variance is gone: \d/);
  expect(much.stdout).toMatch(
    /most synthetic samples without harm +203\n {2}its band \(not measured\) +exact\n/,
  );
  const all = await run(
    ['advise', '--real', '10', '--synthetic', '2000', '--lambda', '0.5', '--dim', '50'],
    folder,
  );
  expect(all.stdout).toMatch(/COLLAPSED[\s\S]*Does it collapse\? Yes: 9\d/);
  for (const line of (all.stdout + much.stdout).split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

test('madloop advise writes counts in full: asked again with them, it answers the same', async () => {
  const counts = ['--real', '1000000000', '--synthetic', '30000000', '--lambda', '0.99'];
  const { stdout } = await run(['advise', ...counts, '--dim', '2048'], folder);
  expect(stdout).toMatch(/^1,000,000,000 fresh real and 30,000,000 synthetic/);
  expect(stdout).toMatch(/without harm +19,858,145\n/);
  expect(stdout).toMatch(/make up for these +1,015,105,588\n/);
});

test('madloop advise beside a detector says what it buys, and that others are other loops', async () => {
  const asked = ['--real', '20000', '--synthetic-share', '0.4', '--guidance', '1', '--dim', '512'];
  const rates = ['--true-positive-rate', '0.9', '--false-positive-rate', '0.05'];
  const { stdout } = await run(['advise', ...asked, ...rates], folder);
  expect(stdout).toMatch(/HURTS: [\s\S]*Without\sthe\sdetector:\sas\sgood\sas\s5,932,\s0\.2966\./);
  expect(stdout).toMatch(/most synthetic samples without harm +none\nsynthetic samples that harm least +\d/);
  expect(stdout).toMatch(/\nno detector +20,000 +13,333 +0\.5 +5,932 +0\.297 -\n/);
  expect(stdout).toMatch(/new ones in each generation[\s\S]*ess\s--variant\ssynthetic-augmentation\./);
});

test('madloop advise of a loop worth fewer samples than have a distance says so', async () => {
  const one = [
    '--real',
    '1',
    '--synthetic',
    '1',
    '--dim',
    '20',
    '--lambda',
    '0.5',
    '--method',
    'deterministic',
  ];
  expect((await run(['advise', ...one], folder)).stdout).toMatch(
    /UNDECIDED: in the long run as good as fewer than 2 real samples, [\s\S]*\seither\sside\sof\syour\s1\./,
  );
});

test('loop, limit, ess and threshold take the other names of lambda', async () => {
  const cell = ['--dim', '20', '--real', '60'];
  const limit = [...cell, '--synthetic', '20', '--method', 'deterministic', '--json'];
  for (const [command, rest] of [
    ['loop', [...cell, '--synthetic', '20', '--generations', '3', '--json']],
    ['limit', limit],
    ['ess', limit],
    ['threshold', [...cell, '--json']],
  ] as const) {
    const of = async (...bias: string[]) => (await run([command, ...rest, ...bias], folder)).stdout;
    const byLambda = await of('--lambda', '0.8');
    expect(JSON.parse(byLambda).parameters.lambda).toBe(0.8);
    expect(await of('--guidance', '0.25')).toBe(byLambda);
    expect(await of('--truncation', '0.8')).toBe(byLambda);
    // A flag overrides a result that has the bias under another name.
    writeFileSync(join(folder, 'biased.json'), byLambda);
    const other = await run([command, 'biased.json', '--guidance', '1', '--json'], folder);
    expect(JSON.parse(other.stdout).parameters.lambda).toBe(0.5);
    const both = await run([command, ...rest, '--guidance', '1', '--lambda', '0.8'], folder);
    expect([both.status, both.stderr]).toEqual([
      2,
      'madloop: --lambda must be left out beside --guidance, got 0.8\n',
    ]);
  }
});

test('docs/advice.md shows what the command prints', async () => {
  const page = readFileSync(new URL('../../docs/advice.md', import.meta.url), 'utf8');
  const [, args, shown] = /^ {4}\$ madloop (advise .*)\n((?: {4}.*\n|\n)+)/m.exec(page)!;
  const { stdout } = await run(args!.split(' '), folder);
  const plain = (text: string) => text.replace(/^ {4}/gm, '').replace(/ +$/gm, '').trim();
  expect(plain(shown!)).toBe(stdout.replace(/ +$/gm, '').trim());
});

test('madloop advise --data sets answers for columns and effective rank side by side', async () => {
  const [rows, cols] = [200, 24];
  const data = Float64Array.from({ length: rows * cols }, (_, i) => Math.sin(i * i) / (1 + (i % cols) / 12));
  await writeMatrix(join(folder, 'features.npy'), matrix(data, rows, cols));
  const cell = ['--real', '500', '--synthetic', '100', '--lambda', '0.8', '--data', 'features.npy'];
  const { status, stdout, stderr } = await run(['advise', ...cell], folder);
  expect(status).toBe(0);
  expect(stderr).toMatch(/few rows: .* effective rank comes out too low: features\.npy has 200 for 24\n$/);
  expect(stdout).toMatch(/ +d = 24 +d = \d+\n/);
  expect(stdout).toContain('Of data that are not isotropic the truth lies between the two.');
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

test.each([
  [['--real', '10', '--dim', '3'], '--synthetic must be given, or --synthetic-share in its place, got neither'],
  [
    ['--real', '10', '--synthetic', '3'],
    '--dim must be given, or --data in its place, as the answer hangs on it',
  ],
  [[...question, '--lambda', '0.9'], '--lambda must be left out beside --guidance, got 0.9'],
  [[...question, '--data', 'absent.npy'], 'cannot read absent.npy'],
  [
    [...question, '--total', '5'],
    'sample counts must be given as --real and --synthetic, or as --total and --real-fraction, got --real and --total',
  ],
])('madloop advise %j is wrong usage', async (args, message) => {
  const { status, stdout, stderr } = await run(['advise', ...args], folder);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain(message);
});

test('flags override what a result has under other names', async () => {
  await run(['advise', ...question, '--no-chart', '-o', 'names'], folder);
  const data = Float64Array.from({ length: 400 }, (_, i) => Math.sin(i * i));
  await writeMatrix(join(folder, 'twenty.npy'), matrix(data.subarray(0, 240), 20, 12));
  for (const [flags, expected] of [
    [['--synthetic-share', '0.5'], { synthetic: 500 }],
    [['--guidance', '1'], { lambda: 0.5 }],
    [['--truncation', '0.25'], { lambda: 0.25 }],
    [['--data', 'twenty.npy', '--method', 'deterministic'], { dim: 12 }],
  ] as const) {
    const { stdout } = await run(['advise', 'names/advise.json', ...flags, '--json'], folder);
    expect(JSON.parse(stdout).inputs).toMatchObject(expected);
  }
});

test('what was not measured is marked, what a detector asks for said', async () => {
  const small = ['--real', '40', '--synthetic', '30', '--dim', '4', '--lambda', '0.5'];
  const { stdout } = await run(['advise', ...small, '--method', 'deterministic'], folder);
  expect(stdout).toContain('its band (not measured)');
  expect(stdout).toMatch(/\n 4 +~0\.\d+ -.*\n/);
  expect(stdout).toContain('(~: the accuracy of the method is not measured there)');
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  const detector = ['--true-positive-rate', '.1', '--false-positive-rate', '.3'];
  const few = await run(['advise', '--real', '1000', '--synthetic', '500', '--dim', '50', ...detector], folder);
  expect(few.stdout).toMatch(/HURTS[\s\S]*least synthetic ones without harm +5\d\d\n/);
});

test('data that say nothing, or something else, are wrong in words of the command line', async () => {
  await writeMatrix(join(folder, 'constant.npy'), matrix(new Float64Array(20).fill(3), 5, 4));
  await writeMatrix(join(folder, 'nan.npy'), matrix(Float64Array.of(1, 2, 3, Number.NaN), 2, 2));
  const cell = ['advise', '--real', '10', '--synthetic', '3'];
  for (const [args, message] of [
    [['--data', 'constant.npy'], 'madloop: constant.npy must hold two rows or more that are not all the same'],
    [['--data', 'nan.npy'], 'madloop: nan.npy must be finite, got NaN at row 1, column 1'],
  ] as const) {
    const { status, stderr } = await run([...cell, ...args], folder);
    expect([status, stderr.trim()]).toEqual([2, message]);
  }
  const large = ['advise', '--real', '1000', '--synthetic', '1000', '--dim', '1000000', '--lambda', '0.7'];
  const { status, stderr } = await run(large, folder);
  expect([status, stderr]).toEqual([1, expect.stringContaining('madloop: --relative-error must be reachable')]);
  expect(stderr).toContain("; --method can be 'deterministic', which needs no chains");
});

test('madloop threshold prints what the library returns, with its interval', async () => {
  const cell = ['--dim', '20', '--real', '60', '--lambda', '0.6'];
  const { status, stdout } = await run(['threshold', ...cell, '--json'], folder);
  const { parameters, command, ...result } = JSON.parse(stdout);
  expect([status, command, parameters.real]).toEqual([0, 'threshold', 60]);
  expect(result).toMatchObject({ ...(await admissibleThreshold({ dim: 20, real: 60, lambda: 0.6 })) });
  const table = (await run(['threshold', ...cell], folder)).stdout;
  expect(table).toMatch(/admissible synthetic samples, at most +[\d.]+ ± [\d.]+ +[\d.]+ to [\d.]+/);
  expect((await run(['threshold', '--dim', '3', '--real', '9', '--lambda', '1'], folder)).stdout).toContain(
    'unbounded',
  );
});

test('madloop expected-distance prints the exact cost of a fit', async () => {
  const args = ['expected-distance', '--dim', '100', '--samples', '100'];
  const { stdout } = await run([...args, '--json'], folder);
  expect(JSON.parse(stdout)).toMatchObject({ distance: await expectedDistance({ dim: 100, samples: 100 }) });
  expect((await run(args, folder)).stdout).toMatch(/^d = 100, n = 100\nexpected distance\n +31\.93646208\n$/);
  const wrong = await run(['expected-distance', '--dim', '3', '--samples', '1'], folder);
  expect([wrong.status, wrong.stderr]).toEqual([2, expect.stringContaining('madloop: --samples must be')]);
});

test('madloop mad-test takes the series of a loop, or rows of a file', async () => {
  const loop = ['--variant', 'fully-synthetic', '--dim', '3', '--synthetic', '20', '--replicates', '40'];
  await run(['loop', ...loop, '--series', '--no-chart', '-o', 'mad'], folder);
  const { status, stdout } = await run(['mad-test', 'mad/loop.json'], folder);
  expect([status, stdout]).toEqual([0, expect.stringMatching(/verdict +mad/)]);
  expect(stdout).toMatch(/^distance in mad\/loop\.json, worse where increasing\n/);
  expect(stdout).toMatch(/\n±: one standard error of the mean over 40 replicates; interval: 95 %\n$/);
  const trace = ['--metric', 'trace', '--direction', 'decreasing', '--confidence', '0.999'];
  const other = await run(['mad-test', 'mad/loop.json', ...trace], folder);
  expect(other.stdout).toMatch(
    /^trace in mad\/loop\.json, worse where decreasing\n[\s\S]*interval: 99\.9 %\n$/,
  );
  // Of the metric that is worse where it falls, asked in the usual direction.
  const usual = await run(['mad-test', 'mad/loop.json', '--metric', 'trace'], folder);
  expect(usual.stdout).toMatch(/\ntrace is worse where it is less: --direction decreasing tests for that\n$/);
  for (const { stdout: text } of [{ stdout }, other]) expect(text).not.toContain('--direction');
  const json = await run(['mad-test', 'mad/loop.json', '--json'], folder);
  expect(JSON.parse(json.stdout)).toMatchObject({ file: 'mad/loop.json', metric: 'distance', verdict: 'mad' });
  // The result still repeats itself.
  const again = await run(['loop', 'mad/loop.json', '--no-chart', '-o', 'again'], folder);
  expect(again.status).toBe(0);
  expect(readFileSync(join(folder, 'again/loop.json'))).toEqual(readFileSync(join(folder, 'mad/loop.json')));

  const flat = Float64Array.from({ length: 60 }, (_, i) => 5 + Math.sin(i * i));
  await writeMatrix(join(folder, 'series.npy'), matrix(flat, 10, 6));
  const stable = await run(['mad-test', 'series.npy', '--margin', '1', '--json'], folder);
  expect(JSON.parse(stable.stdout)).toMatchObject({
    command: 'mad-test',
    metric: null,
    verdict: 'stable',
    replicates: 10,
    to: 6,
  });
  writeFileSync(join(folder, 'none.json'), '{"series":3}');
  const brief = ['loop', '--dim', '2', '--real', '5', '--synthetic', '5', '--generations', '2', '-o', 'brief'];
  expect((await run(brief, folder)).status).toBe(0);
  expect((await run(['mad-test', 'brief/loop.json'], folder)).stderr).toBe(
    'madloop: brief/loop.json: the values of every replicate are not in it: make it by madloop loop --series. Of data or a model of your own madloop study keeps them and says the verdict (docs/studies.md)\n',
  );
  const wrong = await run(['mad-test', 'none.json'], folder);
  expect([wrong.status, wrong.stderr]).toEqual([2, expect.stringContaining('none.json: series must be there')]);
  const late = await run(['mad-test', 'series.npy', '--from', '9'], folder);
  expect([late.status, late.stderr]).toEqual([
    2,
    expect.stringContaining('--from must be an integer from 1 to 4'),
  ]);
});

test('madloop collapse-verdict says how it read the series, and what the function says', async () => {
  const loop = ['--variant', 'fully-synthetic', '--dim', '3', '--synthetic', '20', '--replicates', '20'];
  await run(['loop', ...loop, '--series', '--no-chart', '-o', 'shrinks'], folder);
  const { status, stdout, stderr } = await run(['collapse-verdict', 'shrinks/loop.json'], folder);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout.replace('\n', ' ')).toMatch(
    /^shrinks\/loop\.json \(replicates 20; generations 1 to 20\): is it/,
  );
  const json = await run(['collapse-verdict', 'shrinks/loop.json', '--json'], folder);
  const { definitions } = JSON.parse(json.stdout);
  expect(definitions).toContainEqual(
    expect.objectContaining({ definition: 'collapsingVariance', verdict: 'yes' }),
  );
  expect(stdout).toMatch(/variance collapses +yes +-?[\d.]/);
  // What has rows and columns need be no risk.
  await writeMatrix(
    join(folder, 'features.npy'),
    matrix(
      Float64Array.from({ length: 60 }, (_, i) => Math.sin(i)),
      10,
      6,
    ),
  );
  const features = await run(['collapse-verdict', 'features.npy'], folder);
  expect(features.stdout).toContain('(replicates 10; generations 1 to 6)');
  expect(features.stderr).toContain('features.npy has values below 0, as no risk has');
  // What lies beside the result leads to it.
  const refused = { status: 2, stdout: '' };
  const way = 'the values of every replicate are in shrinks/loop.json, if loop --series wrote it\n';
  for (const file of ['shrinks', 'shrinks/loop.csv'])
    expect(await run(['mad-test', file], folder)).toEqual({ ...refused, stderr: `madloop: ${file}: ${way}` });
});

test('Monte Carlo that takes long says so before it begins, and what takes less', async () => {
  const cell = ['--dim', '4000', '--real', '10000', '--synthetic', '4286'];
  const { child, outcome } = start(['ess', ...cell, '--threads', '1'], folder);
  child.stderr!.once('data', () => child.kill('SIGINT'));
  const { status, stderr } = await outcome;
  expect(status).toBe(130);
  expect(stderr).toMatch(
    /^ess: Monte Carlo in 4,000 dimensions takes \d+ (min|h) .*--method deterministic answers in a second\n/,
  );
  // What is quick says nothing.
  const quick = await run(['ess', ...cell, '--method', 'deterministic'], folder);
  expect([quick.status, quick.stderr]).toEqual([0, '']);
});

test('total and fraction stand for the counts of loops and limits, over a file as well', async () => {
  for (const command of ['loop', 'limit']) {
    const rest = [
      '--dim',
      '2',
      ...(command === 'loop' ? ['--generations', '2'] : ['--relative-error', '0.2']),
      '--json',
    ];
    const byTotal = await run([command, '--total', '50', '--real-fraction', '0.4', ...rest], folder);
    writeFileSync(join(folder, 'counts.json'), byTotal.stdout);
    expect(JSON.parse(byTotal.stdout).parameters).toMatchObject({ real: 20, synthetic: 30 });
    const other = await run(
      [command, 'counts.json', '--total', '50', '--real-fraction', '0.2', '--json'],
      folder,
    );
    expect(JSON.parse(other.stdout).parameters).toMatchObject({ real: 10, synthetic: 40 });
  }
  const wrong = await run(['limit', '--dim', '2', '--total', '50', '--real-fraction', '2'], folder);
  expect([wrong.status, wrong.stderr]).toEqual([
    2,
    expect.stringContaining('--real-fraction must be a number from 0 to 1'),
  ]);
});

test('text is broken between words', () => {
  const text = Array.from({ length: 40 }, (_, i) => 'w'.repeat(1 + (i % 9))).join(' ');
  const lines = wrapped(text).split('\n');
  expect(lines.join(' ')).toBe(text);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
});
