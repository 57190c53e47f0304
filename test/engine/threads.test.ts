import { availableParallelism } from 'node:os';
import { afterEach, describe, expect, test } from 'vitest';
import { moments } from '../../src/distributions/moments.js';
import { defaultThreads, parseCpuMax } from '../../src/engine/threads.js';
import { expectRejection } from '../support/rejection.js';

describe('the default number of threads', () => {
  const before = process.env.MADLOOP_THREADS;
  afterEach(() => {
    if (before === undefined) delete process.env.MADLOOP_THREADS;
    else process.env.MADLOOP_THREADS = before;
  });

  test('is what MADLOOP_THREADS says', () => {
    process.env.MADLOOP_THREADS = '3';
    expect(defaultThreads('f')).toBe(3);
  });

  test.each([['0'], ['-1'], ['1.5'], ['many'], ['1025']])('rejects MADLOOP_THREADS=%s', async (value) => {
    process.env.MADLOOP_THREADS = value;
    await expectRejection(
      () => moments({ data: new Float64Array(2), rows: 2, cols: 1 }),
      'ERR_INVALID_INPUT',
      `moments: MADLOOP_THREADS must be an integer from 1 to 1024, got "${value}"`,
    );
  });

  test('is else at least 1 and at most the processors that there are', () => {
    delete process.env.MADLOOP_THREADS;
    const threads = defaultThreads('f');
    expect(threads).toBeGreaterThanOrEqual(1);
    expect(threads).toBeLessThanOrEqual(availableParallelism());
  });

  test.each([
    ['max 100000\n', Number.POSITIVE_INFINITY],
    ['200000 100000\n', 2],
    ['150000 100000\n', 2],
    ['10000 100000\n', 1],
    ['', Number.POSITIVE_INFINITY],
  ])('obeys a control group with cpu.max %j', (text, limit) => {
    expect(parseCpuMax(text)).toBe(limit);
  });
});
