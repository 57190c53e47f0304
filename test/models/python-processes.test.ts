// A model in Python may start processes of any kind, and read its standard input: none of them gets madloop's requests, or waits for
// ever for what the process that it was forked from holds.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import { processModel } from '../../src/models/process-model/process-model.js';
import { numpy } from '../support/numpy.js';

const examples = fileURLToPath(new URL('../../examples/models/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'madloop-python-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What a model does in its fit and in its sample: it must come to 4. */
const deeds: Readonly<Record<string, string>> = {
  'a pool': 'with multiprocessing.Pool(2) as pool: return sum(pool.map(twice, [0, 1, 1]))',
  'an executor':
    'with concurrent.futures.ProcessPoolExecutor(2) as pool: return sum(pool.map(twice, [0, 1, 1]))',
  'a process': [
    'results = multiprocessing.Queue()',
    'process = multiprocessing.Process(target=put, args=(results, 4)); process.start()',
    'found = results.get(); process.join(); return found',
  ].join('\n  '),
  'a spawned pool':
    'with multiprocessing.get_context("spawn").Pool(2) as pool: return sum(pool.map(twice, [0, 1, 1]))',
  'a pool of a fork server':
    'with multiprocessing.get_context("forkserver").Pool(2) as pool: return sum(pool.map(twice, [0, 1, 1]))',
  'a fork': 'return 4 if os.waitpid(os.fork() or os._exit(0), 0)[1] == 0 else 0',
  threads: 'with concurrent.futures.ThreadPoolExecutor(2) as pool: return sum(pool.map(twice, [0, 1, 1]))',
  'a program that reads its input':
    'return 4 + len(subprocess.run(["cat"], capture_output=True, check=True).stdout)',
  'a read of its own input': 'return 4 + len(sys.stdin.read())',
};

function program(deed: string, guarded: boolean): string {
  const path = join(folder, `${Math.random().toString(36).slice(2)}.py`);
  writeFileSync(
    path,
    [
      'import concurrent.futures, multiprocessing, os, subprocess, sys',
      `sys.path.insert(0, ${JSON.stringify(examples)})`,
      'import numpy as np',
      'from madloop_model import serve',
      'def twice(x): return 2 * x',
      'def put(results, x): results.put(x)',
      `def deed():\n  ${deed}`,
      'def fit(data, seed, threads): return deed()',
      'def sample(fitted, count, lambda_, seed): return np.full((count, 2), float(fitted + deed()))',
      guarded ? 'if __name__ == "__main__": serve(fit, sample)' : 'serve(fit, sample)',
    ].join('\n'),
  );
  return path;
}

const cases = Object.entries(deeds).map(([name, deed]) => [name, deed, true] as const);

test
  .skipIf(numpy === undefined)
  .each([...cases, ['a spawned pool, without the guard', deeds['a spawned pool']!, false] as const])(
  '%s',
  { timeout: 60_000 },
  async (_, deed, guarded) => {
    const model = processModel({
      command: [numpy!, program(deed, guarded)],
      timeLimits: { start: 30, fit: 30, sample: 30 },
    });
    try {
      const fitted = await model.fit(matrix(new Float64Array(6), 3, 2));
      const { data } = await fitted.sample(2);
      expect(data).toEqual(new Float64Array(4).fill(8));
      // The requests after it are answered, too.
      expect((await fitted.sample(1)).rows).toBe(1);
    } finally {
      await model.close();
    }
  },
);

test.skipIf(numpy === undefined)('input() finds the end of the input', async () => {
  const model = processModel({ command: [numpy!, program('return input()', true)], timeLimits: { fit: 20 } });
  try {
    await expect(model.fit(matrix(new Float64Array(6), 3, 2))).rejects.toThrow('the process refused: EOFError');
  } finally {
    await model.close();
  }
});
