// Every model by itself, fitted and sampled, and every reference.

import { fileURLToPath } from 'node:url';
import {
  bestOf,
  bootstrap,
  datasetReference,
  externalModel,
  gaussian,
  gaussianMixture,
  gaussianReference,
  kernelDensity,
  matrix,
  mixtureReference,
  processModel,
  topFraction,
  truncated,
} from '../../dist/index.js';
import { clusters, gaussianOf, samples, samples32, ties } from './data.mjs';

const trainingSet = clusters(200, 3, 1);
const elsewhere = clusters(30, 5, 2);

/** What is public of a fitted model, with samples at two lambdas and densities where it has them. */
async function outcome(fitted, x = elsewhere) {
  const { weights, means, covariance, covariances, logLikelihood, iterations, converged } = fitted;
  const { bandwidth, kernel, moments } = fitted;
  return {
    ...{
      weights,
      means,
      covariance,
      covariances,
      logLikelihood,
      iterations,
      converged,
      bandwidth,
      kernel,
      moments,
    },
    samples: await fitted.sample(300, { seed: 4 }),
    biased: await fitted.sample(50, { lambda: 0.6, seed: 5 }),
    modes: await fitted.sample(5, { lambda: 0 }),
    logDensity: await fitted.logDensity?.(x),
  };
}

const fit =
  (model, data = trainingSet, x = elsewhere) =>
  async () =>
    outcome(await model.fit(data, { seed: 3 }), x);
const mixture = (options) => gaussianMixture({ components: 4, ...options });

const start = {
  weights: Float64Array.of(0.5, 0.3, 0.2),
  means: matrix(Float64Array.of(0, 0, 1, 0.5, 2, 0), 3, 2),
  covariance: 'spherical',
  covariances: Float64Array.of(0.1, 0.2, 0.3),
};

const firstColumn = ({ data, rows, cols }) => Float64Array.from({ length: rows }, (_, i) => data[i * cols]);
const curated = (model) => async () => {
  const fitted = await model.fit(trainingSet, { seed: 3 });
  return {
    samples: await fitted.sample(100, { seed: 4 }),
    biased: await fitted.sample(40, { lambda: 0.8, seed: 5 }),
  };
};

/** Its training set again, smaller for a smaller lambda, from a row that the seed chooses. */
const echo = externalModel({
  name: 'echo',
  fit: (data, { seed }) => ({ data, shift: Number(seed % 7n) }),
  sample({ data: { data, rows, cols }, shift }, count, { lambda, seed }) {
    const first = Number(seed % BigInt(rows));
    const value = (i) => lambda * data[((first + Math.floor(i / cols)) % rows) * cols + (i % cols)] + shift / 8;
    return matrix(
      Float64Array.from({ length: count * cols }, (_, i) => value(i)),
      count,
      cols,
    );
  },
  moments: ({ data: { cols } }) => gaussianOf(cols),
});

const generator = fileURLToPath(new URL('generator.mjs', import.meta.url));

const draws = (reference) => async () => {
  const source = reference.open(9n);
  return {
    moments: await reference.moments({}),
    first: await source.draw(20, { generation: 1, seed: 1n }),
    second: await source.draw(15, { generation: 2, seed: 2n }),
    logDensity: await reference.logDensity?.(elsewhere),
  };
};

export const calls = {
  'gaussian unbiased': fit(gaussian()),
  'gaussian mle, float32': fit(gaussian({ divisor: 'mle' }), samples32(40, 6), samples(5, 6)),
  'gaussian fewer samples than dimensions': fit(gaussian(), samples(5, 9), samples(5, 9)),
  'gaussian d = 200': fit(gaussian(), samples(300, 200), samples(5, 200)),
  'gaussianMixture full': fit(mixture({})),
  'gaussianMixture tied': fit(mixture({ covariance: 'tied' })),
  'gaussianMixture diagonal': fit(mixture({ covariance: 'diagonal' })),
  'gaussianMixture spherical, restarts': fit(mixture({ covariance: 'spherical', restarts: 3 })),
  'gaussianMixture start, tolerance': fit(
    gaussianMixture({ components: 3, covariance: 'spherical', start, tolerance: 1e-6, maximumIterations: 40 }),
  ),
  'gaussianMixture previous': async () => {
    const model = mixture({ start: 'previous' });
    const previous = await model.fit(trainingSet, { seed: 3 });
    return outcome(await model.fit(clusters(150, 3, 8), { seed: 4, previous }));
  },
  'gaussianMixture one component': fit(gaussianMixture({ components: 1 })),
  'gaussianMixture 12 columns, float32': fit(mixture({}), samples32(300, 12), samples(9, 12)),
  'gaussianMixture 3,000 rows, 25 components': fit(gaussianMixture({ components: 25 }), clusters(3_000, 20, 3)),
  'kernelDensity scott': fit(kernelDensity()),
  'kernelDensity silverman': fit(kernelDensity({ bandwidth: 'silverman' }), samples32(100, 5), samples(9, 5)),
  'kernelDensity number': fit(kernelDensity({ bandwidth: 0.2 })),
  'kernelDensity 12 columns': fit(kernelDensity(), samples(300, 12), samples(9, 12)),
  bootstrap: fit(bootstrap()),
  'bootstrap equal rows': fit(bootstrap(), ties(100, 2, 1)),
  'bestOf gaussian': curated(bestOf(gaussian(), { candidates: 4, score: firstColumn })),
  'topFraction kernelDensity': curated(topFraction(kernelDensity(), { fraction: 0.4 })),
  'topFraction gaussianMixture by score': curated(topFraction(mixture({}), { fraction: 0.3, by: firstColumn })),
  'truncated gaussian': curated(truncated(gaussian(), { radius: 1.5 })),
  'externalModel echo': fit(echo),
  'processModel echo': async () => {
    const model = processModel({ command: [process.execPath, generator] });
    try {
      return await outcome(await model.fit(trainingSet, { seed: 3 }));
    } finally {
      await model.close();
    }
  },

  'gaussianReference N(0, I)': draws(gaussianReference({ dim: 7 })),
  'gaussianReference N(m, S)': draws(gaussianReference(gaussianOf(7))),
  'mixtureReference spherical': draws(mixtureReference(start)),
  'mixtureReference full': draws(
    mixtureReference({ means: start.means, covariances: [1, 0.5, 0.5, 1, 2, 0, 0, 2, 1, -0.9, -0.9, 1] }),
  ),
  datasetReference: draws(datasetReference(trainingSet)),
  'datasetReference replace, held out': draws(
    datasetReference(trainingSet, { heldOut: elsewhere, replace: true }),
  ),
};
