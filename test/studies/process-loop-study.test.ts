// Studies whose model is a program of the user's: what it is made of is declared, and a study goes on with the same alone.

import { appendFileSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { replicatedAutophagousLoop } from '../../src/loops/replicated-autophagous-loop.js';
import { processModel } from '../../src/models/process-model/process-model.js';
import { gaussianReference } from '../../src/references/gaussian-reference.js';
import type { LoopStudyDefinition } from '../../src/studies/definition/loop-study.js';
import type { LoopStudyDocument } from '../../src/studies/definition/loop-study-document.js';
import { readStudy, runStudy } from '../../src/studies/index.js';
import { model } from '../cli/process-folder.js';
import { expectRejection, rejection } from '../support/rejection.js';

const folder = mkdtempSync(join(tmpdir(), 'madloop-process-studies-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  delete process.env.TEST_FAIL;
});

const program = join(folder, 'model.mjs');
const weights = join(folder, 'weights');
const versionFile = join(folder, 'version');
copyFileSync(model, program);
writeFileSync(weights, 'weights');
writeFileSync(versionFile, 'program 1.0\n');

let stores = 0;
const newStore = () => {
  stores += 1;
  return join(folder, `store-${stores}.sqlite`);
};

const definition: LoopStudyDefinition = {
  ...{ kind: 'loop', model: 'process', dim: 2, real: 12, synthetic: [20, 30], lambda: 1.5, generations: 3 },
  ...{ replicates: 2, seed: 9, metricSamples: 50 },
  process: [process.execPath, program],
  lambdaRange: [0, 2],
  environment: {
    files: [weights],
    version: [process.execPath, '-p', `require('fs').readFileSync(${JSON.stringify(versionFile)}, 'utf8')`],
  },
};

test('runs as replicatedAutophagousLoop does, and goes on with the same program alone', async () => {
  const store = newStore();
  const { cells, fixed } = await runStudy(definition, { store, threads: 2 });
  for (const [i, synthetic] of [20, 30].entries()) {
    const { series } = await replicatedAutophagousLoop({
      ...{ variant: 'fresh-data', real: 12, synthetic, lambda: 1.5, generations: 3, replicates: 2, seed: 9 },
      ...{ metricSamples: 50, series: true, reference: gaussianReference({ dim: 2 }) },
      model: processModel({ command: [process.execPath, program], lambdaRange: [0, 2] }),
    });
    for (const [name, values] of Object.entries(series!.metrics)) {
      const { replicates } = cells[i]!.result!.metrics[name]!;
      expect(replicates.flatMap((run) => [...run])).toEqual([...values]);
    }
  }
  expect(fixed.process).toMatchObject({
    command: [process.execPath, program],
    environment: { files: { [program]: expect.stringMatching(/^[\da-f]{64}$/) }, version: 'program 1.0' },
  });

  const refused = async (change: () => void, ...pieces: string[]) => {
    change();
    await expectRejection(() => runStudy(definition, { store }), 'ERR_STORE', ...pieces);
  };
  await refused(() => writeFileSync(versionFile, 'program 1.1\n'), 'version: program 1.0 -> program 1.1');
  writeFileSync(versionFile, 'program 1.0\n');
  await refused(() => writeFileSync(weights, 'others'), `file ${weights}: `);
  writeFileSync(weights, 'weights');
  await refused(() => appendFileSync(program, '\n'), `file ${program}: `);
  copyFileSync(model, program);
  const again = await runStudy(definition, { store });
  expect(again.cells).toEqual(cells);
  await expectRejection(
    () => runStudy({ ...definition, lambdaRange: [0, 3] }, { store }),
    'ERR_STORE',
    'lambdaRange: 0, 2 -> 0, 3',
  );
});

test('a run that fails waits for another try, and the others are kept', async () => {
  const store = newStore();
  // Of the second cell, in its second generation.
  process.env.TEST_FAIL = '42';
  await expectRejection(() => runStudy(definition, { store }), 'ERR_MODEL', '2 runs failed', 'out of memory');
  const { cells } = (await readStudy(store)) as LoopStudyDocument;
  expect(cells.map(({ finished, error }) => [finished, error])).toEqual([
    [2, undefined],
    [0, undefined],
  ]);
  delete process.env.TEST_FAIL;
  const done = await runStudy(definition, { store });
  expect(done.cells.map(({ finished }) => finished)).toEqual([2, 2]);
  expect(done.cells).toEqual((await runStudy(definition, { store: newStore() })).cells);
});

test.each<[string, Partial<LoopStudyDefinition>, string]>([
  ['no program', { process: undefined, environment: undefined }, "process must be given with model 'process'"],
  [
    'a program without its model',
    { model: 'kde', lambda: 1 },
    "process must be left out unless model is 'process'",
  ],
  [
    'an environment without a program',
    { model: 'kde', process: undefined, lambda: 1 },
    "environment must be left out without the option 'process'",
  ],
  ['weights of rows', { realWeight: 0.5 }, "realWeight must be left out with model 'process'"],
  ['a lambda that it has not', { lambda: 3 }, 'lambda must be a number from 0 to 2, got 3'],
  ['a file that is not there', { environment: { files: [join(folder, 'none')] } }, 'none'],
  [
    'a version that fails',
    { environment: { version: [process.execPath, '-e', 'process.exit(3)'] } },
    'environment.version',
  ],
])('with %s is refused', async (_, change, message) => {
  const error = await rejection(() =>
    runStudy({ ...definition, ...change } as LoopStudyDefinition, { store: newStore() }),
  );
  expect(error.message).toContain(message);
});
