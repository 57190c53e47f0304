// Samples may be drawn where the training set wants them. That must never show, whatever a model does with them.
import { expect, test } from 'vitest';
import { autophagousLoop } from '../../src/loops/autophagous-loop.js';
import type { AutophagousLoopOptions } from '../../src/loops/loop-options.js';
import { TrainingSet } from '../../src/loops/training-set.js';
import { type Matrix, matrix } from '../../src/matrix.js';
import { bootstrap } from '../../src/models/bootstrap.js';
import { gaussian } from '../../src/models/gaussian.js';
import { gaussianMixture } from '../../src/models/gaussian-mixture.js';
import type { FittedModel, GenerativeModel, SampleOptions } from '../../src/models/generative-model.js';
import { kernelDensity } from '../../src/models/kernel-density.js';
import { datasetReference } from '../../src/references/dataset-reference.js';
import { gaussianReference } from '../../src/references/gaussian-reference.js';
import { normals } from '../support/numbers.js';

const loop = {
  reference: gaussianReference({ dim: 3 }),
  initial: 40,
  synthetic: 30,
  generations: 5,
  metrics: [],
  seed: 9,
} as const;

/** The training sets of a loop. */
async function trainingSets(options: object, model: GenerativeModel = gaussian()): Promise<Matrix[]> {
  const sets: Matrix[] = [];
  const watched: GenerativeModel = {
    fit: (data, step) => {
      sets.push({ ...data, data: data.data.slice() });
      return model.fit(data, step);
    },
  };
  const all = { variant: 'fresh-data', real: 10, ...loop, ...options, model: watched };
  for await (const _ of autophagousLoop(all as unknown as AutophagousLoopOptions<FittedModel>));
  return sets;
}

/** The model with its samples passed through `change`, which gets a way to draw them. */
function wrapped(
  model: GenerativeModel,
  change: (draw: (options: SampleOptions) => Promise<Matrix>, options: SampleOptions) => Promise<Matrix>,
): GenerativeModel {
  return {
    async fit(data, step) {
      const fitted = await model.fit(data, step);
      return {
        sample: (count, options) => change(async (given) => fitted.sample(count, given), options),
      };
    },
  };
}

const copying = (model: GenerativeModel) => wrapped(model, (draw, options) => draw({ ...options }));

test.each([
  ['gaussian', gaussian()],
  ['gaussianMixture', gaussianMixture({ components: 2 })],
  ['kernelDensity', kernelDensity()],
  ['bootstrap', bootstrap()],
])('%s: every loop has the training sets that it has with copied samples', async (_, model) => {
  for (const options of [
    {},
    { variant: 'fully-synthetic', real: undefined },
    { variant: 'synthetic-augmentation', real: 40 },
    { variant: 'synthetic-augmentation', real: 40, pool: 'accumulate' },
    { memory: 3 },
    { variant: 'combined', real: undefined, realFixed: 7, realFresh: 4, memory: 2, lambda: 0.7 },
    { reference: datasetReference(matrix(normals(900, 4), 300, 3)) },
    { reference: datasetReference(matrix(Float32Array.from(normals(900, 4)), 300, 3)) },
  ]) {
    expect(await trainingSets(options, model)).toEqual(await trainingSets(options, copying(model)));
  }
});

test('a model that draws twice with the same options has two samples', async () => {
  const mean = wrapped(gaussian(), async (draw, options) => {
    const [x, y] = [await draw(options), await draw({ ...options, seed: options.seed + 1n })];
    const again = await draw(options);
    expect(again).toEqual(x);
    expect(again.data.buffer).not.toBe(x.data.buffer);
    return { ...x, data: x.data.map((value, i) => (value + y.data[i]! + again.data[i]!) / 3) };
  });
  const plain = wrapped(gaussian(), async (draw, options) => {
    const x = await draw({ ...options });
    const y = await draw({ ...options, seed: options.seed + 1n });
    return { ...x, data: x.data.map((value, i) => (value + y.data[i]! + value) / 3) };
  });
  expect(await trainingSets({}, mean)).toEqual(await trainingSets({}, plain));
});

test('what a model keeps of its samples is left alone', async () => {
  const kept: { sample: Matrix; copy: Float64Array | Float32Array }[] = [];
  const keeping = wrapped(gaussian(), async (draw, options) => {
    const sample = await draw(options);
    kept.push({ sample, copy: sample.data.slice() });
    return { ...sample, data: sample.data.map((value) => 2 * value) };
  });
  await trainingSets({ memory: 2 }, keeping);
  expect(kept.length).toBeGreaterThan(4);
  for (const { sample, copy } of kept) expect(sample.data).toEqual(copy);
});

test('memory is offered once, for one size, and only what fills it is in its place', async () => {
  const set = new TrainingSet(2, 5);
  const first = set.offer(3)!;
  first.memory.set([1, 2, 3, 4, 5, 6]);
  set.add({ data: first.memory, rows: 3, cols: 2 }, first);
  const second = set.offer(2)!;
  expect(second.memory.byteOffset).toBe(first.memory.byteOffset + 48);
  set.add(matrix(Float32Array.of(7, 8, 9, 10), 2, 2), second);
  const joined = await set.join();
  expect(joined).toEqual(matrix(Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), 5, 2));
  expect(joined.data.buffer).toBe(first.memory.buffer);
  expect(first.holds(first.memory.subarray(1))).toBe(false);
  expect(new TrainingSet(2).offer(3)).toBeUndefined();
});
