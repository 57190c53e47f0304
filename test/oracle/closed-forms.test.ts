// The closed forms against published numbers, against each other, and against the general recursion over training samples
// (support/expected-moments.ts). Nothing here runs the engine.

import { describe, expect, it } from 'vitest';
import { type AccumulationLoop, accumulationMoments, limitingVariance } from './support/accumulation.js';
import {
  type CombinedLoop,
  combinedMoments,
  limitingSampleSize,
  stationaryCombinedMoments,
} from './support/combination.js';
import { expectedMoments, type Loop } from './support/expected-moments.js';
import {
  type FreshDataLoop,
  firstMomentRecursion,
  firstMomentThreshold,
  forgettingRate,
  freshDataMoments,
  generationOneMoments,
  type SecondMoments,
  secondMomentRecursion,
  stationaryFirstMoments,
  stationarySecondMoments,
} from './support/fresh-data-moments.js';
import * as fullySynthetic from './support/fully-synthetic.js';
import { fixedPoint, spectralRadius } from './support/linear-recursion.js';
import { limitingMeanVariance, memoryMoments } from './support/memory.js';
import { c4, digamma, logGamma, trigamma } from './support/special-functions.js';
import * as subsampling from './support/subsampling.js';
import {
  augmentationMoments,
  stationaryAugmentationMoments,
  stationaryAugmentationTrace,
} from './support/synthetic-augmentation.js';

/** Equal up to the rounding of a few hundred operations. */
function expectClose(value: number, expected: number, relative = 1e-12): void {
  expect(Math.abs(value - expected), `${value} vs ${expected}`).toBeLessThanOrEqual(
    relative * Math.abs(expected),
  );
}

/** Equal in the digits of a printed number. */
function expectDigits(value: number, printed: string): void {
  const decimals = printed.split('.')[1]?.length ?? 0;
  expect(Math.abs(value - Number(printed)), `${value} vs ${printed}`).toBeLessThanOrEqual(
    0.5001 * 10 ** -decimals,
  );
}

const plain: Omit<Loop, 'variant'> = {
  dim: 2,
  initial: 7,
  real: 7,
  synthetic: 9,
  lambda: 0.9,
  memory: 1,
  pool: 'latest',
  divisor: 'unbiased',
};

describe('special functions', () => {
  it('take their known values', () => {
    expectClose(logGamma(0.5), Math.log(Math.PI) / 2);
    expectClose(logGamma(11), Math.log(3_628_800));
    expectClose(digamma(1), -0.5772156649015329);
    expectClose(digamma(0.5), -0.5772156649015329 - 2 * Math.LN2);
    expectClose(trigamma(1), Math.PI ** 2 / 6);
    expectClose(trigamma(0.5), Math.PI ** 2 / 2);
    expectClose(c4(2), Math.sqrt(2 / Math.PI));
    expectClose(c4(3), Math.sqrt(Math.PI) / 2);
  });
});

describe('fresh data', () => {
  // d, n_r, n_s, lambda: m s a b c e f.
  const stationary: [number, number, number, number, string][] = [
    [1, 10, 10, 1, '.06785714286 1.035714286 1.236724603 1.236724603 .0142828085 .07380541101 .07380541101'],
    [3, 6, 9, 0.8, '.2464788732 2.429577465 2.78989456 6.350210201 .1051085072 .2197705796 .6112007034'],
    [10, 30, 60, 0.9, '.1677978884 8.42760181 8.522900638 71.30684612 .03412958571 .1517697031 1.416339921'],
    [100, 100, 900, 1, '.5285714286 100.4761905 155.1542697 10097.04905 .2872915399 .7700843919 53.11603408'],
    [
      100,
      100,
      900,
      0.8,
      '.1881993896 35.77483893 16.45774861 1279.920244 .03618426774 .07398963909 6.732960432',
    ],
    [
      100,
      250,
      1000,
      0.7,
      '.101055868 45.49132246 24.01141892 2069.529102 .01042170572 .0474448109 4.597197398',
    ],
    [
      100,
      1000,
      1000,
      0.85,
      '.0579781603 86.98174225 80.42972242 7565.920052 .003429287748 .05098492167 5.043053235',
    ],
    [
      100,
      1000,
      10000,
      1,
      '.05240364 100.047644 105.3960438 10009.64104 .002803354037 .05479285579 5.242909949',
    ],
  ];

  it.each(stationary)('has the printed limits at d = %d, n_r = %d, n_s = %d, lambda = %d', (...row) => {
    const [dim, real, synthetic, lambda, printed] = row;
    const loop = { dim, real, synthetic, lambda };
    const { m, s, a, b, c, e, f } = stationarySecondMoments(loop);
    const digits = printed.split(' ');
    for (const [i, value] of [m, s, a, b, c, e, f].entries()) expectDigits(value, digits[i]!);
    const closed = stationaryFirstMoments(loop);
    expectClose(m, closed.m);
    expectClose(s, closed.s);
    const [m1, s1] = fixedPoint(firstMomentRecursion(loop));
    expectClose(m1!, closed.m);
    expectClose(s1!, closed.s);
    expectClose(spectralRadius(firstMomentRecursion(loop)), forgettingRate(loop));
  });

  // The lambda at which first and second moments cease to converge.
  it.each([
    [3, 6, 9, '1.62319', '1.46434'],
    [10, 15, 45, '1.32372', '1.29506'],
    [100, 100, 900, '1.110585', '1.109352'],
    [1, 4, 40, '1.087952', '1.061488'],
  ] as const)(
    'loses its limits where printed at d = %d, n_r = %d, n_s = %d',
    (dim, real, synthetic, first, second) => {
      const printed = [first, second];
      expectDigits(firstMomentThreshold({ real, synthetic }), first);
      for (const [i, recursion] of [firstMomentRecursion, secondMomentRecursion].entries()) {
        let [low, high] = [0.5, 3];
        for (let halving = 0; halving < 60; halving += 1) {
          const lambda = (low + high) / 2;
          if (spectralRadius(recursion({ dim, real, synthetic, lambda })) < 1) low = lambda;
          else high = lambda;
        }
        expectDigits(low, printed[i]!);
      }
    },
  );

  it('contains plain estimation at n_s = 0', () => {
    for (const divisor of ['unbiased', 'mle'] as const) {
      const loop: FreshDataLoop = { dim: 4, real: 6, synthetic: 0, lambda: 0.7, divisor };
      const [, second] = freshDataMoments(loop, 11, 2);
      const expected = generationOneMoments(4, 6, divisor);
      for (const key of Object.keys(expected) as (keyof SecondMoments)[])
        expectClose(second![key], expected[key]);
    }
  });

  it('contains the fully synthetic loop at n_r = 0: the zonal recursion', () => {
    const loop = { dim: 4, initial: 9, synthetic: 12, lambda: 0.9 };
    const moments = freshDataMoments({ ...loop, real: 0 }, loop.initial, 12);
    for (const [i, { m, s, a, b }] of moments.entries()) {
      const zonal = fullySynthetic.expectedSecondMoments(loop, i + 1);
      expectClose(a, zonal.a);
      expectClose(b, zonal.b);
      expectClose(m, fullySynthetic.expectedMeanNormSquared(loop, i + 1));
      expectClose(s, fullySynthetic.expectedTrace(loop, i + 1));
    }
  });

  it.each(['unbiased', 'mle'] as const)('agrees with the recursion over samples (%s)', (divisor) => {
    const loop: Loop = { ...plain, variant: 'fresh-data', initial: 4, divisor };
    const moments = freshDataMoments(loop, loop.initial, 10);
    for (const [i, { meanNormSquared, trace }] of expectedMoments(loop, 10).entries()) {
      expectClose(moments[i]!.m, meanNormSquared);
      expectClose(moments[i]!.s, trace);
    }
  });
});

describe('fully synthetic', () => {
  it('agrees with the recursion over samples', () => {
    const loop: Loop = { ...plain, variant: 'fully-synthetic', real: 0 };
    for (const [i, { meanNormSquared, trace }] of expectedMoments(loop, 10).entries()) {
      expectClose(fullySynthetic.expectedMeanNormSquared(loop, i + 1), meanNormSquared);
      expectClose(fullySynthetic.expectedTrace(loop, i + 1), trace);
    }
  });

  it('has the printed log-determinant rate and distances at d = 1', () => {
    const walk = { dim: 1, initial: 100, synthetic: 100, lambda: 1 };
    const rate =
      fullySynthetic.logDeterminantLaw(walk, 2).mean - fullySynthetic.logDeterminantLaw(walk, 1).mean;
    expectDigits(rate, '-0.010135019');
    const shrinking = { dim: 1, initial: 10, synthetic: 10, lambda: 0.7 };
    expectClose(
      fullySynthetic.expectedDistanceInOneDimension(shrinking, 400),
      fullySynthetic.limitingDistance(shrinking),
    );
  });
});

describe('synthetic augmentation', () => {
  const loop = { dim: 2, real: 8, synthetic: 12, lambda: 0.9 };

  it('has the printed values in generation 12 and its closed limit', () => {
    const { m, s } = augmentationMoments(loop, 12).at(-1)!;
    expectDigits(s, '1.64034');
    expectDigits(m - loop.dim / loop.real, '.069246');
    expectClose(stationaryAugmentationMoments(loop).s, stationaryAugmentationTrace(loop));
    const q = 0.6;
    expectClose(stationaryAugmentationTrace({ ...loop, lambda: 1 }), (2 * 7) / (8 - 1 / (1 + q)));
  });

  it('agrees with the recursion over samples', () => {
    const general = expectedMoments({ ...plain, ...loop, initial: 8, variant: 'synthetic-augmentation' }, 15);
    for (const [i, { m, s }] of augmentationMoments(loop, 15).entries()) {
      expectClose(m, general[i]!.meanNormSquared);
      expectClose(s, general[i]!.trace);
    }
  });
});

describe('accumulation', () => {
  const loop: AccumulationLoop = { dim: 1, samples: 5, lambda: 1, divisor: 'unbiased' };

  it('has the printed values in generation 20', () => {
    expectDigits(accumulationMoments(loop, 20).at(-1)!.s, '.878056');
    const likelihood = accumulationMoments({ ...loop, divisor: 'mle' }, 20);
    expectDigits(likelihood.at(-1)!.s, '.708879');
    expectDigits(likelihood.at(-1)!.m, '.291121');
    for (const { m, s } of likelihood) expectClose(m + s, 1);
    const biased = accumulationMoments({ ...loop, lambda: 0.8 }, 20);
    expectDigits(biased.at(-1)!.s, '.510644');
    expectDigits(biased.at(-1)!.m, '.280407');
  });

  it('tends to its limits at lambda = 1 and falls as t^-(1 - lambda) below', () => {
    for (const divisor of ['unbiased', 'mle'] as const) {
      // What is left of the product after T generations is about 1 - 1 / (n T).
      const generations = 200_000;
      const { s } = accumulationMoments({ ...loop, divisor }, generations).at(-1)!;
      expectClose(s, limitingVariance(5, divisor), 1.1 / (5 * generations));
    }
    expectDigits(limitingVariance(5, 'unbiased'), '.86949056');
    expectDigits(limitingVariance(5, 'mle'), '.70199796');
    const power = accumulationMoments({ ...loop, lambda: 0.6 }, 100_000);
    const slope = Math.log(power[99_999]!.s / power[9_999]!.s) / Math.log(10);
    expect(Math.abs(slope + 0.4)).toBeLessThan(1e-3);
  });

  it.each([
    ['unbiased', 1],
    ['mle', 1],
    ['unbiased', 0.8],
    ['mle', 0.8],
  ] as const)('agrees with the recursion over samples (%s, lambda = %d)', (divisor, lambda) => {
    const samples = 4;
    const general = expectedMoments(
      {
        ...plain,
        variant: 'synthetic-augmentation',
        pool: 'accumulate',
        initial: samples,
        real: samples,
        synthetic: samples,
        lambda,
        divisor,
      },
      15,
    );
    for (const [i, { m, s }] of accumulationMoments({ dim: 2, samples, lambda, divisor }, 15).entries()) {
      expectClose(m, general[i]!.meanNormSquared);
      expectClose(s, general[i]!.trace);
    }
  });
});

describe('memory', () => {
  const loop = { dim: 2, initial: 5, real: 5, synthetic: 11, lambda: 0.9, memory: 3 };

  it('has the printed values in generation 14', () => {
    const { m, s, products } = memoryMoments(loop, 14).at(-1)!;
    expectDigits(m, '.161985');
    expectDigits(s, '1.832405');
    expectDigits(products[11]!, '.071151');
  });

  it.each([1, 2, 3, 20])('agrees with the recursion over samples (memory %d)', (memory) => {
    const general = expectedMoments({ ...plain, ...loop, variant: 'fresh-data', memory }, 15);
    for (const [i, { m, s, products }] of memoryMoments({ ...loop, memory }, 15).entries()) {
      expectClose(m, general[i]!.meanNormSquared);
      expectClose(s, general[i]!.trace);
      for (const [j, product] of products.entries()) expectClose(product, general[i]!.meanProducts[j]!);
    }
  });

  it.each([1, 3, 6])('tends to the autoregression for many samples (memory %d)', (memory) => {
    const [real, synthetic] = [4_000_000, 6_000_000];
    const { m } = memoryMoments({ ...loop, dim: 1, initial: real, real, synthetic, lambda: 1, memory }, 300).at(
      -1,
    )!;
    // Corrections are of order 1 / N.
    expectClose((real + synthetic) * m, limitingMeanVariance(0.4, memory), 1e-5);
  });
});

describe('combination', () => {
  const loop: CombinedLoop = { dim: 2, realFixed: 4, realFresh: 3, synthetic: 9, lambda: 0.9 };

  it('has the mean’s variance (1 / N) [p_f / (1 - q)^2 + (p_r + lambda q S) / (1 - q^2)] in the limit', () => {
    for (const lambda of [1, 0.8]) {
      const counts = { dim: 1, realFixed: 40, realFresh: 30, synthetic: 130, lambda };
      const { m, s } = stationaryCombinedMoments(counts);
      expectClose(m, (0.2 / (1 - 0.65) ** 2 + (0.15 + lambda * 0.65 * s) / (1 - 0.65 ** 2)) / 200);
    }
  });

  it('agrees with the recursion over samples', () => {
    for (const initial of [4, 7, 11]) {
      const general = expectedMoments({ ...plain, ...loop, real: 7, initial, variant: 'combined' }, 15);
      for (const [i, { m, s }] of combinedMoments(loop, initial, 15).entries()) {
        expectClose(m, general[i]!.meanNormSquared);
        expectClose(s, general[i]!.trace);
      }
    }
  });

  it('contains synthetic augmentation and the fresh data loop', () => {
    const [fixed, fresh] = [
      { ...loop, realFixed: 7, realFresh: 0 },
      { ...loop, realFixed: 0, realFresh: 7 },
    ];
    const augmented = augmentationMoments({ ...loop, real: 7 }, 12);
    for (const [i, { m, s }] of combinedMoments(fixed, 7, 12).entries()) {
      expectClose(m, augmented[i]!.m);
      expectClose(s, augmented[i]!.s);
    }
    const renewed = freshDataMoments({ ...loop, real: 7 }, 5, 12);
    for (const [i, { m, s }] of combinedMoments(fresh, 5, 12).entries()) {
      expectClose(m, renewed[i]!.m);
      expectClose(s, renewed[i]!.s);
    }
  });

  it('has its effective sample size in the limit of many samples', () => {
    for (const [realFixed, realFresh, synthetic] of [
      [2, 3, 5],
      [1, 1, 8],
      [6, 3, 1],
      [5, 0, 5],
      [0, 5, 5],
    ] as const) {
      const scale = 1e6;
      const large = {
        realFixed: scale * realFixed,
        realFresh: scale * realFresh,
        synthetic: scale * synthetic,
      };
      const { m } = stationaryCombinedMoments({ dim: 1, ...large, lambda: 1 });
      expectClose(1 / m, limitingSampleSize(large), 1e-5);
    }
    const q = 0.6;
    expectClose(limitingSampleSize({ realFixed: 0, realFresh: 40, synthetic: 60 }), 40 * (1 + q));
    expectClose(
      limitingSampleSize({ realFixed: 40, realFresh: 0, synthetic: 60 }),
      (40 * (1 + q)) / (1 + 2 * q),
    );
  });
});

describe('accumulate and subsample', () => {
  it('has the printed values', () => {
    const loop = { dim: 1, samples: 6, lambda: 1, divisor: 'unbiased' } as const;
    expectDigits(subsampling.subsamplingTraces(loop, 15).at(-1)!, '1.097973');
    // Printed is the covariance of the pool; the maximum likelihood fit has 1 - 1 / n of it.
    const likelihood = subsampling.subsamplingTraces({ ...loop, divisor: 'mle' }, 15).at(-1)!;
    expectDigits(likelihood / (1 - 1 / 6), '.738905');
    expectDigits(subsampling.subsamplingTraces({ ...loop, lambda: 0.8 }, 12).at(-1)!, '.691152');
    expectDigits(subsampling.subsamplingTraces({ ...loop, lambda: 0.5 }, 12).at(-1)!, '.341521');
  });

  it('grows like t^(1/n) with the unbiased divisor and falls as t^-(1 - lambda) below lambda = 1', () => {
    for (const samples of [5, 20, 100]) {
      const traces = subsampling.subsamplingTraces(
        { dim: 1, samples, lambda: 1, divisor: 'unbiased' },
        1_000_000,
      );
      // The factor of generation t is 1 + 1 / (n t) up to a few 1 / (n t^2).
      const slope = Math.log(traces[999_999]! / traces[999]!) / Math.log(1000);
      expectClose(slope, 1 / samples, 1e-3);
    }
    const biased = subsampling.subsamplingTraces(
      { dim: 1, samples: 1e6, lambda: 0.6, divisor: 'mle' },
      100_000,
    );
    const slope = Math.log(biased[99_999]! / biased[9_999]!) / Math.log(10);
    expect(Math.abs(slope + 0.4)).toBeLessThan(1e-3);
  });

  it.each([
    ['unbiased', 1],
    ['mle', 1],
    ['unbiased', 0.8],
    ['mle', 0.8],
  ] as const)('agrees with the recursion over samples (%s, lambda = %d)', (divisor, lambda) => {
    const samples = 4;
    const counts = {
      initial: samples,
      real: samples,
      realFixed: samples,
      synthetic: samples,
      subsample: samples,
    };
    const general = expectedMoments(
      { ...plain, variant: 'combined', pool: 'subsample', ...counts, lambda, divisor },
      15,
    );
    for (const [i, trace] of subsampling
      .subsamplingTraces({ dim: 2, samples, lambda, divisor }, 15)
      .entries()) {
      expectClose(general[i]!.trace, trace);
    }
  });

  it('has the mean’s variance in the limit of many samples, which tends to pi^2 / 2 - 2', () => {
    const samples = 10_000_000;
    const counts = {
      initial: samples,
      real: samples,
      realFixed: samples,
      synthetic: samples,
      subsample: samples,
    };
    const general = expectedMoments(
      { ...plain, variant: 'combined', pool: 'subsample', ...counts, lambda: 1 },
      40,
    );
    for (const [i, { meanNormSquared }] of general.entries()) {
      expectClose((samples * meanNormSquared) / 2, subsampling.limitingMeanVariance(i + 1), 1e-5);
    }
    expectClose(subsampling.limitingMeanVariance(1_000_000), Math.PI ** 2 / 2 - 2, 1e-5);
  });
});
