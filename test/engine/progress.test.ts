import { beforeEach, describe, expect, test, vi } from 'vitest';
import { type Progress, ProgressReporter, progressOf } from '../../src/engine/progress.js';
import { progressOfParts } from '../../src/engine/progress-of-parts.js';

let seen: Progress[];
let now: number;
const listen = (progress: Progress) => void seen.push(progress);
const fractions = () => seen.map(({ fraction }) => fraction);

beforeEach(() => {
  seen = [];
  now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
});

/** Reports after `ms` milliseconds. */
function later(ms: number, report: () => void): void {
  now += ms;
  report();
}

describe('a ProgressReporter', () => {
  test('reports at most 20 times a second, and the end whenever it comes', () => {
    const progress = new ProgressReporter(listen);
    for (let done = 1; done <= 1000; done += 1) later(10, () => progress.report(progressOf(done, 2000)));
    progress.finish(progressOf(2000, 2000));
    expect(seen.length).toBe(201); // 10 seconds, and the end
    expect(seen.at(-1)).toEqual({ done: 2000, total: 2000, fraction: 1 });
  });

  test('holds back what is no further than the last report', () => {
    const progress = new ProgressReporter(listen);
    for (const [done, total] of [
      [50, 100],
      [60, 200],
      [40, 60],
      [50, 100],
      [120, 200],
    ] as const) {
      later(100, () => progress.report(progressOf(done, total)));
    }
    expect(fractions()).toEqual([0.5, 0.6]);
  });

  test('reports the end once, and by finish or advance alone', () => {
    const progress = new ProgressReporter(listen);
    later(100, () => progress.report(progressOf(4, 4)));
    expect(seen).toEqual([]);
    later(100, () => progress.advance(3, 4));
    progress.advance(4, 4);
    progress.finish(progressOf(4, 4));
    expect(fractions()).toEqual([0.75, 1]);
  });

  test('tells of a part as of the whole, whose end it is not', () => {
    const progress = new ProgressReporter(listen);
    const onProgress = progress.part(50, 100, 100)!;
    later(100, () => onProgress(progressOf(1, 2)));
    later(100, () => onProgress(progressOf(2, 2)));
    expect(seen).toEqual([{ done: 75, total: 100, fraction: 0.75 }]);
  });

  test('asks nothing of parts where nobody listens', () => {
    expect(new ProgressReporter(undefined).part(0, 1, 1)).toBeUndefined();
  });
});

test('parts in turn are one whole', () => {
  const next = progressOfParts({ threads: 2, onProgress: listen }, [1, 3]);
  const [first, second] = [next(), next()];
  expect(first.threads).toBe(2);
  later(100, () => first.onProgress!(progressOf(1, 1)));
  later(100, () => second.onProgress!(progressOf(1, 3)));
  expect(seen.map(({ done }) => done)).toEqual([1, 2]);
});
