// A loop that is stopped after any generation goes on from its record as if it had not been.

import { describe, expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import type { Matrix } from '../../src/base/shapes.js';
import { autophagousLoop, continuedLoop } from '../../src/loops/autophagous-loop.js';
import type { AutophagousLoopOptions } from '../../src/loops/loop-options.js';
import type { LoopRecord, MeasuredGeneration } from '../../src/loops/loop-record.js';
import { LoopError, replicatedLoop } from '../../src/loops/replicated-loop.js';
import { bootstrap } from '../../src/models/bootstrap.js';
import { datasetReference } from '../../src/references/dataset-reference.js';

const data = matrix(
  Float64Array.from({ length: 400 }, (_, i) => Math.sin(i * i)),
  200,
  2,
);

class MemoryRecord implements LoopRecord {
  readonly finished: MeasuredGeneration[] = [];
  readonly draws = new Map<string, Matrix>();
  async keep(t: number, source: number, rows: Matrix): Promise<void> {
    this.draws.set(`${t} from ${source}`, rows);
  }
  async kept(t: number, source: number): Promise<Matrix> {
    const rows = this.draws.get(`${t} from ${source}`);
    if (rows === undefined) throw new Error(`nothing was kept for ${t} from ${source}`);
    return rows;
  }
  async finish(generation: MeasuredGeneration): Promise<void> {
    this.finished.push(generation);
  }
}

type Options = Omit<AutophagousLoopOptions, 'reference' | 'model' | 'generations'>;

const loops: readonly [string, Options][] = [
  ['fresh data', { variant: 'fresh-data', real: 20, synthetic: 30 }],
  ['fully synthetic', { variant: 'fully-synthetic', synthetic: 30, lambda: 0.5 }],
  ['augmentation', { variant: 'synthetic-augmentation', real: 20, synthetic: 30, memory: 3 }],
  ['memory beyond the loop', { variant: 'fresh-data', real: 20, synthetic: 30, memory: 1000 }],
  ['accumulating', { variant: 'fresh-data', real: 10, synthetic: 30, pool: 'accumulate', memory: 2 }],
  ['subsample', { variant: 'combined', realFixed: 5, realFresh: 4, synthetic: 30, pool: 'subsample' }],
  ['schedules', { variant: 'fresh-data', real: [10, 20, 5], synthetic: [0, 30, 0, 20], lambda: [1, 0.9, 0.8] }],
];

describe.each(loops)('%s', (_, loop) => {
  const options = (generations: number): AutophagousLoopOptions => ({
    ...loop,
    reference: datasetReference(data),
    model: bootstrap(),
    generations,
    seed: 7,
    metrics: ['distance', { drawn: async ({ sample }) => (await sample(5)).data[3]! }],
  });

  test('goes on after any generation', async () => {
    const whole: MeasuredGeneration[] = [];
    for await (const { model: _, ...measured } of autophagousLoop(options(5))) whole.push(measured);
    expect(whole).toHaveLength(5);
    for (let stop = 0; stop <= 4; stop += 1) {
      const record = new MemoryRecord();
      const runTo = async (last: number, finish = last) => {
        for await (const { model: _, ...measured } of continuedLoop(options(5), record)) {
          if (measured.t <= finish) await record.finish(measured);
          if (measured.t === last) break;
        }
      };
      // The one after the last finished is begun, and lost.
      await runTo(stop + 1, stop);
      expect(record.finished).toEqual(whole.slice(0, stop));
      await runTo(5);
      expect(record.finished).toEqual(whole);
    }
  });

  test('no model but the newest is asked', async () => {
    const alive = new Set<number>();
    const asked: string[] = [];
    let fits = 0;
    const inner = bootstrap();
    const model = {
      async fit(rows: Matrix) {
        fits += 1;
        const [t, fitted] = [fits, await inner.fit(rows)];
        alive.clear();
        alive.add(t);
        return {
          sample(count: number, draw: object) {
            asked.push(`${t} of ${[...alive]}`);
            return fitted.sample(count, draw);
          },
        };
      },
    };
    const record = new MemoryRecord();
    const own = { ...options(5), model, metricSamples: 10 };
    for await (const { model: _, ...measured } of continuedLoop(own, record)) await record.finish(measured);
    expect(asked.length).toBeGreaterThan(8);
    for (const word of asked) expect(word.split(' of ')[0]).toBe(word.split(' of ')[1]);
  });
});

test('with memory 1 a finished loop goes on to more generations', async () => {
  const own = (generations: number) => ({
    ...({ variant: 'fresh-data', real: 20, synthetic: 30, generations, seed: 3 } as const),
    ...{ reference: datasetReference(data), model: bootstrap() },
  });
  const whole: MeasuredGeneration[] = [];
  for await (const { model: _, ...measured } of autophagousLoop(own(6))) whole.push(measured);
  const record = new MemoryRecord();
  for (const generations of [2, 6])
    for await (const { model: _, ...measured } of continuedLoop(own(generations), record))
      await record.finish(measured);
  expect(record.finished).toEqual(whole);
});

test('replicates go on, each from its own record, and what failed is told with what was finished before', async () => {
  let failing = true;
  const fitted: number[] = [];
  const inner = bootstrap();
  const model = {
    fit(rows: Matrix, { seed }: { seed: bigint }) {
      if (failing && fitted.length === 4) throw new Error('out of memory');
      fitted.push(rows.rows);
      return inner.fit(rows, { seed });
    },
  };
  const loop = { variant: 'fresh-data', real: 20, synthetic: 30, generations: 3 } as const;
  const own = { ...loop, reference: datasetReference(data), model, metricSamples: 50 };
  const records = [new MemoryRecord(), new MemoryRecord()];
  const reports: number[] = [];
  const onProgress = ({ done }: { done: number }) => reports.push(done);
  const job = { where: 'test', threads: 4, onProgress };
  const settings = {
    replicates: 2,
    seed: 5n,
    job,
    atATime: 1,
    recordOf: (replicate: number) => records[replicate]!,
  };
  const error = await replicatedLoop(own, settings).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(LoopError);
  expect((error as LoopError).generations.map(({ replicates }) => replicates)).toEqual([2, 1, 1]);
  expect(records.map(({ finished }) => finished.length)).toEqual([3, 1]);
  failing = false;
  const visited: number[] = [];
  const result = await replicatedLoop(own, { ...settings, visitFirst: ({ t }) => void visited.push(t) });
  expect(fitted).toHaveLength(6); // none twice
  expect(visited).toEqual([]);
  expect(reports.at(-1)).toBe(6);
  const { recordOf: _, ...plain } = settings;
  expect(result).toEqual(await replicatedLoop(own, plain));
});
