// What a change of the reference must do to the loop, and the loops that reduce to simpler ones.

import { describe, expect, it } from 'vitest';
import { expectedDistance, type GaussianLoopOptions, type ReferenceGaussian } from '../../src/index.js';
import { repetitions } from '../support/sizes.js';
import { everyLoop } from './support/every-loop.js';
import { expectedMoments } from './support/expected-moments.js';
import { kolmogorovSmirnov, kolmogorovSmirnovLimit } from './support/kolmogorov-smirnov.js';
import { describeLoop, type LoopRun, type Metric, metrics, runLoop } from './support/loop-runs.js';
import { map } from './support/sample.js';
import { ZScores } from './support/z-scores.js';

const engines = ['moments', 'samples'] as const;
const loops = everyLoop({ initial: 9, real: 6, synthetic: 5 });

function scaledIdentity(dim: number, scale: number): number[] {
  return Array.from({ length: dim * dim }, (_, i) => (i % (dim + 1) === 0 ? scale : 0));
}

function diagonal(values: readonly number[]): number[] {
  const dim = values.length;
  return Array.from({ length: dim * dim }, (_, i) => (i % (dim + 1) === 0 ? values[i / (dim + 1)]! : 0));
}

/** R C R', row-major, for C = diagonal(values) and R a rotation in every coordinate plane, all by the same angle. */
function rotatedDiagonal(values: readonly number[], angle: number): number[] {
  const dim = values.length;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  let rotation = Array.from({ length: dim }, (_, i) => Array.from({ length: dim }, (_, j) => Number(i === j)));
  for (let a = 0; a < dim; a += 1) {
    for (let b = a + 1; b < dim; b += 1) {
      rotation = rotation.map((row) => {
        const turned = [...row];
        turned[a] = cos * row[a]! - sin * row[b]!;
        turned[b] = sin * row[a]! + cos * row[b]!;
        return turned;
      });
    }
  }
  return Array.from({ length: dim * dim }, (_, index) => {
    const [i, j] = [Math.floor(index / dim), index % dim];
    return values.reduce((sum, value, l) => sum + value * rotation[i]![l]! * rotation[j]![l]!, 0);
  });
}

/** The largest |value - expected(plain value)| over a series. */
function worst(run: LoopRun, plain: LoopRun, metric: Metric, expected: (value: number) => number): number {
  return Math.max(
    ...map(run.series[metric], (value, other) => Math.abs(value - expected(other)), plain.series[metric]),
  );
}

describe.each(engines)('with the same seed (%s)', (engine) => {
  const dim = 4;
  const settings = { dim, lambda: 0.8, generations: 6, replicates: 40, engine, seed: 8_000 };

  it.each([1, 4, 3.7, 1e-6, 1e6])('covariance %d x I scales everything', async (scale) => {
    for (const loop of loops) {
      const reference = { mean: new Array(dim).fill(0), covariance: scaledIdentity(dim, scale) };
      const plain = await runLoop({ ...loop, ...settings });
      const run = await runLoop({ ...loop, ...settings, reference });
      const largest = scale * (dim + Math.max(...plain.series.trace));
      // The distance is computed to 1e-10 of the traces (both times), the rest to rounding, which factors of badly
      // conditioned covariances (Cholesky down to 1e-8) can raise a little.
      expect(worst(run, plain, 'distance', (value) => scale * value)).toBeLessThan(2.1e-10 * largest);
      expect(worst(run, plain, 'trace', (value) => scale * value)).toBeLessThan(1e-12 * largest);
      expect(worst(run, plain, 'meanNormSquared', (value) => scale * value)).toBeLessThan(1e-12 * largest);
      if (plain.generations.every(({ logDeterminant }) => logDeterminant)) {
        const shift = dim * Math.log(scale);
        // Where Cholesky's pivots are as small as they may be, a generation can lose dim x epsilon / 1e-8.
        const tolerance = settings.generations * dim * 2.2e-8;
        expect(worst(run, plain, 'logDeterminant', (value) => value + shift)).toBeLessThan(tolerance);
      }
    }
  });

  it('a mean shifts nothing', async () => {
    for (const loop of loops) {
      const reference = { mean: [100, -30, 7, 0.5], covariance: scaledIdentity(dim, 1) };
      const plain = await runLoop({ ...loop, ...settings });
      const run = await runLoop({ ...loop, ...settings, reference });
      // Means near 100 are rounded to 1e-14.
      for (const metric of ['distance', 'meanNormSquared', 'trace'] as const) {
        expect(
          worst(run, plain, metric, (value) => value),
          metric,
        ).toBeLessThan(1e-8);
      }
    }
  });

  it('any covariance C adds ln det C to the log-determinant', async () => {
    const spectrum = [9, 2, 0.5, 0.1];
    const reference = { mean: [1, 2, 3, 4], covariance: rotatedDiagonal(spectrum, 0.4) };
    const shift = spectrum.reduce((sum, value) => sum + Math.log(value), 0);
    for (const loop of everyLoop({ initial: 30, real: 20, synthetic: 25 })) {
      const plain = await runLoop({ ...loop, ...settings });
      const run = await runLoop({ ...loop, ...settings, reference });
      expect(worst(run, plain, 'logDeterminant', (value) => value + shift)).toBeLessThan(1e-10);
    }
  });
});

describe.each(engines)('in law (%s)', (engine) => {
  const spectrum = [4, 1, 0.25, 0.01];
  const trace = 5.26;
  const settings = { lambda: 0.8, generations: 6, replicates: repetitions(2_000), engine };

  it('first moments scale with the trace of the covariance, and rotations change nothing', async () => {
    const z = new ZScores();
    const different: string[] = [];
    const limit = kolmogorovSmirnovLimit(settings.replicates, settings.replicates);
    for (const loop of loops) {
      const references: ReferenceGaussian[] = [
        { mean: [0, 0, 0, 0], covariance: diagonal(spectrum) },
        { mean: [1, -1, 2, 0], covariance: rotatedDiagonal(spectrum, 0.7) },
      ];
      const [straight, rotated] = await Promise.all(
        references.map((reference, i) => runLoop({ ...loop, ...settings, reference, seed: 8_100 + i })),
      );
      const exact = expectedMoments(straight!.parameters, settings.generations, trace);
      for (const run of [straight!, rotated!]) {
        for (const t of [1, 2, 6]) {
          const label = `${describeLoop(loop as GaussianLoopOptions)}, t = ${t}`;
          z.addSample(`${label}: |mu|^2`, run.at('meanNormSquared', t), exact[t - 1]!.meanNormSquared);
          z.addSample(`${label}: trace`, run.at('trace', t), exact[t - 1]!.trace);
        }
      }
      for (const metric of metrics) {
        const [first, second] = [straight!.at(metric, 6), rotated!.at(metric, 6)];
        if (first.every(Number.isNaN) && second.every(Number.isNaN)) continue;
        const distance = kolmogorovSmirnov(first, second);
        if (!(distance <= limit))
          different.push(`${describeLoop(loop as GaussianLoopOptions)}: ${metric}: ${distance}`);
      }
    }
    z.check();
    expect(different).toEqual([]);
  });
});

describe.each(engines)('without synthetic samples (%s)', (engine) => {
  it('fresh data is plain estimation, anew in every generation', async () => {
    const z = new ZScores();
    for (const [dim, real] of [
      [1, 2],
      [3, 10],
      [6, 4],
    ] as const) {
      const run = await runLoop({
        variant: 'fresh-data',
        dim,
        initial: 50,
        real,
        synthetic: 0,
        generations: 4,
        replicates: repetitions(5_000),
        seed: 8_200,
        engine,
      });
      const expected = await expectedDistance({ dim, samples: real });
      for (const t of [2, 3, 4]) z.addSample(`d = ${dim}, t = ${t}`, run.at('distance', t), expected);
      const products = map(
        run.at('distance', 3),
        (now, next) => (now - expected) * (next - expected),
        run.at('distance', 4),
      );
      z.addSample(`d = ${dim}: covariance of successive generations`, products, 0);
    }
    z.check();
  });

  it('synthetic augmentation fits the same set again and again', async () => {
    for (const divisor of ['unbiased', 'mle'] as const) {
      const run = await runLoop({
        variant: 'synthetic-augmentation',
        dim: 3,
        real: 7,
        synthetic: 0,
        generations: 5,
        replicates: 20,
        seed: 8_300,
        engine,
        divisor,
      });
      for (const metric of metrics) {
        for (let t = 2; t <= 5; t += 1) expect(run.at(metric, t)).toEqual(run.at(metric, 1));
      }
    }
  });
});

describe.each(engines)('lambda = 0 (%s)', (engine) => {
  it('makes the fully synthetic loop a point, its first mean', async () => {
    const dim = 3;
    const run = await runLoop({
      variant: 'fully-synthetic',
      dim,
      synthetic: 5,
      lambda: 0,
      generations: 5,
      replicates: 50,
      seed: 8_400,
      engine,
    });
    for (let t = 2; t <= 5; t += 1) {
      expect(run.at('trace', t).every((value) => value === 0)).toBe(true);
      expect(run.at('meanNormSquared', t)).toEqual(run.at('meanNormSquared', 1));
      expect(run.generations[t - 1]!.logDeterminant).toBeNull();
      const excess = map(
        run.at('distance', t),
        (distance, norm) => distance - norm - dim,
        run.at('meanNormSquared', t),
      );
      expect(excess.every((value) => Math.abs(value) < 1e-14 * 100)).toBe(true);
    }
  });
});
