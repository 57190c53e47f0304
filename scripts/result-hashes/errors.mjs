// Errors that the engine finds: their codes and messages are results, too.

import {
  bootstrap,
  expectedDistance,
  frechetDistance,
  gaussianMixture,
  kernelDistance,
  limitPoint,
  matrix,
  matrixSquareRoot,
  mergeMoments,
  moments,
  precisionRecall,
  simulateGaussianLoop,
} from '../../dist/index.js';
import { gaussianOf, samples } from './data.mjs';
import { failure } from './record.mjs';

function withNaN(x) {
  const data = x.data.slice();
  data[x.cols + 2] = Number.NaN;
  return matrix(data, x.rows, x.cols);
}

const indefinite = Float64Array.of(1, 2, 2, 1);
const bad = withNaN(samples(20, 4));
const good = samples(20, 4);

export const calls = {
  'error moments NaN': () => failure(() => moments(bad)),
  'error frechetDistance NaN': () => failure(() => frechetDistance(good, bad)),
  'error frechetDistance indefinite': () =>
    failure(() =>
      frechetDistance({ dim: 2, mean: new Float64Array(2), covariance: indefinite }, { ...gaussianOf(2) }),
    ),
  'error frechetDistance dimensions': () => failure(() => frechetDistance(good, samples(20, 5))),
  'error matrixSquareRoot indefinite': () => failure(() => matrixSquareRoot(matrix(indefinite, 2, 2))),
  'error matrixSquareRoot asymmetric': () =>
    failure(() => matrixSquareRoot(matrix(Float64Array.of(1, 2, 0, 1), 2, 2))),
  'error mergeMoments negative variance': () =>
    failure(async () =>
      mergeMoments(
        { count: 3, dim: 1, mean: Float64Array.of(0), covariance: Float64Array.of(-1) },
        { count: 3, dim: 1, mean: Float64Array.of(0), covariance: Float64Array.of(1) },
      ),
    ),
  'error kernelDistance overflow': () =>
    failure(() => kernelDistance(samples(20, 4, { scale: 1e200 }), samples(20, 4, { scale: 1e200 }))),
  'error precisionRecall NaN': () => failure(() => precisionRecall(good, bad)),
  'error precisionRecall k': () => failure(() => precisionRecall(good, good, { k: 20 })),
  'error limitPoint no variance': () =>
    failure(() => limitPoint({ dim: 2, real: 1, synthetic: 2, relativeError: 0.1 })),
  'error limitPoint fully-synthetic': () =>
    failure(() => limitPoint({ variant: 'fully-synthetic', dim: 2, real: 1, synthetic: 2 })),
  'error expectedDistance range': () => failure(() => expectedDistance({ dim: 1e6, samples: 1e7 })),
  'error simulateGaussianLoop indefinite reference': () =>
    failure(() =>
      simulateGaussianLoop({
        ...{ variant: 'fresh-data', real: 5, synthetic: 5, generations: 2 },
        reference: { mean: [0, 0], covariance: indefinite },
      }),
    ),
  'error gaussianMixture singular component': () =>
    failure(() =>
      gaussianMixture({ components: 5, regularisation: 0 }).fit(matrix(Float64Array.of(0, 1, 2, 5, 9), 5, 1)),
    ),
  'error bootstrap lambda': async () => {
    const fitted = await bootstrap().fit(good);
    return failure(() => fitted.sample(3, { lambda: 2 }));
  },
};
