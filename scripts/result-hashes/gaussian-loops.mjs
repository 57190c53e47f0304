// simulateGaussianLoop: variants x pools x memory x engine x divisor x subsample x reference.

import { simulateGaussianLoop } from '../../dist/index.js';
import { gaussianOf } from './data.mjs';

const variants = {
  'fully-synthetic': { initial: 9, synthetic: 12 },
  'synthetic-augmentation': { real: 8, synthetic: 12 },
  'fresh-data': { initial: 10, real: 8, synthetic: 12 },
  combined: { initial: 11, realFixed: 5, realFresh: 4, synthetic: 12 },
};

const ways = {
  latest: {},
  'accumulate, mle, lambda': { pool: 'accumulate', divisor: 'mle', lambda: 0.8 },
  'memory 3, reference': { memory: 3, lambda: 0.9, reference: gaussianOf(6), dim: undefined },
};

export const calls = {};

const run = (options) => () =>
  simulateGaussianLoop({ dim: 6, generations: 6, replicates: 5, seed: 3, series: true, ...options });

for (const [variant, counts] of Object.entries(variants)) {
  for (const engine of ['moments', 'samples']) {
    for (const [way, options] of Object.entries(ways)) {
      calls[`simulateGaussianLoop ${variant}, ${engine}, ${way}`] = run({
        variant,
        ...counts,
        engine,
        ...options,
      });
    }
  }
  const subset = { variant, ...counts, engine: 'samples', pool: 'subsample' };
  calls[`simulateGaussianLoop ${variant}, samples, subsample`] = run(subset);
  calls[`simulateGaussianLoop ${variant}, samples, subsample of 9, memory 2, mle`] = run({
    ...subset,
    ...{ subsample: 9, memory: 2, divisor: 'mle', lambda: 0.7 },
  });
}

const fresh = { variant: 'fresh-data', real: 8, synthetic: 12 };

Object.assign(calls, {
  'simulateGaussianLoop accumulate with memory': run({ ...fresh, pool: 'accumulate', memory: 2 }),
  'simulateGaussianLoop lambda 0': run({ ...fresh, lambda: 0 }),
  'simulateGaussianLoop d = 1': run({ ...fresh, dim: 1 }),
  'simulateGaussianLoop no synthetic samples': run({ ...fresh, synthetic: 0 }),
  'simulateGaussianLoop fewer samples than dimensions': run({ ...fresh, dim: 40 }),
  'simulateGaussianLoop singular reference': run({
    ...fresh,
    ...{ dim: undefined, reference: { mean: [1, 2, 3], covariance: [2, 2, 0, 2, 2, 0, 0, 0, 1] } },
  }),
  'simulateGaussianLoop many samples': run({ ...fresh, real: 1e6, synthetic: 1e9 }),
  'simulateGaussianLoop d = 100': run({ ...fresh, dim: 100, real: 100, synthetic: 900, replicates: 3 }),
  'simulateGaussianLoop d = 100, samples': run({
    ...fresh,
    ...{ dim: 100, real: 100, synthetic: 900, generations: 3, replicates: 2, engine: 'samples' },
  }),
  'simulateGaussianLoop one replicate, large seed': run({
    ...fresh,
    replicates: 1,
    seed: '18446744073709551615',
  }),
  'simulateGaussianLoop 300 replicates': run({ ...fresh, dim: 3, replicates: 300 }),
  'simulateGaussianLoop 10,500 generations': async () => {
    const { generations, parameters } = await run({ ...fresh, dim: 1, generations: 10_500, series: false })();
    return { generations: [...generations], parameters }; // such long lists are made as they are read
  },
});
