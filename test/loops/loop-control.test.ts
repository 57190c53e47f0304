import { getEventListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Progress } from '../../src/engine/progress.js';
import { autophagousLoop } from '../../src/loops/autophagous-loop.js';
import { markedReference, RecordingModel } from './recording-model.js';

const loop = {
  variant: 'fresh-data',
  reference: markedReference,
  real: 5,
  synthetic: 5,
  generations: 4,
} as const;

/** A model that never finishes fitting generation 2. */
class StuckModel extends RecordingModel {
  override fit(data: Parameters<RecordingModel['fit']>[0]): never {
    const fitted = super.fit(data);
    return (this.trainingSets.length === 2 ? new Promise(() => {}) : fitted) as never;
  }
}

test('leaving the loop early stops it', async () => {
  const model = new RecordingModel();
  for await (const { t } of autophagousLoop({ ...loop, model })) if (t === 2) break;
  await delay(10);
  expect(model.trainingSets).toHaveLength(2);
});

test('an abort ends the wait for a model that does not listen, within 100 ms, and keeps no listener', async () => {
  const controller = new AbortController();
  const yielded: number[] = [];
  let abortedAt = 0;
  setTimeout(() => {
    abortedAt = performance.now();
    controller.abort('enough');
  }, 20);
  const run = async () => {
    for await (const { t } of autophagousLoop({ ...loop, model: new StuckModel(), signal: controller.signal }))
      yielded.push(t);
  };
  await expect(run()).rejects.toMatchObject({ name: 'AbortError', code: 'ERR_ABORTED', cause: 'enough' });
  expect(performance.now() - abortedAt).toBeLessThan(100);
  expect(yielded).toEqual([1]);
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
});

test('a signal that is already aborted starts nothing', async () => {
  const model = new RecordingModel();
  const generations = autophagousLoop({ ...loop, model, signal: AbortSignal.abort() });
  await expect(generations.next()).rejects.toMatchObject({ code: 'ERR_ABORTED' });
  expect(model.trainingSets).toHaveLength(0);
});

test('progress ends with the last generation, never falls, and comes at most 20 times a second', async () => {
  const reports: Progress[] = [];
  const model = new RecordingModel();
  const start = performance.now();
  for await (const _ of autophagousLoop({
    ...loop,
    model,
    generations: 300,
    onProgress: (p) => reports.push(p),
  }));
  const seconds = (performance.now() - start) / 1000;
  expect(reports.at(-1)).toEqual({ done: 300, total: 300, fraction: 1 });
  expect(reports.map(({ done }) => done)).toEqual(reports.map(({ done }) => done).sort((a, b) => a - b));
  expect(reports.length).toBeLessThanOrEqual(2 + 20 * seconds);
});

test('what onProgress throws becomes the rejection', async () => {
  const onProgress = () => {
    throw new Error('full');
  };
  await expect(autophagousLoop({ ...loop, model: new RecordingModel(), onProgress }).next()).rejects.toThrow(
    'full',
  );
});
