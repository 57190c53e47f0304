import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { effectiveSampleSize, info } from '../../src/index.js';
import { run, temporaryFolder } from './command.js';

const folder = temporaryFolder();
const cell = ['--dim', '3', '--real', '20', '--synthetic', '30', '--lambda', '0.8'];

test('madloop ess --json prints what the library returns, with every parameter as it was resolved', async () => {
  const { status, stdout, stderr } = await run(
    ['ess', ...cell, '--seed', '4', '--json', '--threads', '1'],
    folder,
  );
  expect([status, stderr]).toEqual([0, '']);
  const { madloop, instructionSet, command, parameters, ...result } = JSON.parse(stdout);
  expect([madloop, instructionSet, command]).toEqual([info().version, info().variant, 'ess']);
  expect(parameters).toEqual({
    ...{ variant: 'fresh-data', dim: 3, real: 20, synthetic: 30, lambda: 0.8, memory: 1, divisor: 'unbiased' },
    ...{ relativeError: 0.001, method: 'monte-carlo', seed: '4' },
  });
  const expected = await effectiveSampleSize({ dim: 3, real: 20, synthetic: 30, lambda: 0.8, seed: 4 });
  expect(result).toEqual(JSON.parse(JSON.stringify(expected)));
});

test('madloop ess repeats its own result, also of a reference', async () => {
  const file = join(folder, 'parameters.yaml');
  writeFileSync(file, 'reference: { mean: [1, 2], covariance: [4, 0, 0, 4] }\nreal: 20\nsynthetic: 10\n');
  const first = await run(['ess', file, '--relative-error', '0.01', '--json'], folder);
  expect(JSON.parse(first.stdout).parameters).toMatchObject({
    ...{ dim: 2, real: 20, relativeError: 0.01 },
    reference: { mean: [1, 2], covariance: [4, 0, 0, 4] },
  });
  const result = join(folder, 'ess.json');
  writeFileSync(result, first.stdout);
  expect(await run(['ess', result, '--json'], folder)).toEqual(first);
});

test('madloop ess prints a table', async () => {
  const { status, stdout } = await run(['ess', ...cell, '--relative-error', '0.01'], folder);
  expect(status).toBe(0);
  const { ratio } = await effectiveSampleSize({
    dim: 3,
    real: 20,
    synthetic: 30,
    lambda: 0.8,
    relativeError: 0.01,
  });
  expect(stdout).toMatch(/effective sample size +\d+\.\d+ +\d+\.\d+ to \d+\.\d+/);
  expect(stdout).toContain(String(Number(ratio.toPrecision(5))));
  expect(stdout).toMatch(/admissible +(yes|no|undecided)/);
});

test('madloop ess --method deterministic has no interval and says how accurate it is', async () => {
  const { status, stdout } = await run(['ess', ...cell, '--method', 'deterministic'], folder);
  expect(status).toBe(0);
  expect(stdout).not.toMatch(/\d to \d/);
  expect(stdout).toMatch(/relative error of the method, about +0\.\d+/);
});

test('madloop ess never calls a model that has nearly shrunk to its mean a help', async () => {
  const few = ['--dim', '20', '--real', '2', '--lambda', '0.5', '--relative-error', '0.05'];
  const { stdout } = await run(['ess', ...few, '--synthetic', '200'], folder);
  expect(stdout).toMatch(/admissible +yes, but collapsed\n/);
  expect(stdout).toMatch(/variance left .* 0\.0197/);
  expect(stdout.replaceAll('\n', ' ')).toMatch(/COLLAPSED: .*that is no help, so few real samples alone are/);
  const hurts = await run(['ess', ...cell.with(3, '200').with(5, '9000').with(7, '0.5')], folder);
  expect(hurts.stdout).toMatch(/admissible +no/);
  expect(hurts.stdout).toContain('COLLAPSED: ');
  expect(hurts.stdout).not.toContain('no help');
  expect((await run(['ess', ...few, '--synthetic', '2'], folder)).stdout).not.toContain('COLLAPSED');
});

test('madloop threshold says up to which count the model keeps its variance', async () => {
  const few = ['--dim', '30', '--lambda', '0.5'];
  const { stdout } = await run(['threshold', ...few, '--real', '15'], folder);
  // The count that can be used comes first.
  expect(stdout).toMatch(/before collapse, at most +304\n.*, at most +19\d\d/);
  expect(stdout).toContain('COLLAPSE: with more than 304 synthetic samples the model');
  expect((await run(['threshold', ...few, '--real', '2'], folder)).stdout).toContain(
    'COLLAPSE: with more than ',
  );
  expect((await run(['threshold', ...few, '--real', '300'], folder)).stdout).not.toContain('COLLAPSE');
});

test.each([
  [['--real', '20', '--synthetic', '30'], 'madloop: --dim must be an integer of at least 1, and is not given'],
  [[...cell, '--relative-error', 'tiny'], 'madloop: --relative-error must be a number'],
  [[...cell, '--method', 'guess'], 'madloop: --method must be one of'],
])('madloop ess %j is wrong usage', async (args, message) => {
  const { status, stdout, stderr } = await run(['ess', ...args], folder);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain(message);
});
