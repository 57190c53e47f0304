import { describe, expect, test } from 'vitest';
import { autophagousLoop, type Generation } from '../../src/loops/autophagous-loop.js';
import type { AutophagousLoopOptions } from '../../src/loops/loop-options.js';
import { gaussian } from '../../src/models/gaussian.js';
import { gaussianReference } from '../../src/references/gaussian-reference.js';
import { type MarkedRow, markedReference, RecordingModel } from './recording-model.js';

type Parameters = Omit<AutophagousLoopOptions, 'model' | 'reference'>;

/** Runs a loop with the recording model. */
async function record(parameters: Parameters): Promise<{ model: RecordingModel; generations: Generation[] }> {
  const model = new RecordingModel();
  const generations: Generation[] = [];
  for await (const generation of autophagousLoop({ ...parameters, model, reference: markedReference })) {
    generations.push(generation);
  }
  return { model, generations };
}

const real = (rows: readonly MarkedRow[]) =>
  rows.filter(({ maker }) => maker === 0).map(({ number }) => number);
const synthetic = (rows: readonly MarkedRow[]) => rows.filter(({ maker }) => maker > 0);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe('the variants', () => {
  test('fully synthetic: generation 1 sees the real samples, each later one those of its predecessor only', async () => {
    const { model, generations } = await record({
      variant: 'fully-synthetic',
      initial: 7,
      synthetic: 5,
      generations: 4,
    });
    expect(real(model.trainingSets[0]!)).toEqual(range(1, 7));
    for (const t of [2, 3, 4]) {
      const set = model.trainingSets[t - 1]!;
      expect(set).toHaveLength(5);
      expect(set.every(({ maker }) => maker === t - 1)).toBe(true);
    }
    expect(generations.map(({ t, realCount, syntheticCount }) => [t, realCount, syntheticCount])).toEqual([
      [1, 7, 0],
      [2, 0, 5],
      [3, 0, 5],
      [4, 0, 5],
    ]);
  });

  test('synthetic augmentation: the same real set in every generation', async () => {
    const { model, generations } = await record({
      variant: 'synthetic-augmentation',
      real: 6,
      synthetic: 4,
      generations: 4,
    });
    for (const [i, set] of model.trainingSets.entries()) {
      expect(real(set)).toEqual(range(1, 6));
      expect(synthetic(set).map(({ maker }) => maker)).toEqual(i === 0 ? [] : [i, i, i, i]);
    }
    expect(generations.map(({ realCount, syntheticCount }) => [realCount, syntheticCount])).toEqual([
      [6, 0],
      [6, 4],
      [6, 4],
      [6, 4],
    ]);
  });

  test('fresh data: new real samples in every generation', async () => {
    const { model } = await record({
      variant: 'fresh-data',
      initial: 9,
      real: 3,
      synthetic: 4,
      generations: 4,
    });
    expect(model.trainingSets.map(real)).toEqual([range(1, 9), range(10, 12), range(13, 15), range(16, 18)]);
    expect(model.trainingSets.map((set) => synthetic(set).length)).toEqual([0, 4, 4, 4]);
  });

  test('combined: part of the first real set in every generation, and new real samples', async () => {
    const { model, generations } = await record({
      variant: 'combined',
      initial: 6,
      realFixed: 2,
      realFresh: 3,
      synthetic: 4,
      generations: 4,
    });
    expect(model.trainingSets.map(real)).toEqual([
      range(1, 6),
      [1, 2, ...range(7, 9)],
      [1, 2, ...range(10, 12)],
      [1, 2, ...range(13, 15)],
    ]);
    expect(model.trainingSets.map((set) => synthetic(set).map(({ maker }) => maker))).toEqual([
      [],
      [1, 1, 1, 1],
      [2, 2, 2, 2],
      [3, 3, 3, 3],
    ]);
    expect(generations.map(({ realCount, syntheticCount }) => [realCount, syntheticCount])).toEqual([
      [6, 0],
      [5, 4],
      [5, 4],
      [5, 4],
    ]);
  });

  test.each([
    ['fully-synthetic', { initial: 7 }, { initial: 7 }],
    ['synthetic-augmentation', { real: 6 }, { realFixed: 6 }],
    ['fresh-data', { initial: 7, real: 3 }, { initial: 7, realFresh: 3 }],
  ] as const)('%s is the combined loop with parts of it empty', async (variant, named, parts) => {
    for (const pool of ['latest', 'accumulate', 'subsample'] as const) {
      const shared = { synthetic: 8, memory: 2, pool, generations: 5, seed: 3 };
      const first = await record({ variant, ...named, ...shared });
      const second = await record({ variant: 'combined', ...parts, ...shared });
      expect(second.model.trainingSets).toEqual(first.model.trainingSets);
      expect(second.model.sampleCalls).toEqual(first.model.sampleCalls);
      expect(second.generations.map(({ model: _, ...rest }) => rest)).toEqual(
        first.generations.map(({ model: _, ...rest }) => rest),
      );
    }
  });

  test('initial defaults to real, and in the fully synthetic loop to synthetic', async () => {
    const fresh = await record({ variant: 'fresh-data', real: 3, synthetic: 4, generations: 1 });
    const fully = await record({ variant: 'fully-synthetic', synthetic: 4, generations: 1 });
    expect([fresh.generations[0]!.realCount, fully.generations[0]!.realCount]).toEqual([3, 4]);
  });

  test('without synthetic samples the fresh data loop is plain estimation', async () => {
    const { model } = await record({ variant: 'fresh-data', real: 3, synthetic: 0, generations: 3 });
    expect(model.trainingSets.map((set) => set.length)).toEqual([3, 3, 3]);
    expect(model.sampleCalls).toEqual([]);
  });
});

describe('the pool', () => {
  test.each(['fully-synthetic', 'synthetic-augmentation', 'fresh-data'] as const)(
    "'accumulate' keeps every synthetic sample so far in the %s loop",
    async (variant) => {
      const { model, generations } = await record({
        variant,
        real: 3,
        initial: 3,
        synthetic: 4,
        pool: 'accumulate',
        generations: 5,
      });
      for (const t of [2, 3, 4, 5]) {
        const before = t === 2 ? [] : synthetic(model.trainingSets[t - 2]!);
        const now = synthetic(model.trainingSets[t - 1]!);
        expect(now).toHaveLength((t - 1) * 4);
        expect(now.slice(0, before.length)).toEqual(before);
        expect(now.slice(before.length).every(({ maker }) => maker === t - 1)).toBe(true);
        expect(generations[t - 1]!.syntheticCount).toBe((t - 1) * 4);
      }
    },
  );
});

describe("the pool 'subsample'", () => {
  const parameters = {
    variant: 'combined',
    initial: 8,
    realFixed: 5,
    realFresh: 4,
    synthetic: 6,
    subsample: 9,
    generations: 4,
  } as const;

  test('takes so many different samples of what accumulate would train on, and counts them', async () => {
    const { model, generations } = await record({ ...parameters, pool: 'subsample', seed: 1 });
    const { subsample: _, ...counts } = parameters;
    const all = (await record({ ...counts, pool: 'accumulate', seed: 1 })).model.trainingSets;
    const names = (rows: readonly MarkedRow[]) => rows.map(({ maker, number }) => `${maker}: ${number}`);
    expect(model.trainingSets[0]).toEqual(all[0]);
    for (const t of [2, 3, 4]) {
      const chosen = names(model.trainingSets[t - 1]!);
      expect(chosen).toHaveLength(9);
      expect(new Set(chosen).size).toBe(9);
      expect(names(all[t - 1]!)).toEqual(expect.arrayContaining(chosen));
      const { realCount, syntheticCount } = generations[t - 1]!;
      expect(realCount).toBe(real(model.trainingSets[t - 1]!).length);
      expect(realCount + syntheticCount).toBe(9);
    }
    const again = await record({ ...parameters, pool: 'subsample', seed: 1, threads: 1 });
    const other = await record({ ...parameters, pool: 'subsample', seed: 2 });
    expect(again.model.trainingSets).toEqual(model.trainingSets);
    expect(other.model.trainingSets).not.toEqual(model.trainingSets);
  });

  test('takes each sample as often: real ones have the hypergeometric law', async () => {
    const counts: number[] = [];
    for (let seed = 0; seed < 400; seed += 1) {
      counts.push((await record({ ...parameters, pool: 'subsample', seed })).generations[3]!.realCount);
    }
    // 9 of 27, of which 9 are real: mean 9 / 3, variance 9 (1/3) (2/3) (27 - 9) / (27 - 1).
    const n = counts.length;
    const variance = (9 * (2 / 9) * 18) / 26;
    const mean = counts.reduce((a, b) => a + b, 0) / n;
    const spread = counts.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
    expect(Math.abs(mean - 3) / Math.sqrt(variance / n)).toBeLessThan(4.5);
    expect(Math.abs(spread - variance) / (variance * Math.sqrt(2 / n))).toBeLessThan(4.5);
  });
});

describe('memory', () => {
  test('reaches back over the last min(memory, t - 1) models', async () => {
    const { model } = await record({ variant: 'fully-synthetic', synthetic: 200, memory: 3, generations: 6 });
    const makers = model.trainingSets.map((set) => [...new Set(set.map(({ maker }) => maker))].sort());
    // With 200 samples each model is left out with probability 3 (2/3)^200 < 1e-34.
    expect(makers).toEqual([[0], [1], [1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 5]]);
    expect(model.trainingSets.map((set) => set.length)).toEqual([200, 200, 200, 200, 200, 200]);
  });

  test('chooses a model for each sample independently and uniformly: multinomial counts', async () => {
    const counts: number[][] = [];
    for (let seed = 0; seed < 300; seed += 1) {
      const { model } = await record({
        variant: 'fully-synthetic',
        synthetic: 60,
        memory: 3,
        generations: 4,
        seed,
      });
      counts.push([1, 2, 3].map((maker) => model.trainingSets[3]!.filter((row) => row.maker === maker).length));
    }
    const n = counts.length;
    // Binomial(60, 1/3): mean 20, variance 40/3. The variance of a sample variance is about 2 variance^2 / n.
    for (const i of [0, 1, 2]) {
      const values = counts.map((count) => count[i]!);
      const mean = values.reduce((a, b) => a + b, 0) / n;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
      expect(Math.abs(mean - 20) / Math.sqrt(40 / 3 / n)).toBeLessThan(4.5);
      expect(Math.abs(variance - 40 / 3) / ((40 / 3) * Math.sqrt(2 / n))).toBeLessThan(4.5);
    }
  });
});

describe('steps', () => {
  test('lambda reaches the model, and every draw has a seed of its own that follows from the loop’s', async () => {
    const parameters = {
      variant: 'fresh-data',
      real: 3,
      synthetic: 40,
      memory: 2,
      generations: 6,
      lambda: 0.7,
    } as const;
    const first = (await record({ ...parameters, seed: 1 })).model.sampleCalls;
    const again = (await record({ ...parameters, seed: '1', threads: 1 })).model.sampleCalls;
    const other = (await record({ ...parameters, seed: 2n })).model.sampleCalls;
    const seeds = first.map(({ options }) => options.seed);
    expect(first.every(({ options }) => options.lambda === 0.7)).toBe(true);
    expect(new Set(seeds).size).toBe(seeds.length);
    expect(again.map(({ options }) => options.seed)).toEqual(seeds);
    expect(other.some(({ options }) => seeds.includes(options.seed))).toBe(false);
  });

  test('the result depends on the seed alone, not on threads', async () => {
    const run = async (threads: number) => {
      const metrics = [];
      const model = gaussian();
      const parameters = {
        variant: 'fresh-data',
        real: 20,
        synthetic: 30,
        memory: 2,
        generations: 4,
        seed: 5,
      } as const;
      for await (const generation of autophagousLoop({
        ...parameters,
        model,
        reference: gaussianReference({ dim: 6 }),
        threads,
      })) {
        metrics.push(generation.metrics, generation.model.moments);
      }
      return metrics;
    };
    expect(await run(2)).toEqual(await run(1));
  });
});
