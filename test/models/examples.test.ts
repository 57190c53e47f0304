// The models in examples/models run, and do what their comments say.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import { moments } from '../../src/distributions/moments.js';
import { processModel } from '../../src/models/process-model/process-model.js';
import { gaussianReference } from '../../src/references/gaussian-reference.js';
import { numpy } from '../support/numpy.js';

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
        'mine: sample: the process refused: ValueError: there is no lambda here; its standard error ends with:\nfitting (3, 2)',
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
