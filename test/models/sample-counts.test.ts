// A count of samples that cannot be had is refused by every model and every wrapper of one, before anything is drawn.

import { expect, test } from 'vitest';
import {
  bestOf,
  bootstrap,
  datasetReference,
  externalModel,
  type FittedModel,
  filter,
  type GenerativeModel,
  gaussian,
  gaussianMixture,
  gaussianReference,
  kernelDensity,
  type Matrix,
  marked,
  matrix,
  mixtureReference,
  topFraction,
  truncated,
} from '../../src/index.js';
import { normals } from '../support/numbers.js';

let drawn = 0;
/** Draws whatever it is asked for, and says so. */
const drawing: GenerativeModel = {
  fit: (data) => ({
    moments: { dim: data.cols, mean: new Float64Array(data.cols), covariance: identity(data.cols) },
    logDensity: (x) => new Float64Array(x.rows),
    sample(count) {
      drawn += 1;
      return matrix(new Float64Array(count * data.cols), count, data.cols);
    },
  }),
};
const identity = (dim: number) =>
  Float64Array.from({ length: dim * dim }, (_, i) => (i % (dim + 1) === 0 ? 1 : 0));
const score = (x: Matrix) => new Float64Array(x.rows);
const direction = (dim: number) => new Float64Array(dim).fill(1);

const models: Record<string, (dim: number) => GenerativeModel> = {
  gaussian: () => gaussian() as GenerativeModel,
  gaussianMixture: () => gaussianMixture({ components: 2 }) as GenerativeModel,
  kernelDensity: () => kernelDensity() as GenerativeModel,
  bootstrap: () => bootstrap() as GenerativeModel,
  externalModel: () =>
    externalModel({
      fit: (data) => data,
      sample: ({ cols }, count) => {
        drawn += 1;
        return matrix(new Float64Array(count * cols), count, cols);
      },
    }) as GenerativeModel,
  bestOf: () => bestOf(drawing, { candidates: 3, score }),
  'bestOf with a temperature': () => bestOf(drawing, { candidates: 3, score, temperature: 1 }),
  topFraction: () => topFraction(drawing, { fraction: 0.5 }),
  'topFraction by a score': () => topFraction(drawing, { fraction: 0.5, by: score }),
  truncated: () => truncated(drawing, { radius: 2 }),
  marked: (dim) => marked(drawing, { direction: direction(dim), strength: 1 }),
  'bestOf of marked': (dim) =>
    bestOf(marked(drawing, { direction: direction(dim), strength: 1 }), { candidates: 2, score }),
  filter: () =>
    filter(bestOf(drawing, { candidates: 2, score }), { truePositiveRate: 0, falsePositiveRate: 0 }),
};

const counts = [
  [1e15, 1, 'ERR_OUT_OF_MEMORY'],
  [2 ** 53 - 1, 1, 'ERR_OUT_OF_MEMORY'],
  [1e12, 4, 'ERR_OUT_OF_MEMORY'],
  [2 ** 53 - 1, 4, 'ERR_INVALID_INPUT'],
  [2 ** 53, 1, 'ERR_INVALID_INPUT'],
] as const;

const rows = 12;
async function fitted(model: GenerativeModel, dim: number): Promise<FittedModel> {
  const blocks = [{ rows, real: true }];
  return model.fit(matrix(normals(rows * dim, 3), rows, dim), { seed: 1n, realCount: rows, blocks });
}

test.each(Object.entries(models))('%s', async (_, make) => {
  for (const [count, dim, code] of counts) {
    const model = await fitted(make(dim), dim);
    drawn = 0;
    for (const lambda of [1, 0.5]) {
      const sample = async () => model.sample(count, { seed: 1n, lambda });
      await expect(sample()).rejects.toMatchObject({ code });
    }
    expect(drawn).toBe(0);
  }
});

test.each([1, 4])('every reference of %i columns', async (dim) => {
  const data = matrix(normals(rows * dim, 3), rows, dim);
  const mixture = {
    means: matrix(new Float64Array(dim), 1, dim),
    weights: Float64Array.of(1),
    covariance: 'spherical' as const,
    covariances: Float64Array.of(1),
  };
  for (const reference of [
    gaussianReference({ dim }),
    mixtureReference(mixture),
    datasetReference(data),
    datasetReference(data, { replace: true }),
  ]) {
    for (const [count, of] of counts.filter(([, of]) => of === dim)) {
      const draw = async () => reference.open(1n).draw(count, { generation: 1, seed: 1n });
      await expect(draw(), `${count} x ${of}`).rejects.toMatchObject({
        code: expect.stringMatching(/^ERR_(OUT_OF_MEMORY|INVALID_INPUT|EXHAUSTED)$/),
      });
    }
  }
});
