import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { StudyDocument } from '../../src/studies/definition/study-document.js';
import type { StudyDefinition } from '../../src/studies/definition/study-plan.js';
import { readStudy } from '../../src/studies/index.js';
import type { RunStudyOptions } from '../../src/studies/run/run-in-store.js';
import type { StudyProgress } from '../../src/studies/run/study-progress.js';
import { runStudyWith } from '../../src/studies/run/study-run.js';
import { studyCsv, studyJson } from '../../src/studies/store/export-study.js';
import { mergeStudies, studyStatus } from '../../src/studies/store-process/stores.js';
import { expectRejection } from '../support/rejection.js';
import { type FakeEngine, FakeEstimator, fakeEngine } from './fake-engine.js';

const folder = mkdtempSync(join(tmpdir(), 'madloop-studies-'));
afterAll(() => rmSync(folder, { recursive: true }));

let stores = 0;
const newStore = () => {
  stores += 1;
  return join(folder, `store-${stores}.sqlite`);
};

const grid: StudyDefinition = {
  dim: [1, 50],
  real: [10, 20, 30],
  synthetic: [0, 3, 8, 100],
  lambda: [0.5, 1],
  seed: 7,
};

const run = (definition: StudyDefinition, options: RunStudyOptions, engine: FakeEngine = fakeEngine()) =>
  runStudyWith('runStudy', engine, definition, options);

/** Everything that a study's results are, as bytes. */
const bytes = (document: StudyDocument): string => JSON.stringify(studyJson(document)) + studyCsv(document);

/** What a killed or stopped run may leave beside its store, it must not leave after a good end. */
const filesOf = (store: string) =>
  readdirSync(folder).filter((name) => name.includes(store.slice(folder.length + 1)));

describe('runStudy', () => {
  test('computes every cell of the grid from its own chains, in the order of the grid', async () => {
    const store = newStore();
    const document = await run(grid, { store });
    expect(document).toMatchObject({
      ...{ name: 'study', title: 'study', relativeError: 1e-3, seed: '7', method: 'monte-carlo' },
      axes: [
        { axis: 'dim', values: [1, 50] },
        { axis: 'real', values: [10, 20, 30] },
        { axis: 'synthetic', values: [0, 3, 8, 100] },
        { axis: 'lambda', values: [0.5, 1] },
      ],
      fixed: { variant: 'fresh-data', divisor: 'unbiased' },
      provenance: { madloop: '0.0.0-test', instructionSet: 'fake' },
    });
    expect(document.cells.map(({ at }) => Object.values(at))).toEqual(
      [1, 50].flatMap((dim) =>
        [10, 20, 30].flatMap((real) =>
          [0, 3, 8, 100].flatMap((synthetic) => [0.5, 1].map((lambda) => [dim, real, synthetic, lambda])),
        ),
      ),
    );
    for (const { parameters, result } of document.cells) {
      const { dim, real, synthetic, lambda, memory } = parameters;
      const chains = Math.max(1, synthetic);
      const key = [7, dim, real, synthetic, lambda, memory].join(' ');
      let sum = 0;
      for (let chain = 0; chain < chains; chain += 1) {
        for (const value of FakeEstimator.chain(key, chain)) sum += value;
      }
      expect(result!.distance).toBe(sum / chains);
      expect(result!.chains).toBe(chains);
      expect(result!.ratio).toBe(result!.effectiveSampleSize! / real);
      expect(result!.admissible).toBe(result!.ratio! >= 1);
    }
    expect(filesOf(store)).toHaveLength(1);
  });

  test('gives the same bytes for any threads, and for a list of the same cells in any order', async () => {
    const one = await run(grid, { store: newStore(), threads: 1 });
    for (const threads of [2, 7])
      expect(bytes(await run(grid, { store: newStore(), threads }))).toBe(bytes(one));
    const cells = one.cells.map(({ at }) => at).toReversed();
    const list = await run({ cells, seed: 7 }, { store: newStore() });
    expect(list.axes).toEqual([]);
    expect(list.cells).toEqual(one.cells.toReversed());
  });

  test('stopped after any round and run again gives the same bytes, and no round is lost or done twice', async () => {
    const definition = { ...grid, synthetic: [5, 40, 200] };
    const plain = fakeEngine(0.02);
    const whole = await run(definition, { store: newStore(), threads: 1 }, plain);
    const work = (engine: FakeEngine) => engine.rounds.flat().reduce((sum, [, , count]) => sum + count, 0);
    expect(plain.rounds.length).toBeGreaterThan(8);
    for (const stop of [1, 2, 3, 5, 8]) {
      const store = newStore();
      const controller = new AbortController();
      const stopped = fakeEngine(0.02, (round) => {
        // After the call: as late as an abort can come in a round.
        if (round === stop + 1) setTimeout(() => controller.abort(new Error('enough')), 0);
      });
      await expectRejection(
        () => run(definition, { store, threads: 1, signal: controller.signal }, stopped),
        'ERR_ABORTED',
        'runStudy',
      );
      expect(filesOf(store)).toHaveLength(1);
      expect((await studyStatus('status', store)).lastRun).toMatchObject({
        ended: 'stopped',
        pid: process.pid,
      });
      const rest = fakeEngine(0.02);
      expect(bytes(await run(definition, { store, threads: 1 }, rest))).toBe(bytes(whole));
      // The round that was stopped is done again; no other.
      const again = stopped.rounds.at(-1)!.reduce((sum, [, , count]) => sum + count, 0);
      expect(work(stopped) + work(rest)).toBe(work(plain) + again);
      expect((await studyStatus('status', store)).lastRun).toMatchObject({ ended: 'finished' });
    }
  });

  test('run again when finished computes nothing', async () => {
    const store = newStore();
    const document = await run(grid, { store });
    const engine = fakeEngine();
    expect(await run(grid, { store }, engine)).toEqual(document);
    expect(engine.rounds).toEqual([]);
  });

  test.each<[number, number, StudyDefinition]>([
    [2, 48, grid],
    [5, 48, grid],
    [4, 3, { dim: 2, real: 10, synthetic: [1, 2, 3] }],
  ])(
    'in %i shards of %i cells, merged in any order, gives the same bytes',
    async (shards, cells, definition) => {
      const whole = await run(definition, { store: newStore() });
      const store = newStore();
      const parts: string[] = [];
      const counts: number[] = [];
      for (let shard = 0; shard < shards; shard += 1) {
        const part = await run(definition, { store, shards, shard });
        counts.push(part.cells.filter(({ result }) => result !== null).length);
        parts.push(store.replace('.sqlite', `-shard-${shard}-of-${shards}.sqlite`));
      }
      expect(existsSync(store)).toBe(false);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(cells);
      for (const order of [parts, parts.toReversed(), [...parts, parts[0]!]]) {
        const merged = newStore();
        await mergeStudies('merge', order, merged);
        expect(bytes((await readStudy(merged)) as StudyDocument)).toBe(bytes(whole));
        // Merging what is merged changes nothing.
        const again = newStore();
        await mergeStudies('merge', [merged, parts[0]!], again);
        expect(await readStudy(again)).toEqual(await readStudy(merged));
      }
    },
  );

  test('a merged store of unfinished shards is finished by a run of the whole', async () => {
    const definition = { ...grid, synthetic: [5, 40, 200] };
    const whole = await run(definition, { store: newStore() });
    const store = newStore();
    const parts: string[] = [];
    for (const shard of [0, 1]) {
      const controller = new AbortController();
      const engine = fakeEngine(0.02, (round) => round === 3 && controller.abort());
      const options = { store, shards: 2, shard, threads: 1, signal: controller.signal };
      await expectRejection(() => run(definition, options, engine), 'ERR_ABORTED');
      parts.push(store.replace('.sqlite', `-shard-${shard}-of-2.sqlite`));
    }
    const merged = newStore();
    await mergeStudies('merge', parts, merged);
    const { begun, waiting } = await studyStatus('status', merged);
    expect(waiting).toBeGreaterThan(0);
    expect(begun).toBeGreaterThan(0);
    const rest = fakeEngine();
    expect(bytes(await run(definition, { store: merged }, rest))).toBe(bytes(whole));
    // The chains that the shards left are not simulated again.
    expect(rest.rounds.flat().some(([, first]) => first > 0)).toBe(true);
  });

  test('a cell without a finite variance is refused, and the others are computed', async () => {
    const store = newStore();
    const document = await run({ ...grid, lambda: [0, 1] }, { store });
    for (const { at, result, error } of document.cells) {
      if (at.lambda === 0) {
        expect([result, error]).toEqual([null, 'ERR_NO_VARIANCE: fake: the distance has no finite variance']);
      } else expect([result?.bounded, error]).toEqual(['yes', undefined]);
    }
    expect(await studyStatus('status', store)).toMatchObject({ cells: 48, done: 24, refused: 24, waiting: 0 });
  });

  test('so is one that turns out not to converge, and a cell that begins again is resumed where it was', async () => {
    const definition = { dim: 50, real: 10, synthetic: [100, 200, 300], memory: [1, 2, 3] };
    const whole = await run(definition, { store: newStore(), threads: 1 });
    for (const { at, result, error } of whole.cells) {
      expect([at.memory, result?.chains, error]).toEqual(
        at.memory === 3
          ? [3, undefined, 'ERR_NO_CONVERGENCE: fake: out of reach']
          : [at.memory, at.synthetic, undefined],
      );
    }
    for (let stop = 1; stop < 12; stop += 1) {
      const store = newStore();
      const controller = new AbortController();
      const engine = fakeEngine(0.02, (round) => round === stop && controller.abort());
      await run(definition, { store, threads: 1, signal: controller.signal }, engine).catch(() => {});
      expect(bytes(await run(definition, { store }))).toBe(bytes(whole));
    }
  });

  test('cells that have the same parameters are computed once', async () => {
    const engine = fakeEngine();
    const cells = [
      { total: 100, realFraction: 0.104 },
      { total: 100, realFraction: 0.1 },
      { real: 10, synthetic: 90 },
    ];
    const document = await run({ dim: 2, cells }, { store: newStore() }, engine);
    expect(document.cells.map(({ parameters }) => [parameters.real, parameters.synthetic])).toEqual([
      [10, 90],
      [10, 90],
      [10, 90],
    ]);
    expect(document.cells.map(({ at }) => at)).toEqual(cells);
    expect(new Set(document.cells.map(({ result }) => JSON.stringify(result))).size).toBe(1);
    expect(engine.rounds.flat().reduce((sum, [, , count]) => sum + count, 0)).toBe(90);
  });

  test('reports progress: never back, at most 20 times a second, and the end exactly', async () => {
    const reports: StudyProgress[] = [];
    const before = performance.now();
    await run(
      { ...grid, lambda: [0, 1] },
      { store: newStore(), onProgress: (p) => reports.push(p) },
      fakeEngine(0.5),
    );
    const seconds = (performance.now() - before) / 1000;
    expect(reports.length).toBeGreaterThan(2);
    expect(reports.length).toBeLessThanOrEqual(2 + 20 * seconds);
    for (const [i, { done, fraction, secondsLeft, total, relativeError }] of reports.entries()) {
      expect(total).toBe(48);
      // The error of a cell's only chain so far, or of a few of a hundred, down to that of all.
      expect(relativeError ?? 0.001).toBeGreaterThanOrEqual(0.001);
      expect(relativeError ?? 0.001).toBeLessThanOrEqual(0.01);
      expect(secondsLeft).toBeGreaterThanOrEqual(0);
      if (i === 0) continue;
      expect(done).toBeGreaterThanOrEqual(reports[i - 1]!.done);
      expect(fraction).toBeGreaterThanOrEqual(reports[i - 1]!.fraction);
    }
    expect(Math.max(...reports.map(({ relativeError }) => relativeError ?? 0))).toBeGreaterThan(0.001);
    expect(reports.at(-1)).toEqual({
      ...{ done: 48, total: 48, refused: 24, fraction: 1, secondsLeft: 0, relativeError: 0.001 },
    });
  });

  test('the chains of the first rounds are in the store soon, for runs that are killed soon', async () => {
    const store = newStore();
    let begun = 0;
    const engine = fakeEngine(20, async (round) => {
      if (round === 3) begun = (await studyStatus('status', store)).begun;
    });
    await run({ dim: 50, real: 10, synthetic: 64, seed: 1 }, { store, threads: 1 }, engine);
    expect(engine.rounds.length).toBeGreaterThan(4);
    expect(begun).toBe(1);
  });

  test('a throwing onProgress stops the study, which resumes', async () => {
    const store = newStore();
    const definition = { ...grid, synthetic: [200] };
    let calls = 0;
    const onProgress = () => {
      calls += 1;
      if (calls === 2) throw new RangeError('mine');
    };
    await expect(run(definition, { store, threads: 1, onProgress }, fakeEngine(0.1))).rejects.toThrow(
      RangeError,
    );
    expect((await studyStatus('status', store)).lastRun).toMatchObject({ ended: 'failed' });
    expect(bytes(await run(definition, { store }))).toBe(bytes(await run(definition, { store: newStore() })));
  });

  test('an aborted signal stops it before a store is made', async () => {
    const store = newStore();
    await expectRejection(() => run(grid, { store, signal: AbortSignal.abort() }), 'ERR_ABORTED');
    expect(filesOf(store)).toEqual([]);
  });
});

describe("a study of method 'deterministic'", () => {
  const definition: StudyDefinition = { ...grid, dim: [2, 13, 50], method: 'deterministic' };

  test('takes every cell from the large-d limit, without chains, errors or rounds', async () => {
    const engine = fakeEngine();
    const store = newStore();
    const progress: StudyProgress[] = [];
    const document = await run(definition, { store, onProgress: (p) => progress.push(p) }, engine);
    expect(engine.rounds).toEqual([]);
    expect(document.method).toBe('deterministic');
    for (const { parameters, result, error } of document.cells) {
      if (parameters.dim === 13) {
        expect([result, error]).toEqual([null, 'ERR_NO_VARIANCE: runStudy: of 13']);
      } else {
        expect(result).toMatchObject({ distance: 1 / parameters.dim, standardError: null, chains: 0 });
      }
    }
    expect(progress.at(-1)).toMatchObject({ done: 72, total: 72, refused: 24, fraction: 1 });
    expect(await readStudy(store)).toEqual(document);
    expect(bytes(await run(definition, { store }, engine))).toBe(bytes(document));
  });

  test('goes on where it was stopped, and is the same study whatever precision and seed are named', async () => {
    const store = newStore();
    const whole = await run(definition, { store: newStore() });
    const engine = fakeEngine();
    const stop = new AbortController();
    let asked = 0;
    const stopping = {
      ...engine,
      effectiveSampleSizes: (...args: Parameters<FakeEngine['effectiveSampleSizes']>) => {
        asked += 1;
        stop.abort();
        return engine.effectiveSampleSizes(...args);
      },
    };
    const many = { ...definition, real: '10:259:250' };
    await expectRejection(() => run(many, { store, signal: stop.signal }, stopping), 'ERR_ABORTED');
    expect(asked).toBe(1);
    const { done, refused, waiting } = await studyStatus('test', store);
    expect(done + refused).toBe(1_000);
    expect(waiting).toBe(6_000 - 1_000);
    const resumed = await run({ ...many, seed: 8, relativeError: 0.1 }, { store });
    expect(resumed.cells).toHaveLength(6_000);
    expect(resumed.cells.every(({ result, error }) => result !== null || error !== undefined)).toBe(true);
    expect(resumed.cells.find(({ at }) => at.real === 20)!.result!.distance).toBe(
      whole.cells.find(({ at }) => at.real === 20)!.result!.distance,
    );
  });

  test('is not that of the same cells by Monte Carlo', async () => {
    const store = newStore();
    await run(definition, { store });
    await expectRejection(
      () => run({ ...definition, method: 'monte-carlo' }, { store }),
      'ERR_STORE',
      'method: deterministic -> monte-carlo',
    );
  });

  test('refuses what the large-d limit does not cover, naming the cell', async () => {
    await expectRejection(
      () => run({ ...definition, memory: [1, 2] }, { store: newStore() }),
      'ERR_INVALID_INPUT',
      'the cell {',
      `"memory":2}: memory must be 1 for method 'deterministic', got 2`,
    );
    await expectRejection(
      () => run({ ...definition, method: 'guess' as 'monte-carlo' }, {}),
      'ERR_INVALID_INPUT',
      'method must be one of',
    );
  });
});
