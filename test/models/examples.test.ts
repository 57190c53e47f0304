// The models in examples/models run, and do what their comments say.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import { moments } from '../../src/distributions/moments.js';
import { processModel } from '../../src/models/process-model/process-model.js';
import { gaussianReference } from '../../src/references/gaussian-reference.js';
import { numpy } from '../support/numpy.js';
import { rejection } from '../support/rejection.js';
import { scikitLearn } from '../support/scikit-learn.js';

const examples = fileURLToPath(new URL('../../examples/models/', import.meta.url));

/** The numbers that an example prints: a line a generation of t, distance, trace. */
function run(name: string, ...args: string[]): number[][] {
  const { status, stdout, stderr } = spawnSync(process.execPath, [examples + name, ...args], {
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.split(' ').map(Number));
}

test('marginal-flow.mjs: a model in JavaScript goes MAD', () => {
  const table = run('marginal-flow.mjs');
  expect(table.map(([t]) => t)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(table.at(-1)![1]!).toBeGreaterThan(5 * table[0]![1]!);
  expect(table.at(-1)![2]!).toBeLessThan(table[0]![2]! / 2);
});

test.skipIf(numpy === undefined)('probabilistic-pca.mjs: a model in Python stays close with fresh data', () => {
  const table = run('probabilistic-pca.mjs', numpy!);
  expect(table.map(([t]) => t)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  // The real trace is 6.8.
  for (const [, distance, trace] of table) {
    expect(distance).toBeLessThan(0.5);
    expect(trace).toBeGreaterThan(4.5);
  }
});

test.skipIf(numpy === undefined)(
  'probabilistic_pca.py: its samples have the moments of its model, times lambda',
  async () => {
    const [dim, count] = [3, 20_000];
    const covariance = Float64Array.of(4, 1, 0, 1, 2, 0, 0, 0, 1);
    const reference = gaussianReference({ mean: Float64Array.of(1, 2, 3), covariance });
    const train = await reference.open().draw(2_000, { generation: 1, seed: 1n });
    const model = processModel({
      command: [numpy!, `${examples}probabilistic_pca.py`, '2'],
      timeLimits: { fit: 60 },
    });
    try {
      const fitted = await model.fit(train);
      // With one direction left to the noise, the model's covariance is the sample's (divisor n - 1) itself.
      const { mean, covariance: learnt } = await moments(train);
      for (const lambda of [1, 0.5]) {
        const drawn = await fitted.sample(count, { lambda, seed: 5 });
        const found = await moments(drawn);
        for (let i = 0; i < dim; i += 1) {
          const variance = lambda * learnt[i * dim + i]!;
          expect(Math.abs(found.mean[i]! - mean[i]!) / Math.sqrt(variance / count)).toBeLessThan(4.5);
          for (let j = 0; j < dim; j += 1) {
            const expected = lambda * learnt[i * dim + j]!;
            // Var of a sample covariance: (S_ii S_jj + S_ij^2) / (n - 1).
            const error = Math.sqrt((variance * lambda * learnt[j * dim + j]! + expected ** 2) / (count - 1));
            expect(Math.abs(found.covariance[i * dim + j]! - expected) / error).toBeLessThan(4.5);
          }
        }
      }
      const [again, other, mode] = [
        await fitted.sample(10, { lambda: 0.5, seed: 5 }),
        await fitted.sample(10, { lambda: 0.5, seed: 6 }),
        await fitted.sample(10, { lambda: 0, seed: 5 }),
      ];
      expect(again).toEqual(await fitted.sample(10, { lambda: 0.5, seed: 5 }));
      expect(other).not.toEqual(again);
      for (const [i, value] of mode.data.entries()) expect(value).toBeCloseTo(mean[i % dim]!, 12);
    } finally {
      await model.close();
    }
  },
);

test.skipIf(numpy === undefined)(
  'madloop_model.py: what the model throws is told, and prints do no harm',
  async () => {
    const program = [
      'import sys; sys.path.insert(0, sys.argv[1])',
      'from madloop_model import serve',
      'import numpy as np',
      'def fit(data, seed, threads): print("fitting", data.shape); return data',
      'def sample(fitted, count, lambda_, seed):',
      '    if lambda_ < 1: raise ValueError("there is no lambda here")',
      '    return np.zeros((count, 2), dtype=np.float32)',
      'serve(fit, sample)',
    ].join('\n');
    const model = processModel({ name: 'mine', command: [numpy!, '-c', program, examples] });
    try {
      const fitted = await model.fit(matrix(new Float64Array(6), 3, 2));
      await expect(fitted.sample(2, { lambda: 0.5 })).rejects.toThrow(
        /^mine: sample: the process refused: ValueError: there is no lambda here\nTraceback \(most recent call last\):\n {2}File "<string>", line 6, in sample; its standard error ends with:\nfitting \(3, 2\)$/,
      );
      expect((await fitted.sample(4)).data).toEqual(new Float32Array(8));
    } finally {
      await model.close();
    }
  },
);

test.skipIf(numpy === undefined).each([
  ['names both', 'real_count=None, blocks=None', '2 [{"rows": 2, "real": true}, {"rows": 1, "real": false}]'],
  ['names one', 'real_count', '2 None'],
  ['takes anything', '**told', '2 [{"rows": 2, "real": true}, {"rows": 1, "real": false}]'],
])('madloop_model.py: a fit that %s is told where its rows come from', async (_, parameters, expected) => {
  const program = [
    'import sys; sys.path.insert(0, sys.argv[1])',
    'from madloop_model import serve',
    'import json',
    `def fit(data, seed, threads, ${parameters}):`,
    `    known = ${parameters === '**told' ? 'told' : 'locals()'}`,
    '    blocks = known.get("blocks")',
    '    raise ValueError(f"{known[\'real_count\']} {blocks and json.dumps(blocks)}")',
    'serve(fit, None)',
  ].join('\n');
  const model = processModel({ name: 'mine', command: [numpy!, '-c', program, examples] });
  try {
    const fit = model.fit(matrix(new Float64Array(6), 3, 2), { realCount: 2 });
    await expect(fit).rejects.toThrow(`ValueError: ${expected}`);
  } finally {
    await model.close();
  }
});

/** A program of so many lines before `serve(fit, sample)`, which find the helper. */
const serving = (...lines: string[]) =>
  ['import sys; sys.path.insert(0, sys.argv[1])', ...lines, 'serve(fit, sample)'].join('\n');

test.skipIf(numpy === undefined)(
  'madloop_model.py: prints before serve, of whatever kind, do no harm, and are shown when something fails',
  async () => {
    const program = serving(
      'print("buffered"); print("flushed", flush=True); print(\'{"epoch": 1}\', flush=True)',
      'import os; os.system("echo from a child"); os.write(1, b"[1, 2]\\n")',
      'from madloop_model import serve',
      'print("after the import", flush=True)',
      'def fit(data, seed, threads): return data',
      'def sample(fitted, count, lambda_, seed): raise ValueError("no")',
    );
    const model = processModel({ name: 'mine', command: [numpy!, '-c', program, examples] });
    try {
      const fitted = await model.fit(matrix(new Float64Array(6), 3, 2));
      const error = await rejection(() => fitted.sample(2));
      for (const said of ['flushed', '{"epoch": 1}', 'from a child', '[1, 2]', 'after the import', 'buffered'])
        expect(error.message).toContain(said);
    } finally {
      await model.close();
    }
  },
);

test.skipIf(numpy === undefined)('madloop_model.py: seed32 is what needs a seed below 2^32', async () => {
  const program = serving(
    'from madloop_model import seed32, serve',
    'import numpy as np',
    'def fit(data, seed, threads): return data',
    'def sample(fitted, count, lambda_, seed):',
    '    own = seed if lambda_ < 1 else seed32(seed)',
    '    return np.random.RandomState(own).randint(2**31, size=(count, 1)) * 1.0',
  );
  const model = processModel({ name: 'mine', command: [numpy!, '-c', program, examples] });
  try {
    const fitted = await model.fit(matrix(new Float64Array(3), 3, 1));
    const seeds = [0n, 1n, 2n ** 32n - 1n, 2n ** 32n + 5n, 2n ** 64n - 1n, 4257981841197840309n];
    const drawn: number[] = [];
    for (const seed of seeds) drawn.push((await fitted.sample(1, { seed })).data[0]!);
    expect(new Set(drawn).size).toBe(5); // 2^32 - 1 and 2^64 - 1 end in the same 32 bits
    const refused = fitted.sample(1, { seed: 2n ** 32n, lambda: 0.5 });
    await expect(refused).rejects.toThrow(
      /Seed must be .*\n\(seed32\(seed\) of madloop_model is below 2\*\*32/,
    );
    expect((await fitted.sample(1, { seed: 2n ** 32n - 1n, lambda: 0.5 })).data[0]).toBe(drawn[2]);
  } finally {
    await model.close();
  }
});

test.skipIf(numpy === undefined).each([
  [
    'a deep traceback',
    'def fit(data, seed, threads, depth=0): fit(data, seed, threads, depth + 1)',
    /RecursionError: .*in fit/s,
  ],
  [
    'a long message',
    'def fit(data, seed, threads): raise ValueError("x" * 10**6)',
    /ValueError: x{100,}\nTraceback .*in fit/s,
  ],
  [
    'a cause',
    'def fit(data, seed, threads): raise KeyError("k") from OSError("gone")',
    /KeyError: 'k'\nTraceback .*in fit/s,
  ],
])('madloop_model.py: %s is told in bounds', async (_, fit, told) => {
  const program = serving('from madloop_model import serve', fit, 'sample = None');
  const model = processModel({ name: 'mine', command: [numpy!, '-c', program, examples] });
  try {
    const error = await rejection(() => model.fit(matrix(new Float64Array(3), 3, 1)));
    expect(error.message).toMatch(told);
    expect(error.message.length).toBeLessThan(4_200);
  } finally {
    await model.close();
  }
});

test.skipIf(scikitLearn === undefined)(
  'a model of scikit-learn takes seed32, and with seed is told of it',
  async () => {
    const program = serving(
      'from madloop_model import seed32, serve',
      'from sklearn.mixture import GaussianMixture',
      'def fit(data, seed, threads):',
      '    own = seed if len(data) == 4 else seed32(seed)',
      '    return GaussianMixture(1, random_state=own).fit(data)',
      'def sample(fitted, count, lambda_, seed): return fitted.set_params(random_state=seed32(seed)).sample(count)[0]',
    );
    const model = processModel({ name: 'mine', command: [scikitLearn!, '-c', program, examples] });
    const data = (rows: number) =>
      matrix(
        Float64Array.from({ length: 2 * rows }, (_, i) => Math.sin(i * i)),
        rows,
        2,
      );
    try {
      const seed = 4257981841197840309n;
      await expect(model.fit(data(4), { seed })).rejects.toThrow(/InvalidParameterError[\s\S]*seed32\(seed\)/);
      const fitted = await model.fit(data(50), { seed });
      expect(await fitted.sample(3, { seed })).toEqual(await fitted.sample(3, { seed }));
    } finally {
      await model.close();
    }
  },
);
