// Samples may be drawn where the training set wants them. That must never show, whatever a model does with them.
import { expect, test, vi } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import type { Matrix } from '../../src/base/shapes.js';
import { native } from '../../src/engine/native.js';
import { autophagousLoop } from '../../src/loops/autophagous-loop.js';
import type { AutophagousLoopOptions } from '../../src/loops/loop-options.js';
import { TrainingSet } from '../../src/loops/training-set.js';
import { bootstrap } from '../../src/models/bootstrap.js';
import { FittedGaussian } from '../../src/models/fitted-gaussian.js';
import { gaussian } from '../../src/models/gaussian.js';
import { gaussianMixture } from '../../src/models/gaussian-mixture.js';
import type { FittedModel, GenerativeModel, SampleOptions } from '../../src/models/generative-model.js';
import { kernelDensity } from '../../src/models/kernel-density.js';
import { offerMemory, takeMemory, takesMemory } from '../../src/models/sample-memory.js';
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

test('what a model or reference draws for other code than the loop is its own, however and whenever that is done', async () => {
  const kept: { sample: Matrix; copy: Float64Array | Float32Array }[] = [];
  const keep = (sample: Matrix): Matrix => {
    expect(sample.data.buffer.byteLength).toBe(sample.data.byteLength);
    kept.push({ sample, copy: sample.data.slice() });
    return sample;
  };
  let last: { model: FittedModel; count: number; options: SampleOptions } | undefined;
  const late: GenerativeModel = {
    async fit(data, step) {
      const before = data.data.slice();
      if (last) keep(await last.model.sample(last.count, last.options));
      expect(data.data).toEqual(before);
      const model = await kernelDensity().fit(data, step);
      return {
        async sample(count, options) {
          last = { model, count, options };
          keep(await model.sample(count, options));
          return model.sample(count, { ...options });
        },
      };
    },
  };
  const { reference } = loop;
  const watched = {
    dim: 3,
    moments: () => reference.moments(),
    open: () => {
      const samples = reference.open();
      return {
        draw: async (...call: Parameters<typeof samples.draw>) => keep(await samples.draw(...call)),
      };
    },
  };
  await trainingSets({ memory: 2, lambda: 0.8 }, late);
  await trainingSets({ memory: 2, reference: watched }, late);
  class Doubled extends FittedGaussian {
    override async sample(...call: Parameters<FittedGaussian['sample']>): Promise<Matrix> {
      const sample = keep(await super.sample(...call));
      return { ...sample, data: sample.data.map((value) => 2 * value) };
    }
  }
  await trainingSets(
    {},
    { fit: async (data, step) => new Doubled((await gaussian().fit(data, step)).moments) },
  );
  expect(kept.length).toBeGreaterThan(30);
  for (const { sample, copy } of kept) expect(sample.data).toEqual(copy);
});

test('the loop itself has them drawn in their place', async () => {
  const buffers = new Set<ArrayBufferLike>();
  const watching: GenerativeModel = {
    async fit(data, step) {
      const model = await gaussian().fit(data, step);
      const original = model.sample;
      expect(original).toBe(FittedGaussian.prototype.sample);
      buffers.add(data.data.buffer);
      return model;
    },
  };
  const options = { variant: 'fresh-data', real: 10, ...loop, model: watching } as const;
  const startSampling = vi.spyOn(native(), 'startGaussianSampling');
  for await (const _ of autophagousLoop(options));
  const outs = startSampling.mock.calls.map(([request]) => (request as { out: Float64Array }).out);
  startSampling.mockRestore();
  // Memory of the first set alone, and in every later generation of real and synthetic samples, all in training sets.
  expect(outs).toHaveLength(1 + 2 * 4);
  expect(outs.every(({ buffer }) => buffers.has(buffer))).toBe(true);
  expect(buffers.size).toBe(5);
});

test('memory is offered once, for one size, and only what fills it is in its place', async () => {
  const set = new TrainingSet(2, 5);
  const first = set.offer(3)!;
  const options = {};
  offerMemory(() => undefined, options, first);
  expect(takeMemory(options, 3, 2)).toBeUndefined();
  offerMemory(
    takesMemory(() => undefined),
    options,
    first,
  );
  expect(takeMemory(options, 3, 1)).toBeUndefined();
  expect(takeMemory(options, 3, 2)).toBe(first);
  expect(takeMemory(options, 3, 2)).toBeUndefined();
  first.set([1, 2, 3, 4, 5, 6]);
  const origin = { real: true };
  set.add({ rows: { data: first, rows: 3, cols: 2 }, origin });
  const second = set.offer(2)!;
  expect(second.byteOffset).toBe(first.byteOffset + 48);
  set.add({ rows: matrix(Float32Array.of(7, 8, 9, 10), 2, 2), origin });
  const joined = await set.join();
  expect(joined).toEqual(matrix(Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), 5, 2));
  expect(joined.data.buffer).toBe(first.buffer);
  expect(new TrainingSet(2).offer(3)).toBeUndefined();
});
