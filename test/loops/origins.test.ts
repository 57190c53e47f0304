// A fit is told where its rows come from. The recording model and reference write the maker of each row into the row itself, which
// is the truth to compare with.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import { loopVariants } from '../../src/gaussian-loop/parameters.js';
import { autophagousLoop } from '../../src/loops/autophagous-loop.js';
import type { AutophagousLoopOptions } from '../../src/loops/loop-options.js';
import { bestOf } from '../../src/models/best-of.js';
import { bootstrap } from '../../src/models/bootstrap.js';
import { externalModel } from '../../src/models/external-model.js';
import { gaussian } from '../../src/models/gaussian.js';
import { gaussianMixture } from '../../src/models/gaussian-mixture.js';
import type { FitOptions, GenerativeModel, RowBlock } from '../../src/models/generative-model.js';
import { kernelDensity } from '../../src/models/kernel-density.js';
import { processModel } from '../../src/models/process-model/process-model.js';
import { gaussianReference } from '../../src/references/gaussian-reference.js';
import { expectRejection } from '../support/rejection.js';
import { markedReference, RecordingModel } from './recording-model.js';

type Told = Pick<FitOptions, 'realCount' | 'blocks'>;

/** What the fits of a loop were told, beside the makers of their rows. */
async function told(options: object, wrap = (model: GenerativeModel): GenerativeModel => model) {
  const model = new RecordingModel();
  const all: (Told & { makers: number[] })[] = [];
  const listening: GenerativeModel = {
    fit(data, step) {
      const { realCount, blocks } = step;
      const fitted = model.fit(data);
      all.push({ realCount, blocks, makers: model.trainingSets.at(-1)!.map(({ maker }) => maker) });
      return fitted;
    },
  };
  const counts: number[] = [];
  const loop = { model: wrap(listening), reference: markedReference, metrics: [], ...options };
  for await (const { realCount } of autophagousLoop(loop as unknown as AutophagousLoopOptions))
    counts.push(realCount);
  return { all, counts };
}

/** The origin of each row: 0 for real, else the generation. */
const makersOf = (blocks: readonly RowBlock[]): number[] =>
  blocks.flatMap(({ rows, real, generation }) => Array.from({ length: rows }, () => (real ? 0 : generation!)));

const sizes = {
  'fully-synthetic': { initial: 7 },
  'synthetic-augmentation': { real: 6 },
  'fresh-data': { initial: 7, real: 3 },
  combined: { initial: 6, realFixed: 2, realFresh: 3 },
} as const;
const syntheticPools = ['latest', 'accumulate', 'subsample'] as const;
const cases = loopVariants.flatMap((variant) =>
  syntheticPools.flatMap((pool) => [1, 2, 4].map((memory) => [variant, pool, memory] as const)),
);

describe.each(cases)('%s, pool %s, memory %i', (variant, pool, memory) => {
  const options = { variant, ...sizes[variant], synthetic: 8, pool, memory, generations: 6, seed: 5 };

  test('every row has the origin that the fit is told', async () => {
    const { all, counts } = await told(options);
    expect(all).toHaveLength(6);
    for (const { realCount, blocks, makers } of all) {
      expect(makersOf(blocks!)).toEqual(makers);
      expect(realCount).toBe(makers.filter((maker) => maker === 0).length);
      // Blocks are as long as they can be, and synthetic ones alone have a generation.
      for (const [i, block] of blocks!.entries()) {
        const next = blocks![i + 1];
        expect([block.real, block.generation]).not.toEqual([next?.real, next?.generation]);
        expect(block.rows).toBeGreaterThan(0);
        expect('generation' in block).toBe(!block.real);
      }
    }
    expect(all.map(({ realCount }) => realCount)).toEqual(counts);
    if (memory > 1 && pool !== 'subsample') {
      const makers = new Set(all[4]!.makers.filter((maker) => maker > 0));
      expect(makers.size).toBeGreaterThan(1); // else the memory would show in nothing here
    }
  });

  test('curation and models of other code are told the same', async () => {
    const plain = await told(options);
    const curated = await told(options, (model) =>
      bestOf(model, { candidates: 1, score: ({ rows }) => new Float64Array(rows) }),
    );
    const external = await told(options, (model) =>
      externalModel({
        fit: (data, step) => model.fit(data, step),
        sample: (fitted, count, draw) => fitted.sample(count, draw),
        moments: (fitted) => fitted.moments!,
      }),
    );
    expect(curated.all).toEqual(plain.all);
    expect(external.all).toEqual(plain.all);
  });
});

test('a process is told in its request, in a loop', async () => {
  const log = mkdtempSync(join(tmpdir(), 'madloop-test-log-'));
  try {
    const generator = fileURLToPath(new URL('../models/generator.mjs', import.meta.url));
    const model = processModel({ command: [process.execPath, generator], env: { TEST_LOG: log } });
    const loop = {
      variant: 'fresh-data',
      reference: gaussianReference({ dim: 2 }),
      real: 5,
      synthetic: 4,
    } as const;
    for await (const _ of autophagousLoop({ ...loop, model, generations: 3, metrics: [] }));
    const requests = readFileSync(join(log, 'requests'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const fits = requests.filter(({ command }) => command === 'fit');
    expect(fits.map(({ realCount, blocks }) => ({ realCount, blocks }))).toEqual([
      { realCount: 5, blocks: [{ rows: 5, real: true }] },
      {
        realCount: 5,
        blocks: [
          { rows: 5, real: true },
          { rows: 4, real: false, generation: 1 },
        ],
      },
      {
        realCount: 5,
        blocks: [
          { rows: 5, real: true },
          { rows: 4, real: false, generation: 2 },
        ],
      },
    ]);
    expect(readdirSync(log).length).toBeGreaterThan(0);
  } finally {
    rmSync(log, { recursive: true });
  }
});

describe('without a loop', () => {
  const data = matrix(Float64Array.of(1, 2, 3, 4, 5, 6, 7, 9), 4, 2);
  const seen: Told[] = [];
  const outside = externalModel({
    name: 'outside',
    fit(_, { realCount, blocks }) {
      seen.push({ realCount, blocks });
      return null;
    },
    sample: () => data,
  });

  test.each([
    [{}, {}],
    [
      { realCount: 1 },
      {
        realCount: 1,
        blocks: [
          { rows: 1, real: true },
          { rows: 3, real: false },
        ],
      },
    ],
    [{ realCount: 0 }, { realCount: 0, blocks: [{ rows: 4, real: false }] }],
    [{ realCount: 4 }, { realCount: 4, blocks: [{ rows: 4, real: true }] }],
    [
      {
        blocks: [
          { rows: 3, real: false, generation: 2 },
          { rows: 1, real: true },
        ],
      },
      {
        realCount: 1,
        blocks: [
          { rows: 3, real: false, generation: 2 },
          { rows: 1, real: true },
        ],
      },
    ],
  ])('%j is completed', async (options, expected) => {
    await outside.fit(data, options);
    expect(seen.at(-1)).toEqual(expected);
  });

  const models: readonly (readonly [string, GenerativeModel])[] = [
    ['gaussian', gaussian()],
    ['gaussianMixture', gaussianMixture({ components: 1 })],
    ['kernelDensity', kernelDensity()],
    ['bootstrap', bootstrap()],
    ['outside: fit', outside],
  ];
  const wrong: readonly (readonly [string, object, string])[] = [
    [
      'too few rows',
      { blocks: [{ rows: 3, real: true }] },
      'blocks must have as many rows as the training set, 4, got 3',
    ],
    [
      'no list',
      { blocks: { rows: 4, real: true } },
      'blocks must be an array of { rows, real, generation }, got an object',
    ],
    ['no block', { blocks: [4] }, 'blocks[0] must be an object { rows, real, generation }, got 4'],
    [
      'an empty block',
      { blocks: [{ rows: 0, real: true }] },
      'blocks[0].rows must be an integer of at least 1, got 0',
    ],
    [
      'a hole',
      { blocks: Object.assign(Array(2), { 1: { rows: 4, real: true } }) },
      'blocks[0] must be an object { rows, real, generation }, got undefined',
    ],
    ['no kind', { blocks: [{ rows: 4 }] }, 'blocks[0].real must be true or false, got undefined'],
    [
      'generation 0',
      { blocks: [{ rows: 4, real: false, generation: 0 }] },
      'blocks[0].generation must be an integer of at least 1, got 0',
    ],
    [
      'a generation of real rows',
      { blocks: [{ rows: 4, real: true, generation: 1 }] },
      'blocks[0].generation must be left out for real rows, got 1',
    ],
    ['a fraction', { realCount: 0.5 }, 'realCount must be an integer of at least 0, got 0.5'],
    ['too many', { realCount: 5 }, 'realCount must be at most 4, all rows, got 5'],
    [
      'another count than the blocks',
      { realCount: 2, blocks: [{ rows: 4, real: true }] },
      'realCount must be that of blocks, 4, got 2',
    ],
  ];
  for (const [name, model] of models) {
    test.each(wrong)(`${name} refuses %s`, async (_, options, message) => {
      const fit = async () => model.fit(data, options as FitOptions);
      await expectRejection(fit, 'ERR_INVALID_INPUT', `${name}: ${message}`);
    });
  }
});
