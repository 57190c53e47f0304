// limitPoint, effectiveSampleSize, admissibleThreshold, advise, expectedDistance.

import {
  admissibleThreshold,
  advise,
  effectiveSampleSize,
  expectedDistance,
  limitPoint,
} from '../../dist/index.js';
import { gaussianOf } from './data.mjs';

const cell = { dim: 5, real: 20, synthetic: 30, lambda: 0.9, relativeError: 0.02, seed: 2 };
const deterministic = { dim: 100, real: 200, synthetic: 300, lambda: 0.9, method: 'deterministic' };
const scaled = { mean: [1, 2, 3], covariance: [4, 0, 0, 0, 4, 0, 0, 0, 4] };

const limit = (options) => () => limitPoint({ ...cell, ...options });
const size = (options) => () => effectiveSampleSize({ ...cell, ...options });
const threshold = (options) => () => admissibleThreshold({ relativeError: 0.02, seed: 2, ...options });
const expected = (options) => () => expectedDistance(options);

export const calls = {
  'limitPoint fresh-data': limit({}),
  'limitPoint fresh-data, lambda 1': limit({ lambda: 1 }),
  'limitPoint fresh-data, lambda 0': limit({ lambda: 0 }),
  'limitPoint fresh-data, mle': limit({ divisor: 'mle' }),
  'limitPoint fresh-data, memory 3': limit({ memory: 3 }),
  'limitPoint fresh-data, reference': limit({ dim: undefined, reference: gaussianOf(5) }),
  'limitPoint fresh-data, no synthetic samples': limit({ synthetic: 0 }),
  'limitPoint fresh-data, fewer samples than dimensions': limit({ dim: 12, real: 6, synthetic: 4 }),
  'limitPoint fresh-data, d = 1': limit({ dim: 1 }),
  'limitPoint fresh-data, d = 60': limit({ dim: 60, real: 100, synthetic: 100, relativeError: 0.005 }),
  'limitPoint fresh-data, more precise': limit({ relativeError: 0.0003 }),
  'limitPoint synthetic-augmentation': limit({ variant: 'synthetic-augmentation' }),
  'limitPoint synthetic-augmentation, mle, memory 2, reference': limit({
    variant: 'synthetic-augmentation',
    ...{ divisor: 'mle', memory: 2, dim: undefined, reference: gaussianOf(5) },
  }),
  'limitPoint deterministic': limit(deterministic),
  'limitPoint deterministic, lambda 1': limit({ ...deterministic, lambda: 1 }),
  'limitPoint deterministic, mle, reference': limit({
    ...deterministic,
    dim: 3,
    divisor: 'mle',
    reference: scaled,
  }),
  'limitPoint deterministic, d = 100,000': limit({
    ...deterministic,
    dim: 100_000,
    real: 1e6,
    synthetic: 1e9,
    lambda: 1,
  }),

  'effectiveSampleSize fresh-data': size({}),
  'effectiveSampleSize fresh-data, mle, reference': size({ dim: 3, divisor: 'mle', reference: scaled }),
  'effectiveSampleSize synthetic-augmentation, memory 2': size({
    variant: 'synthetic-augmentation',
    memory: 2,
  }),
  'effectiveSampleSize below d samples': size({ dim: 20, real: 25, lambda: 0.3 }),
  'effectiveSampleSize deterministic': size(deterministic),
  'effectiveSampleSize deterministic, d = 5,000': size({
    ...deterministic,
    dim: 5_000,
    real: 1e5,
    synthetic: 1e5,
  }),

  'admissibleThreshold d = 4': threshold({ dim: 4, real: 20, lambda: 0.7 }),
  'admissibleThreshold d = 12, mle': threshold({ dim: 12, real: 30, lambda: 0.5, divisor: 'mle' }),
  'admissibleThreshold unbounded': threshold({ dim: 10, real: 30, lambda: 1 }),

  'advise deterministic': () => advise({ real: 1_000, syntheticShare: 0.3, guidance: 0.5, dim: 60 }),
  'advise Monte Carlo, memory 2': () =>
    advise({ real: 30, synthetic: 20, lambda: 0.8, dim: 4, memory: 2, relativeError: 0.05 }),

  'expectedDistance d = 1': expected({ dim: 1, samples: 2 }),
  'expectedDistance fewer samples than dimensions': expected({ dim: 50, samples: 20 }),
  'expectedDistance n = d': expected({ dim: 100, samples: 100 }),
  'expectedDistance fractional n': expected({ dim: 10, samples: 33.25 }),
  'expectedDistance mle': expected({ dim: 10, samples: 40, divisor: 'mle' }),
  'expectedDistance many samples': expected({ dim: 7, samples: 1e12 }),
  'expectedDistance d = 1,000': expected({ dim: 1_000, samples: 3_000 }),
};
