// autophagousLoop with every variant, model and metric, replicated loops, and the test for MAD.

import {
  autophagousLoop,
  bestOf,
  bootstrap,
  collapseVerdict,
  datasetReference,
  filter,
  gaussian,
  gaussianMixture,
  gaussianReference,
  kernelDensity,
  LoopError,
  madTest,
  marked,
  matrix,
  mixtureReference,
  replicatedAutophagousLoop,
  sampleMetrics,
  simulateGaussianLoop,
  studentHalfWidth,
  topFraction,
  truncated,
} from '../../dist/index.js';
import { clusters, gaussianOf, samples } from './data.mjs';

/** All generations, with the moments that the models say they have and a sample of the last one. */
const run = (options) => async () => {
  const generations = [];
  let last;
  for await (const { model, ...generation } of autophagousLoop({ generations: 5, seed: 3, ...options })) {
    generations.push({ ...generation, moments: model.moments });
    last = model;
  }
  return { generations, samples: await last.sample(10, { lambda: 0.9, seed: 1n }) };
};

const reference = gaussianReference(gaussianOf(3));
const plane = clusters(400, 4, 1);
const heldOut = clusters(60, 4, 2);
const dataset = datasetReference(plane, { heldOut });
const firstColumn = ({ data, rows, cols }) => Float64Array.from({ length: rows }, (_, i) => data[i * cols]);

const counts = {
  'fully-synthetic': { initial: 20, synthetic: 30 },
  'synthetic-augmentation': { real: 20, synthetic: 30 },
  'fresh-data': { initial: 25, real: 20, synthetic: 30 },
  combined: { initial: 25, realFixed: 10, realFresh: 10, synthetic: 30 },
};
const fresh = { variant: 'fresh-data', ...counts['fresh-data'] };
const augmentation = { variant: 'synthetic-augmentation', ...counts['synthetic-augmentation'] };
const synthetic = { variant: 'fully-synthetic', ...counts['fully-synthetic'] };

const models = {
  'gaussian mle': gaussian({ divisor: 'mle' }),
  gaussianMixture: gaussianMixture({ components: 3 }),
  'gaussianMixture previous': gaussianMixture({ components: 3, covariance: 'spherical', start: 'previous' }),
  kernelDensity: kernelDensity(),
  bootstrap: bootstrap(),
  bestOf: bestOf(gaussian(), { candidates: 3, score: firstColumn }),
  topFraction: topFraction(kernelDensity(), { fraction: 0.5 }),
  truncated: truncated(gaussian(), { radius: 2 }),
  'gaussian realWeight': gaussian({ realWeight: 0.7 }),
  'gaussianMixture realWeight': gaussianMixture({ components: 3, realWeight: 0.7 }),
  'bestOf temperature': bestOf(gaussian(), { candidates: 3, score: firstColumn, temperature: 0.5 }),
  marked: marked(gaussian(), { direction: [3, 4], strength: 0.3 }),
  filter: filter(gaussian(), { truePositiveRate: 0.8, falsePositiveRate: 0.1 }),
};

const halved = ({ data, rows, cols }) =>
  matrix(
    data.map((value) => value / 2),
    rows,
    cols,
  );
/** The rows of `x` over and over, times `factor`. */
const repeated = ({ data, cols }, count, factor) =>
  matrix(
    Float64Array.from({ length: count * cols }, (_, i) => factor * data[i % data.length]),
    count,
    cols,
  );

const modes = { centres: matrix(Float64Array.of(0, 0, 1, 0, 2, 0, 3, 0), 4, 2), radius: 0.3 };

const replicated = (options) => () =>
  replicatedAutophagousLoop({ generations: 6, replicates: 5, series: true, seed: 3, ...options });

const gaussianSeries = async (options) => {
  const loop = { dim: 2, generations: 15, replicates: 12, seed: 1, series: true, ...options };
  return (await simulateGaussianLoop(loop)).series;
};

export const calls = {};

for (const [variant, numbers] of Object.entries(counts)) {
  const loop = { variant, ...numbers, reference, model: gaussian() };
  calls[`autophagousLoop ${variant}`] = run(loop);
  calls[`autophagousLoop ${variant}, accumulate, memory 2, lambda`] = run({
    ...loop,
    ...{ pool: 'accumulate', memory: 2, lambda: 0.8 },
  });
  calls[`autophagousLoop ${variant}, subsample`] = run({ ...loop, pool: 'subsample', subsample: 15 });
}
for (const [name, model] of Object.entries(models)) {
  calls[`autophagousLoop of ${name}`] = run({ ...fresh, reference: dataset, model, lambda: 0.9 });
}

Object.assign(calls, {
  'autophagousLoop mixtureReference': run({
    ...synthetic,
    reference: mixtureReference({
      means: modes.centres,
      covariance: 'spherical',
      covariances: [0.01, 0.02, 0.01, 0.02],
    }),
    model: gaussianMixture({ components: 4 }),
  }),
  'autophagousLoop data with replacement': run({
    ...augmentation,
    reference: datasetReference(plane, { replace: true }),
    model: kernelDensity({ bandwidth: 0.1 }),
  }),
  'autophagousLoop model without moments': run({
    ...synthetic,
    reference,
    model: { fit: (data) => ({ sample: (count, { lambda }) => repeated(data, count, lambda) }) },
    ...{ lambda: 0.9, metricSamples: 70 },
  }),
  'sampleMetrics features': run({
    ...fresh,
    reference: dataset,
    model: gaussian(),
    metrics: [
      'distance',
      'trace',
      sampleMetrics({ heldOut, features: halved, k: 3, convention: 'prdc', lambda: 0.9 }),
    ],
  }),
  'sampleMetrics modes': run({
    ...synthetic,
    reference: dataset,
    model: gaussianMixture({ components: 4 }),
    metrics: [
      sampleMetrics({ heldOut, modes, count: 80 }),
      { own: async ({ sample }) => (await sample(1, 0)).data[0] },
    ],
  }),

  'replicatedAutophagousLoop fresh-data': replicated({ ...fresh, reference, model: gaussian() }),
  'replicatedAutophagousLoop subsample': replicated({
    ...augmentation,
    ...{ reference: dataset, model: bootstrap(), pool: 'subsample' },
  }),
  'replicatedAutophagousLoop sampleMetrics': replicated({
    ...synthetic,
    reference: dataset,
    model: kernelDensity(),
    metrics: ['distance', sampleMetrics({ heldOut })],
  }),
  'LoopError one replicate': async () => {
    let left = 6;
    const failing = {
      fit: (rows, options) => {
        left -= 1;
        if (left === 0) throw new Error('no more');
        return gaussian().fit(rows, options);
      },
    };
    try {
      await replicated({ ...fresh, generations: 8, replicates: 1, reference: dataset, model: failing })();
    } catch (error) {
      if (error instanceof LoopError)
        return { code: error.code, message: error.message, generations: error.generations };
      throw error;
    }
    throw new Error('the model did not fail');
  },

  'madTest mad': async () => madTest(await gaussianSeries({ variant: 'fully-synthetic', synthetic: 10 })),
  'madTest fresh data, options': async () =>
    madTest(await gaussianSeries({ variant: 'fresh-data', real: 30, synthetic: 10 }), {
      ...{ metric: 'trace', from: 4, to: 14, margin: 0.2, confidence: 0.9, direction: 'decreasing' },
    }),
  'madTest series of a replicated loop': async () =>
    madTest((await replicated({ ...synthetic, reference, model: gaussian() })()).series),
  'studentHalfWidth of levels': () =>
    [1, 3, 99].flatMap((degrees) => [0.5, 0.95].map((level) => studentHalfWidth(degrees, level))),
  'collapseVerdict fully synthetic': async () =>
    collapseVerdict(await gaussianSeries({ variant: 'fully-synthetic', synthetic: 10 })),
  'collapseVerdict fresh data, options': async () =>
    collapseVerdict(await gaussianSeries({ variant: 'fresh-data', real: 30, synthetic: 10 }), {
      ...{ risk: 'meanNormSquared', catastrophe: 3, margin: 0.2, confidence: 0.9 },
    }),
  'madTest lists': () => {
    const { data } = samples(12, 20);
    return madTest(Array.from({ length: 12 }, (_, r) => data.slice(20 * r, 20 * (r + 1))));
  },
});
