import { describe, expect, test } from 'vitest';
import { resolve } from '../../src/base/options.js';
import { resolveAxis } from '../../src/studies/definition/axis-values.js';
import type { StudyAxis } from '../../src/studies/definition/study-document.js';
import { cellKey, identityOf, studyContent } from '../../src/studies/definition/study-identity.js';
import { resolveStudy } from '../../src/studies/definition/study-plan.js';
import { assignShards, resolveShard, shardOptions, storePath } from '../../src/studies/store/shards.js';
import { expectThrow } from '../support/rejection.js';

const study = (definition: unknown) => resolveStudy('runStudy', definition);
const base = { dim: 3, real: 10, synthetic: 20 };

describe('the values of an axis', () => {
  test.each<[StudyAxis, unknown, number[]]>([
    ['dim', 100, [100]],
    ['dim', '100', [100]],
    ['lambda', [0.7, 0.85, 1], [0.7, 0.85, 1]],
    ['lambda', '0.7, 0.85,1', [0.7, 0.85, 1]],
    ['lambda', '0.1:1:10', [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]],
    ['synthetic', '100:10000:3:log', [100, 1000, 10000]],
    ['synthetic', '0,10:1000:3:log', [0, 10, 100, 1000]],
    // Rounded, and what is equal then counts once.
    ['real', '1:5:9', [1, 2, 3, 4, 5]],
    ['real', '10:5:2', [10, 5]],
    ['realFraction', '0.01:1:3:log', [0.01, 0.1, 1]],
  ])('%s %j', (axis, given, values) => expect(resolveAxis('runStudy', axis, given)).toEqual(values));

  test('a logarithmic range is that of the paper: equal ratios, ends included', () => {
    const values = resolveAxis('runStudy', 'synthetic', '100:10000:20:log');
    expect(values).toEqual(Array.from({ length: 20 }, (_, i) => Math.round(10 ** (2 + (2 * i) / 19))));
  });

  test.each<[StudyAxis, unknown, string]>([
    ['dim', 0, 'dim must be an integer of at least 1, got 0'],
    ['dim', '1.5', 'dim must be an integer of at least 1, got 1.5'],
    ['lambda', [0.5, 1.2], 'lambda must be a number from 0 to 1, got 1.2'],
    ['lambda', 'half', 'lambda must be a number from 0 to 1, got "half"'],
    ['lambda', '', 'lambda must be a number from 0 to 1, got ""'],
    ['real', '1:2', 'real must be a number, from:to:count or from:to:count:log, got "1:2"'],
    ['real', '1:2:3:lin', 'real must be a number, from:to:count or from:to:count:log, got "1:2:3:lin"'],
    ['real', '1:9:1', 'real: the count of 1:9:1 must be an integer from 2 to 100000, got 1'],
    [
      'synthetic',
      '0:9:3:log',
      'synthetic must have positive ends in a range with constant ratio, got 0:9:3:log',
    ],
    ['memory', [], 'memory must have at least one value, got an array of length 0'],
    ['memory', null, 'memory must be an integer of at least 1, got null'],
  ])('%s %j is refused', (axis, given, message) =>
    expectThrow(() => resolveAxis('runStudy', axis, given), 'ERR_INVALID_INPUT', message),
  );
});

describe('a definition', () => {
  test('with total and realFraction has n_r = round(p n) and n_s = n - n_r', () => {
    const { cells, axes, fixed } = study({ dim: 2, total: '1000:2000:2', realFraction: [0.0005, 0.1, 1] });
    expect(axes.map(({ axis }) => axis)).toEqual(['total', 'realFraction']);
    expect(fixed).toEqual({ variant: 'fresh-data', divisor: 'unbiased', dim: 2 });
    expect(cells.map(({ parameters }) => [parameters.real, parameters.synthetic])).toEqual([
      ...[
        [1, 999],
        [100, 900],
        [1000, 0],
      ],
      ...[
        [1, 1999],
        [200, 1800],
        [2000, 0],
      ],
    ]);
  });

  test.each<[string, unknown, string]>([
    ['an unknown name', { ...base, lamda: 1 }, "unknown option 'lamda'; did you mean 'lambda'?"],
    ['no dimension', { real: 1, synthetic: 2 }, 'dim must be an integer of at least 1, got undefined'],
    [
      'no counts',
      { dim: 2 },
      "sample counts must be given as the options 'real' and 'synthetic', or as the options 'total' and 'realFraction', got none",
    ],
    ['one count', { dim: 2, real: 3 }, "got the option 'real'"],
    [
      'both kinds of counts',
      { ...base, total: 30, realFraction: 0.1 },
      "got the options 'real' and 'synthetic' and 'total' and 'realFraction'",
    ],
    ['a mixture', { dim: 2, real: 3, total: 30 }, "got the options 'real' and 'total'"],
    [
      'no real sample in some cell',
      { dim: 2, total: [10, 1000], realFraction: 0.01 },
      'runStudy: the cell {"total":10}: real must be an integer of at least 1, got 0',
    ],
    [
      'a relative error of zero',
      { ...base, relativeError: 0 },
      'relativeError must be a number from 0.000001 to 0.5, got 0',
    ],
    ['a seed that a number cannot hold', { ...base, seed: 2 ** 60 }, 'seed must be a safe integer'],
    ['the fully synthetic loop', { ...base, variant: 'fully-synthetic' }, 'has no limit point'],
    ['a name that is a path', { ...base, name: '../x' }, 'name must be 1 to 100 letters'],
    ['an empty title', { ...base, title: '' }, 'title must be text, got ""'],
    [
      'too many cells',
      { ...base, lambda: '0:1:1000', dim: '1:1000:1000' },
      'the grid must have at most 100000 cells',
    ],
    ['no cells', { cells: [] }, 'cells must be a list of 1 to 100000 cells, got an array of length 0'],
    [
      'an axis beside a list',
      { dim: [2, 3], cells: [base] },
      'dim must be a single value beside a list of cells',
    ],
    ['a bad cell in a list', { cells: [base, { ...base, dim: 0 }] }, 'cells[1]: dim must be'],
    ['a range in a list', { cells: [{ ...base, dim: '1:2:2' }] }, 'cells[0]: dim must be'],
    [
      'an unknown name in a list',
      { cells: [{ ...base, dims: 2 }] },
      "unknown option 'dims'; did you mean 'dim'?",
    ],
  ])('with %s is refused', (_, definition, message) =>
    expectThrow(() => study(definition), 'ERR_INVALID_INPUT', 'runStudy', message),
  );

  test('is identified by what enters results, and by nothing else', () => {
    const identity = (definition: unknown) => identityOf(studyContent(study(definition)));
    const base = { dim: 3, real: [10, 11], synthetic: 20 };
    const known = identity(base);
    // The same on every machine and day: a change of this text makes stores of earlier versions foreign.
    expect(known).toBe('bf4ec1001897aa1687de8305d3dfbf584ac6db8b1cd29858795ef4408109d7f2');
    expect(
      identity({
        synthetic: '20',
        real: '10:11:2',
        dim: [3],
        name: 'other',
        title: 'Other',
        seed: '0',
        lambda: 1,
      }),
    ).toBe(known);
    const others = [
      { ...base, dim: 4 },
      { ...base, seed: 1 },
      { ...base, relativeError: 0.01 },
      { ...base, divisor: 'mle' },
      { ...base, lambda: [1, 0.5] },
      { ...base, lambda: [0.5, 1] },
      { ...base, real: 10 },
    ].map(identity);
    expect(new Set([known, ...others]).size).toBe(8);
  });
});

describe('shards', () => {
  const shardOf = (given: object, env: Record<string, string>) =>
    resolveShard('runStudy', resolve('runStudy', given, shardOptions), env);

  test.each<[object, Record<string, string>, number, number]>([
    [{}, {}, 1, 0],
    [{ shards: 4, shard: 3 }, {}, 4, 3],
    [{ shards: 4, shard: 0 }, { MADLOOP_SHARD: '2', SLURM_ARRAY_TASK_ID: '3' }, 4, 0],
    [{ shards: 4 }, { MADLOOP_SHARD: '2', SLURM_ARRAY_TASK_ID: '3' }, 4, 2],
    [{}, { MADLOOP_SHARDS: '4', SLURM_ARRAY_TASK_ID: '3', SLURM_ARRAY_TASK_COUNT: '2' }, 4, 3],
    [{ shards: 4 }, { JOB_COMPLETION_INDEX: '1' }, 4, 1],
    [{ shards: 4 }, { PBS_ARRAY_INDEX: '1' }, 4, 1],
    [{ shards: 4 }, { SGE_TASK_ID: '1' }, 4, 0],
    [{ shards: 4 }, { SGE_TASK_ID: 'undefined', AWS_BATCH_JOB_ARRAY_INDEX: '1' }, 4, 1],
    // Without a count, a task of an array runs the whole study.
    [{}, { SLURM_ARRAY_TASK_ID: '3' }, 1, 0],
    [{ shards: 1 }, {}, 1, 0],
  ])('%j in %j is part %i, %i', (given, env, shards, shard) =>
    expect(shardOf(given, env)).toEqual({ shards, shard }),
  );

  test.each<[object, Record<string, string>, string]>([
    [{ shard: 1 }, {}, 'shards (or MADLOOP_SHARDS) must be given with shard, got undefined'],
    [{}, { MADLOOP_SHARD: '1' }, 'shards (or MADLOOP_SHARDS) must be given with MADLOOP_SHARD'],
    [
      { shards: 4 },
      {},
      'shard must be given with shards, here or by one of MADLOOP_SHARD, SLURM_ARRAY_TASK_ID',
    ],
    [{ shards: 4, shard: 4 }, {}, 'shard must be an integer from 0 to 3, got 4'],
    [{ shards: 0, shard: 0 }, {}, 'shards must be an integer from 1 to 100000, got 0'],
    [{ shards: 4 }, { SLURM_ARRAY_TASK_ID: '7' }, 'SLURM_ARRAY_TASK_ID must be an integer from 0 to 3, got 7'],
    [{ shards: 4 }, { SGE_TASK_ID: '0' }, 'SGE_TASK_ID must be an integer from 1 to 4, got 0'],
    [{}, { MADLOOP_SHARDS: 'four' }, 'MADLOOP_SHARDS must be an integer from 1 to 100000, got "four"'],
  ])('%j in %j is refused', (given, env, message) =>
    expectThrow(() => shardOf(given, env), 'ERR_INVALID_INPUT', message),
  );

  test('no axis is in step with them', () => {
    const { cells } = study({ dim: '1:4:4', real: '1:20:20', synthetic: '1:20:20' });
    const keys = cells.map(({ parameters }) => cellKey(parameters));
    const shardOf = assignShards(keys, 4);
    for (const axis of ['dim', 'real'] as const) {
      const counts = new Map<string, number>();
      for (const [index, { at }] of cells.entries()) {
        const pair = `${at[axis]} ${shardOf[index]}`;
        counts.set(pair, (counts.get(pair) ?? 0) + 1);
      }
      // Drawn without replacement: hypergeometric counts about their mean.
      const values = axis === 'dim' ? 4 : 20;
      const mean = 1600 / values / 4;
      const deviation = Math.sqrt(mean * (3 / 4) * (1 - 1 / values));
      expect(counts.size).toBe(4 * values);
      for (const count of counts.values()) expect(Math.abs(count - mean)).toBeLessThan(4.5 * deviation);
    }
  });

  test('each has a store of its own name', () => {
    expect(storePath('a.b/c.sqlite', 'n', { shards: 4, shard: 1 })).toBe('a.b/c-shard-1-of-4.sqlite');
    expect(storePath('c', 'n', { shards: 4, shard: 1 })).toBe('c-shard-1-of-4');
    expect(storePath('c.sqlite', 'n', { shards: 1, shard: 0 })).toBe('c.sqlite');
    expect(storePath(undefined, 'n', { shards: 4, shard: 1 })).toBe('n-shard-1-of-4.sqlite');
  });
});
