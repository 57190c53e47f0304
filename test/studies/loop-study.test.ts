import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { MadloopError } from '../../src/base/errors.js';
import { meanAndError } from '../../src/base/mean-and-error.js';
import { simulateGaussianLoop } from '../../src/gaussian-loop/simulate-gaussian-loop.js';
import { DataFiles } from '../../src/studies/definition/data-files.js';
import { type LoopStudyDefinition, resolveLoopStudy } from '../../src/studies/definition/loop-study.js';
import type { LoopStudyDocument } from '../../src/studies/definition/loop-study-document.js';
import { loopStudyContent } from '../../src/studies/definition/study-identity.js';
import { readStudy, runStudy } from '../../src/studies/index.js';
import { runLoopStudyWith } from '../../src/studies/run/loop-run.js';
import type { RunStudyOptions } from '../../src/studies/run/run-in-store.js';
import type { StudyProgress } from '../../src/studies/run/study-progress.js';
import { columnsCsv, studyJson, studyTableOf } from '../../src/studies/store/export-study.js';
import { mergeStudies, RunStore, studyStatus } from '../../src/studies/store-process/stores.js';
import { madTest } from '../../src/verdict/mad-test.js';
import { expectRejection } from '../support/rejection.js';
import { editAndSealStore, editStore } from './edited-store.js';
import { type FakeLoopEngine, fakeLoopEngine, fakeMetrics, fakeRun } from './fake-loop-engine.js';

const folder = mkdtempSync(join(tmpdir(), 'madloop-loop-studies-'));
afterAll(() => rmSync(folder, { recursive: true }));

let stores = 0;
const newStore = () => {
  stores += 1;
  return join(folder, `store-${stores}.sqlite`);
};

const grid: LoopStudyDefinition = {
  kind: 'loop',
  variant: ['fresh-data', 'fully-synthetic'],
  dim: [1, 20],
  real: 10,
  synthetic: [10, 30],
  generations: 4,
  replicates: 5,
  seed: 7,
};

const run = (
  definition: LoopStudyDefinition,
  options: RunStudyOptions = { store: newStore() },
  engine: FakeLoopEngine = fakeLoopEngine(),
) => runLoopStudyWith('runStudy', engine, definition, options);

/** Everything that a study's results are, as bytes. */
const bytes = (study: LoopStudyDocument): string =>
  JSON.stringify(studyJson(study)) +
  (['replicates', 'generations', 'cells'] as const).map((rows) => columnsCsv(studyTableOf(study, rows))).join();

const cellsOf = async (definition: unknown) => (await resolveLoopStudy('runStudy', definition)).cells;

describe('a definition of loops', () => {
  test('is a grid over every option of the loop, schedules and words among the values', async () => {
    const { cells, axes, fixed } = await resolveLoopStudy('runStudy', {
      ...{ kind: 'loop', dim: 2, real: 10, pool: 'latest,accumulate', generations: [3, 5] },
      synthetic: [20, { schedule: [0, 10, 40] }],
      lambda: '0.8:1:2',
    });
    expect(axes).toEqual([
      { axis: 'synthetic', values: [20, { schedule: [0, 10, 40] }] },
      { axis: 'lambda', values: [0.8, 1] },
      { axis: 'pool', values: ['latest', 'accumulate'] },
      { axis: 'generations', values: [3, 5] },
    ]);
    expect(fixed).toEqual({ dim: 2, real: 10 });
    expect(cells).toHaveLength(16);
    expect(cells[0]).toEqual({
      at: { synthetic: 20, lambda: 0.8, pool: 'latest', generations: 3 },
      parameters: {
        ...{ variant: 'fresh-data', dim: 2, initial: 10, real: 10, synthetic: 20, lambda: 0.8, memory: 1 },
        ...{ pool: 'latest', generations: 3, engine: 'moments', divisor: 'unbiased' },
      },
    });
    expect(cells.at(-1)!.parameters.synthetic).toEqual({ schedule: [0, 10, 40] });
  });

  test('takes total and realFraction, counts of a combined loop, and a list of cells', async () => {
    const list = [
      { total: 100, realFraction: 0.1 },
      { variant: 'combined', realFixed: 5, realFresh: { schedule: [1, 2, 3] }, synthetic: 9, initial: 8 },
      { variant: 'fully-synthetic', synthetic: 12, pool: 'subsample', engine: 'samples', subsample: 7 },
    ];
    const cells = await cellsOf({ kind: 'loop', dim: 3, cells: list });
    expect(cells.map(({ at }) => at)).toEqual(list);
    expect(cells.map(({ parameters: { real, synthetic, initial } }) => [real, synthetic, initial])).toEqual([
      [10, 90, 10],
      [{ schedule: [6, 7, 8] }, 9, 8],
      [0, 12, 12],
    ]);
    expect(cells[2]!.parameters).toMatchObject({ pool: 'subsample', subsample: 7, engine: 'samples' });
  });

  const base = { kind: 'loop', dim: 2, real: 10, synthetic: 10 };
  test.each<[string, object, string]>([
    ['an option of limit points', { ...base, relativeError: 0.1 }, "unknown option 'relativeError'"],
    [
      'a word that is none',
      { ...base, pool: ['latest', 'all'] },
      'the cell {"pool":"all"}: pool must be one of',
    ],
    [
      'a count below its least',
      { ...base, real: [0, 3] },
      'the cell {"real":0}: real must be an integer of at least 1',
    ],
    [
      'a function',
      { ...base, lambda: () => 1 },
      'lambda must be numbers, { schedule: [...] } or ranges, got a function',
    ],
    [
      'a schedule where there is none',
      { ...base, dim: { schedule: [1, 2] } },
      'dim must be numbers or ranges, got an object',
    ],
    ['a schedule of words', { ...base, lambda: { schedule: ['a'] } }, 'lambda must be numbers, { schedule'],
    [
      'an entry of a schedule that is none',
      { ...base, lambda: { schedule: [1, 2] } },
      'lambda[1] must be a number from 0 to 1',
    ],
    ['a number for a word', { ...base, variant: 3 }, 'variant must be words or a list of such, got 3'],
    ['no replicate', { ...base, replicates: 0 }, 'replicates must be an integer from 1 to 1000000, got 0'],
    ['counts in two ways', { ...base, total: 20 }, 'sample counts must be given as'],
    ['a bad cell of a list', { kind: 'loop', dim: 2, cells: [{ real: 5 }] }, 'cells[0]: synthetic must be'],
    ['an unknown kind', { ...base, kind: 'loops' }, "kind must be one of 'limit', 'loop', got \"loops\""],
  ])('with %s is refused', async (_, definition, message) => {
    await expectRejection(
      () => runStudy(definition as never, { store: newStore() }),
      'ERR_INVALID_INPUT',
      message,
    );
  });

  test('is identified by what enters results: a default that is written out changes nothing', async () => {
    const content = async (definition: object) =>
      loopStudyContent(await resolveLoopStudy('runStudy', definition));
    const written = {
      ...base,
      variant: 'fresh-data',
      generations: 20,
      replicates: 10,
      initial: 10,
      seed: 0,
      name: 'x',
    };
    expect(await content(written)).toEqual(await content(base));
    for (const change of [
      { seed: 1 },
      { replicates: 11 },
      { generations: 21 },
      { initial: 11 },
      { lambda: [0.5, 1] },
    ])
      expect(await content({ ...base, ...change })).not.toEqual(await content(base));
  });
});

describe('a study of loops', () => {
  test('has for each cell what simulateGaussianLoop gives, every replicate to the last bit', async () => {
    const definition: LoopStudyDefinition = {
      ...{ kind: 'loop', dim: 3, real: 8, synthetic: 12, replicates: 7, generations: 5, seed: '12345678901' },
      variant: ['fully-synthetic', 'synthetic-augmentation', 'fresh-data'],
      lambda: [0.9, { schedule: [1, 0.8, 0.6] }],
    };
    const { cells } = await runStudy(definition, { store: newStore(), threads: 2 });
    expect(cells).toHaveLength(6);
    for (const { parameters, at, finished, result } of cells) {
      const lambda = typeof at.lambda === 'object' ? at.lambda.schedule : at.lambda;
      const variant = at.variant as 'fresh-data';
      const { series } = await simulateGaussianLoop({
        ...{ variant, dim: 3, synthetic: 12, lambda: lambda as number, generations: 5, replicates: 7 },
        ...{ seed: '12345678901', series: true, ...((variant as string) !== 'fully-synthetic' && { real: 8 }) },
      });
      expect(parameters.variant).toBe(variant);
      expect(finished).toBe(7);
      for (const name of ['distance', 'meanNormSquared', 'trace', 'logDeterminant'] as const) {
        const metric = result!.metrics[name]!;
        const runs = Array.from({ length: 7 }, (_, r) => series![name].slice(r * 5, (r + 1) * 5));
        expect(metric.replicates.map((values) => Float64Array.from(values))).toEqual(runs);
        const estimates = Array.from({ length: 5 }, (_, i) => meanAndError(runs.map((values) => values[i]!)));
        expect(metric.mean).toEqual(estimates.map(({ mean }) => mean));
        expect(metric.standardError).toEqual(estimates.map(({ standardError }) => standardError));
        expect(metric.final).toEqual(estimates.at(-1));
      }
      expect(result!.verdict).toEqual(await madTest(series!));
    }
  });

  test('gives the same bytes for any threads, in shards merged in any order, and in a list in any order', async () => {
    const whole = await run(grid, { store: newStore(), threads: 1 });
    for (const threads of [2, 7])
      expect(bytes(await run(grid, { store: newStore(), threads }))).toBe(bytes(whole));
    for (const shards of [3, 41]) {
      const store = newStore();
      const parts: string[] = [];
      const runs: string[] = [];
      for (let shard = 0; shard < shards; shard += 1) {
        const engine = fakeLoopEngine();
        await run(grid, { store, shards, shard }, engine);
        parts.push(store.replace('.sqlite', `-shard-${shard}-of-${shards}.sqlite`));
        for (const [key, first, count] of engine.blocks)
          for (let i = 0; i < count; i += 1) runs.push(`${key} ${first + i}`);
      }
      expect(new Set(runs).size).toBe(40);
      expect(runs).toHaveLength(40);
      for (const order of [parts, parts.toReversed(), [...parts, parts[0]!]]) {
        const merged = newStore();
        await mergeStudies('merge', order, merged);
        expect(bytes((await readStudy(merged)) as LoopStudyDocument)).toBe(bytes(whole));
      }
    }
    const cells = whole.cells.map(({ at }) => at).toReversed();
    const { variant, dim, synthetic, ...common } = grid;
    const list = await run({ ...common, cells } as LoopStudyDefinition);
    expect(list.cells).toEqual(whole.cells.toReversed());
  });

  test('stopped after any block and run again gives the same bytes, and no replicate is lost or done twice', async () => {
    const whole = await run(grid);
    for (const stop of [1, 3, 6]) {
      const store = newStore();
      const controller = new AbortController();
      const stopped = fakeLoopEngine(2, (block) => {
        if (block === stop) controller.abort(new Error('enough'));
      });
      await expectRejection(
        () => run(grid, { store, threads: 2, signal: controller.signal }, stopped),
        'ERR_ABORTED',
        'runStudy',
      );
      const { done, waiting, begun, lastRun } = await studyStatus('status', store);
      expect(done + waiting).toBe(8);
      expect(begun).toBeLessThanOrEqual(waiting);
      expect(lastRun).toMatchObject({ ended: 'stopped' });
      const kept = ((await readStudy(store)) as LoopStudyDocument).cells.reduce(
        (sum, { finished }) => sum + finished,
        0,
      );
      const rest = fakeLoopEngine();
      expect(bytes(await run(grid, { store, threads: 2 }, rest))).toBe(bytes(whole));
      expect(rest.blocks.reduce((sum, [, , count]) => sum + count, 0)).toBe(40 - kept);
    }
    const store = newStore();
    await run(grid, { store });
    const again = fakeLoopEngine();
    await run(grid, { store }, again);
    expect(again.blocks).toEqual([]);
  });

  test('keeps finished replicates of a cell that is not finished', async () => {
    const store = newStore();
    const one: LoopStudyDefinition = {
      kind: 'loop',
      dim: 500,
      real: 10,
      synthetic: 10,
      generations: 2,
      replicates: 6,
    };
    const controller = new AbortController();
    const engine = fakeLoopEngine(160, (block) => {
      if (block === 4) controller.abort();
    });
    await expectRejection(
      () => run(one, { store, threads: 1, signal: controller.signal }, engine),
      'ERR_ABORTED',
    );
    const { cells } = (await readStudy(store)) as LoopStudyDocument;
    expect(cells.map(({ finished, result }) => [finished, result])).toEqual([[3, null]]);
    expect(await studyStatus('status', store)).toMatchObject({ cells: 1, done: 0, waiting: 1, begun: 1 });
    const rest = fakeLoopEngine();
    await run(one, { store, threads: 1 }, rest);
    expect(rest.blocks[0]![1]).toBe(3);
    expect(rest.blocks.reduce((sum, [, , count]) => sum + count, 0)).toBe(3);
  });

  test('has what its engine gave, equal cells once', async () => {
    const engine = fakeLoopEngine();
    const cells = [{ dim: 2 }, { dim: 3 }, { dim: 2, lambda: 1 }];
    const common = { real: 4, synthetic: 6, generations: 3, replicates: 4, seed: 5 };
    const study = await run({ kind: 'loop', cells, ...common }, { store: newStore() }, engine);
    expect(engine.blocks.reduce((sum, [, , count]) => sum + count, 0)).toBe(8);
    expect(study.cells[2]!.result).toEqual(study.cells[0]!.result);
    for (const { parameters, result } of study.cells) {
      const work = { parameters, seed: 5n, first: 0, count: 4, files: new DataFiles('test'), timeLimits: {} };
      for (const [m, name] of fakeMetrics.entries()) {
        const values = Array.from({ length: 4 }, (_, r) => fakeRun(work, r).series.slice(3 * m, 3 * m + 3));
        expect(result!.metrics[name]!.replicates).toEqual(values);
      }
    }
  });

  test('a cell that can have no result is refused, for ever, and the others are computed', async () => {
    const store = newStore();
    const definition: LoopStudyDefinition = { ...grid, dim: [1, 13], variant: 'fresh-data' };
    const study = await run(definition, { store });
    expect(study.cells.map(({ result, error }) => [result === null, error])).toEqual([
      ...[
        [false, undefined],
        [false, undefined],
      ],
      ...[
        [true, 'ERR_NO_CONVERGENCE: runStudy: of 13'],
        [true, 'ERR_NO_CONVERGENCE: runStudy: of 13'],
      ],
    ]);
    expect(await studyStatus('status', store)).toMatchObject({ cells: 4, done: 2, refused: 2, waiting: 0 });
    const again = fakeLoopEngine();
    expect(await run(definition, { store }, again)).toEqual(study);
    expect(again.blocks).toEqual([]);
  });

  test('what the machine lacks ends the run, with its reason, and what was finished stays', async () => {
    const store = newStore();
    const definition: LoopStudyDefinition = { ...grid, dim: [1, 14] };
    await expectRejection(() => run(definition, { store, threads: 1 }), 'ERR_OUT_OF_MEMORY', 'of 14');
    expect((await studyStatus('status', store)).lastRun).toMatchObject({ ended: 'failed' });
  });

  test('a store that cannot be written ends the run with its error; what was committed stays', async () => {
    const store = newStore();
    const { commit } = RunStore.prototype;
    let commits = 0;
    RunStore.prototype.commit = function (changes) {
      commits += 1;
      if (commits !== 2) return commit.call(this, changes);
      return Promise.reject(new MadloopError('ERR_STORE', 'test: the disk is full'));
    };
    try {
      await expectRejection(
        () => run(grid, { store, threads: 2 }, fakeLoopEngine(60)),
        'ERR_STORE',
        'test: the disk is full',
      );
    } finally {
      RunStore.prototype.commit = commit;
    }
    // Nothing after the one that failed, which would hide it.
    expect(commits).toBe(2);
    const { cells } = (await readStudy(store)) as LoopStudyDocument;
    const kept = cells.reduce((sum, { finished }) => sum + finished, 0);
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(40);
    expect(bytes(await run(grid, { store }))).toBe(bytes(await run(grid)));
  });

  test('tells its progress, which ends at all cells', async () => {
    const reports: StudyProgress[] = [];
    await run(
      grid,
      { store: newStore(), onProgress: (progress) => reports.push(progress) },
      fakeLoopEngine(20),
    );
    expect(reports.length).toBeGreaterThan(1);
    expect(reports.at(-1)).toMatchObject({ done: 8, total: 8, fraction: 1, secondsLeft: 0, refused: 0 });
  });
});

describe('the store of a study of loops', () => {
  test('is of its own format, and that of limit points is what it was', async () => {
    const store = newStore();
    await run(grid, { store });
    expect(readFileSync(store).readInt32BE(60)).toBe(3);
  });

  test.each<[string, Partial<LoopStudyDefinition>, string]>([
    ['another seed', { seed: 8 }, 'seed: 7 -> 8'],
    ['more replicates', { replicates: 6 }, 'replicates: 5 -> 6'],
    ['another axis', { dim: [1, 21] }, 'dim: 1, 20 -> 1, 21'],
    ['a value that is no axis', { memory: 2 }, 'memory: 1 -> 2'],
  ])('refuses %s', async (_, change, message) => {
    const store = newStore();
    await run(grid, { store });
    await expectRejection(() => run({ ...grid, ...change }, { store }), 'ERR_STORE', message);
  });

  test('refuses a study of limit points, and the other way round', async () => {
    const store = newStore();
    await run(grid, { store });
    const limits = { dim: 1, real: 10, synthetic: 10, method: 'deterministic' } as const;
    const message = 'this is the store of a study of loops, not of limit points; it was left as it is';
    await expectRejection(() => runStudy(limits, { store }), 'ERR_STORE', message);
    const other = newStore();
    await runStudy(limits, { store: other });
    expect(readFileSync(other).readInt32BE(60)).toBe(2);
    await expectRejection(() => run(grid, { store: other }), 'ERR_STORE', 'of limit points, not of loops');
    await expectRejection(
      () => mergeStudies('merge', [store, other], newStore()),
      'ERR_STORE',
      'of limit points',
    );
  });

  test.each<[string, string, string]>([
    ['a changed value', 'UPDATE replicates SET series = zeroblob(64) WHERE place = 1', 'checksum'],
    ['a cell of another study', `UPDATE loops SET parameters = '{"dim":1}' WHERE cell = 1`, 'checksum'],
    ['a table too many', 'CREATE TABLE cells (a)', 'the table "cells" is no part of a store'],
    ['a dropped table', 'DROP TABLE loops', 'the table loops is missing'],
  ])('%s is found', async (_, sql, message) => {
    const store = newStore();
    await run(grid, { store });
    await editStore(store, sql);
    await expectRejection(() => readStudy(store), 'ERR_STORE', message);
    await expectRejection(() => run(grid, { store }), 'ERR_STORE', message);
  });

  test.each<[string, string, string]>([
    ['a cell that is gone', 'DELETE FROM loops WHERE cell = 3', 'its cells are not those of the study'],
    [
      'another parameter',
      `UPDATE loops SET parameters = replace(parameters, '20', '21')`,
      'not those of the study',
    ],
    [
      'a replicate of no cell',
      'UPDATE replicates SET cell = 99 WHERE place = 2',
      'replicate 2 of cell 99 is none',
    ],
    [
      'a replicate in the place of another',
      'UPDATE replicates SET replicate = 3 WHERE place = 2',
      'is none of the study',
    ],
    [
      'a replicate beyond the last',
      'UPDATE replicates SET replicate = 5 WHERE place = 2',
      'is none of the study',
    ],
    [
      'no values',
      'UPDATE replicates SET series = NULL WHERE place = 2',
      'replicate 2 has neither values nor an error',
    ],
    ['half a value', 'UPDATE replicates SET series = zeroblob(60) WHERE place = 2', 'replicate 2 has neither'],
    ['an error beside values', `UPDATE replicates SET error = 'x' WHERE place = 2`, 'replicate 2 has neither'],
    [
      'fewer generations',
      'UPDATE replicates SET series = zeroblob(32) WHERE place = 2',
      'do not measure the same',
    ],
    ['other metrics', `UPDATE replicates SET metrics = 'a,b' WHERE place = 2`, 'do not measure the same'],
  ])('%s, with every checksum right: refused', async (_, sql, message) => {
    const store = newStore();
    await run(grid, { store });
    await editAndSealStore(store, sql, 'loop');
    await expectRejection(() => readStudy(store), 'ERR_STORE', message, 'it was left as it is');
  });

  test('parts with different results are not merged', async () => {
    const [store, other] = [newStore(), newStore()];
    await run(grid, { store });
    await run(grid, { store: other });
    await editAndSealStore(other, 'UPDATE replicates SET series = zeroblob(64) WHERE place = 7', 'loop');
    await expectRejection(
      () => mergeStudies('merge', [store, other], newStore()),
      'ERR_STORE',
      'replicate 2 of cell 1 has different results in',
    );
  });
});

describe('tables of a study of loops', () => {
  test('are in long form, by replicate or by generation, or have a row a cell', async () => {
    const study = await run({
      ...grid,
      dim: 13,
      cells: [{ dim: 1 }, { dim: 13 }],
      variant: 'fresh-data',
      synthetic: 5,
    });
    const lines = (rows: 'replicates' | 'generations' | 'cells') =>
      columnsCsv(studyTableOf(study, rows)).split('\n');
    const first = study.cells[0]!.result!.metrics;
    expect(lines('replicates').slice(0, 3)).toEqual([
      'cell,dim,replicate,t,metric,value',
      `0,1,0,1,distance,${first.distance!.replicates[0]![0]}`,
      `0,1,0,2,distance,${first.distance!.replicates[0]![1]}`,
    ]);
    expect(lines('replicates')).toHaveLength(1 + 2 * 5 * 4 + 1);
    expect(lines('generations')[1]).toBe(
      `0,1,1,distance,${first.distance!.mean[0]},${first.distance!.standardError[0]}`,
    );
    const [names, done, refused] = lines('cells').map((line) => line.split(','));
    expect(names).toContain('distanceStandardError');
    expect(done![names!.indexOf('distance')]).toBe(String(first.distance!.final.mean));
    expect([done, refused].map((row) => row![names!.indexOf('state')])).toEqual(['done', 'refused']);
  });
});
