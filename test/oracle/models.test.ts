// Loops over other models than the Gaussian, against what is known exactly about them.

import { describe, expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import type { Matrix } from '../../src/base/shapes.js';
import { autophagousLoop, type Generation } from '../../src/loops/autophagous-loop.js';
import type { AutophagousLoopOptions } from '../../src/loops/loop-options.js';
import { bestOf } from '../../src/models/best-of.js';
import { bootstrap } from '../../src/models/bootstrap.js';
import { FittedGaussian } from '../../src/models/fitted-gaussian.js';
import { gaussian } from '../../src/models/gaussian.js';
import { gaussianMixture } from '../../src/models/gaussian-mixture.js';
import type { FittedModel, GenerativeModel } from '../../src/models/generative-model.js';
import { type Bandwidth, kernelDensity } from '../../src/models/kernel-density.js';
import { topFraction } from '../../src/models/top-fraction.js';
import { truncated } from '../../src/models/truncated.js';
import { gaussianReference } from '../../src/references/gaussian-reference.js';
import { mixtureReference } from '../../src/references/mixture-reference.js';
import type { Reference } from '../../src/references/reference.js';
import { repetitions } from '../support/sizes.js';
import { chiSquareCdf } from './support/chi-square.js';
import { ZScores } from './support/z-scores.js';

/** A value of each generation of `replicates` independent loops: values[t - 1][replicate]. */
async function record<Fitted extends FittedModel, Value>(
  options: Omit<AutophagousLoopOptions<Fitted>, 'seed'>,
  replicates: number,
  value: (generation: Generation<Fitted>) => Value,
): Promise<Value[][]> {
  const values: Value[][] = Array.from({ length: options.generations }, () => []);
  for (let seed = 0; seed < replicates; seed += 1) {
    for await (const generation of autophagousLoop({ threads: 1, ...options, seed }))
      values[generation.t - 1]!.push(value(generation));
  }
  return values;
}

const standard = gaussianReference({ dim: 1 });

describe('kernel density, fully synthetic', () => {
  const [n, generations, replicates] = [20, 6, repetitions(800)];
  const run = (bandwidth: Bandwidth) =>
    record(
      {
        variant: 'fully-synthetic',
        reference: standard,
        model: kernelDensity({ bandwidth }),
        synthetic: n,
        generations,
        metrics: [],
      },
      replicates,
      ({ model }) => ({ mean: model.moments.mean[0]!, variance: model.moments.covariance[0]! }),
    );

  test('with a fixed bandwidth: the variance goes to n h^2, the second moment grows by h^2 each time', async () => {
    const h2 = 0.09;
    const z = new ZScores();
    // The model's variance is (1 - 1/n) s^2 + h^2, of which E s^2 is known.
    for (const [g, models] of (await run(0.3)).entries()) {
      const spreads = models.map(({ variance }) => (variance - h2) / (1 - 1 / n));
      z.addSample(`s^2, ${g} generations on`, spreads, n * h2 + (1 - 1 / n) ** g * (1 - n * h2));
      const seconds = models.map(({ mean, variance }) => variance + mean ** 2);
      z.addSample(`second moment, ${g} generations on`, seconds, 1 + (g + 1) * h2);
    }
    z.check();
  });

  test.each([
    ['scott', n ** -0.4],
    ['silverman', (0.75 * n) ** -0.4],
  ] as const)('with the bandwidth of %s: the variance grows by 1 - 1/n + h^2', async (bandwidth, h2) => {
    const factor = 1 - 1 / n + h2;
    const z = new ZScores();
    for (const [g, models] of (await run(bandwidth)).entries()) {
      const variances = models.map(({ variance }) => variance);
      z.addSample(`variance, ${g} generations on`, variances, factor ** (g + 1));
    }
    z.check();
  });
});

describe('bootstrap: a loop of categories', () => {
  const shares = [0.5, 0.2, 0.15, 0.1, 0.05];
  const reference = mixtureReference({
    means: matrix(Float64Array.from(shares.keys()), shares.length, 1),
    weights: shares,
    covariance: 'spherical',
    covariances: new Float64Array(shares.length),
  });
  /** Frequencies in a training set. */
  const frequencies = (model: { readonly rows: { readonly data: ArrayLike<number>; readonly rows: number } }) =>
    shares.map((_, k) => Array.from(model.rows.data).filter((x) => x === k).length / model.rows.rows);
  const concentration = (pi: readonly number[]) => pi.reduce((sum, p) => sum + p * p, 0);

  test('replaced each time: expectations stay, diversity decays as (1 - 1/n)^t, categories die out', async () => {
    const [n, generations, replicates] = [12, 15, repetitions(600)];
    const options = {
      variant: 'fully-synthetic',
      reference,
      model: bootstrap(),
      synthetic: n,
      generations,
      metrics: [],
    } as const;
    const z = new ZScores();
    const seen = await record(options, replicates, ({ model }) => frequencies(model));
    const homozygosity = seen.map((values) => values.map(concentration));
    const share = seen.map((values) => values.map((pi) => pi[1]!));
    const gone = share.map((values) => values.map((value) => Number(value === 0)));
    // Powers of the binomial (Wright-Fisher) matrix: the law of category 1's count.
    let law = binomial(n, shares[1]!);
    for (let t = 1; t <= generations; t += 1) {
      const expected = 1 - (1 - 1 / n) ** t * (1 - concentration(shares));
      z.addSample(`sum of squares, t = ${t}`, homozygosity[t - 1]!, expected);
      z.addSample(`share, t = ${t}`, share[t - 1]!, shares[1]!);
      z.addSample(`extinction, t = ${t}`, gone[t - 1]!, law[0]!);
      const before = law;
      const rows = before.map((_, i) => binomial(n, i / n));
      law = before.map((_, j) => before.reduce((sum, p, i) => sum + p * rows[i]![j]!, 0));
    }
    z.check();
  });

  test('fresh data: the distance from the real shares follows its recursion to the fixed point', async () => {
    const [real, synthetic, generations] = [4, 20, 40];
    const n = real + synthetic;
    const [p, q] = [real / n, synthetic / n];
    const distances = await record(
      {
        variant: 'fresh-data',
        reference,
        model: bootstrap(),
        initial: 6,
        real,
        synthetic,
        generations,
        metrics: [],
      },
      repetitions(300),
      ({ model }) => frequencies(model).reduce((sum, f, k) => sum + (f - shares[k]!) ** 2, 0),
    );
    const h0 = 1 - concentration(shares);
    let h = h0 / 6;
    const z = new ZScores();
    for (const [i, values] of distances.entries()) {
      z.addSample(`t = ${i + 1}`, values, h);
      h = (p / n) * h0 + q * q * h + (q / n) * (h0 - h);
    }
    z.addSample('fixed point', distances.at(-1)!, h0 / n / (1 - q * q + q / n));
    z.check();
  });
});

describe('curation in the fully synthetic Gaussian loop', () => {
  test('truncation is a sampling bias of F_{d+2} / F_d', async () => {
    const [dim, radius, generations] = [3, 1.8, 6];
    const lambda = chiSquareCdf(radius ** 2, dim + 2) / chiSquareCdf(radius ** 2, dim);
    const loop = {
      variant: 'fully-synthetic',
      reference: gaussianReference({ dim }),
      initial: 50,
      synthetic: 30,
      generations,
      metrics: ['trace'],
    } as const;
    const value = ({ metrics }: Generation) => metrics.trace!;
    const cut = await record(
      { ...loop, model: truncated(gaussian(), { radius }) as GenerativeModel },
      repetitions(200),
      value,
    );
    const z = new ZScores();
    for (const [g, traces] of cut.entries()) z.addSample(`${g} generations on`, traces, dim * lambda ** g);
    z.check();
  });

  test('the best of K along a direction: the mean drifts, by e_K / (1 - v_K^(1/2)) in the end', async () => {
    const [n, generations] = [1000, 40];
    for (const [candidates, e, v] of [
      [2, 0.56419, 0.68169],
      [4, 1.029375, 0.491715],
    ] as const) {
      const model = bestOf(gaussian(), { candidates, score: (x) => x.data });
      const means = await record(
        { variant: 'fully-synthetic', reference: standard, model, synthetic: n, generations, metrics: [] },
        12,
        ({ model: { moments } }) => moments!.mean[0]!,
      );
      const z = new ZScores();
      const root = Math.sqrt(v);
      // With n samples E[sd] falls short by a factor of about 1 - 1/(4 n) a generation: below 0.002 in all, within the errors.
      for (const [g, values] of means.entries())
        z.addSample(`K = ${candidates}, ${g} generations on`, values, (e * (1 - root ** g)) / (1 - root));
      z.check();
    }
  });

  test('the top half along a direction', async () => {
    const model = topFraction(gaussian(), { fraction: 0.5, by: (x) => x.data });
    const i = Math.sqrt(2 / Math.PI);
    const root = Math.sqrt(1 - i * i);
    const means = await record(
      { variant: 'fully-synthetic', reference: standard, model, synthetic: 1000, generations: 15, metrics: [] },
      12,
      ({ model: { moments } }) => moments!.mean[0]!,
    );
    const z = new ZScores();
    for (const [g, values] of means.entries())
      z.addSample(`${g} generations on`, values, (i * (1 - root ** g)) / (1 - root));
    z.check();
  });
});

describe('Gaussian mixture', () => {
  test('with one component is the Gaussian loop with divisor n: E trace = d (1 - 1/n)^t', async () => {
    const [dim, n, generations] = [2, 15, 8];
    const traces = await record(
      {
        variant: 'fully-synthetic',
        reference: gaussianReference({ dim }),
        model: gaussianMixture({ components: 1, regularisation: 0 }),
        synthetic: n,
        generations,
        lambda: 0.9,
        metrics: ['trace'],
      },
      repetitions(400),
      ({ metrics }) => metrics.trace!,
    );
    const z = new ZScores();
    for (const [g, values] of traces.entries())
      z.addSample(`t = ${g + 1}`, values, dim * (1 - 1 / n) ** (g + 1) * 0.9 ** g);
    z.check();
  });

  test('of well separated modes loses them like a loop of categories', async () => {
    // E sum pi^2 over the modes, as for the bootstrap: which mode a sample comes from is never in doubt here.
    const modes = 4;
    const reference = mixtureReference({
      means: matrix(
        Float64Array.from({ length: modes }, (_, k) => 1000 * k),
        modes,
        1,
      ),
      covariance: 'spherical',
      covariances: new Float64Array(modes).fill(1),
    });
    const [n, generations] = [16, 10];
    const start = { ...reference, weights: reference.weights, covariance: 'spherical' as const };
    const model = gaussianMixture({ components: modes, covariance: 'spherical', start, regularisation: 1e-7 });
    const squares = await record(
      { variant: 'fully-synthetic', reference, model, synthetic: n, generations, metrics: [] },
      repetitions(400),
      (generation) => generation.model.weights.reduce((sum, w) => sum + w * w, 0),
    );
    const z = new ZScores();
    for (const [g, values] of squares.entries())
      z.addSample(`t = ${g + 1}`, values, 1 - (1 - 1 / n) ** (g + 1) * (1 - 1 / modes));
    z.check();
  });
});

// He, Xu & Cheng 2025: w on the real rows, 1 - w on the synthetic ones, covariances taken within each kind.
describe('weighted mixing within groups, by code that is told which rows are real', () => {
  const dim = 3;
  const mixing = (w: number): GenerativeModel<FittedGaussian> => ({
    async fit({ data, rows }, { seed, realCount = rows }) {
      const part = (begin: number, end: number) =>
        gaussian().fit(matrix(data.slice(begin * dim, end * dim), end - begin, dim), { seed });
      const real = (await part(0, realCount)).moments;
      const made = realCount === rows ? real : (await part(realCount, rows)).moments;
      const mix = (a: Float64Array, b: Float64Array) => a.map((x, i) => w * x + (1 - w) * b[i]!);
      const mean = mix(real.mean, made.mean);
      const covariance = mix(real.covariance, made.covariance);
      return new FittedGaussian({ dim, mean, covariance });
    },
  });

  /** E |mean|^2, E tr S, E tr S^2 and E (tr S)^2 of each generation, lambda = 1. */
  function exact(n: number, m: number, w: number, generations: number) {
    const [d, k1, k2, u] = [dim, n - 1, m - 1, 1 - w];
    let [v, s] = [d / n, d];
    let [a, b] = [(k1 * (k1 + 1) * d + k1 * d ** 2) / k1 ** 2, d ** 2 + (2 * d) / k1];
    return Array.from({ length: generations }, (_, index) => {
      if (index > 0) {
        [a, b] = [
          (w ** 2 * (k1 * (k1 + 1) * d + k1 * d ** 2)) / k1 ** 2 +
            (u ** 2 * ((k2 + 1) * a + b)) / k2 +
            2 * w * u * s,
          w ** 2 * (d ** 2 + (2 * d) / k1) + u ** 2 * (b + (2 * a) / k2) + 2 * w * u * d * s,
        ];
        v = (w ** 2 * d) / n + u ** 2 * (v + s / m);
        s = w * d + u * s;
      }
      return [v, s, a, b];
    });
  }

  test.each([
    [12, 8, 0.5],
    [6, 30, 0.618],
  ])('n = %i, m = %i, w = %f: the exact first and second moments', async (n, m, w) => {
    const generations = 5;
    const runs = await record(
      {
        ...{ variant: 'fresh-data', reference: gaussianReference({ dim }), model: mixing(w) },
        ...{ real: n, synthetic: m, generations, metrics: [] },
      },
      repetitions(1600),
      ({ model }) => {
        const { mean, covariance } = model.moments;
        const squares = (values: Float64Array) => values.reduce((sum, x) => sum + x * x, 0);
        const trace = covariance[0]! + covariance[4]! + covariance[8]!;
        return [squares(mean), trace, squares(covariance), trace ** 2];
      },
    );
    const z = new ZScores();
    for (const [g, expected] of exact(n, m, w, generations).entries()) {
      for (const [i, label] of ['|mean|^2', 'tr S', 'tr S^2', '(tr S)^2'].entries())
        z.addSample(
          `t = ${g + 1}: ${label}`,
          runs[g]!.map((found) => found[i]!),
          expected[i]!,
        );
    }
    z.check();
  });

  test('the best weight is (sqrt(k^2 + 4 k) - k) / 2, k = n / m, and that many times as good', () => {
    for (const k of [0.1, 0.5, 1, 2, 10]) {
      const best = (Math.sqrt(k * k + 4 * k) - k) / 2;
      // n E |mean|^2 / d in the limit, of many rows.
      const limit = (w: number) => (1e6 * exact(1e6, 1e6 / k, w, 2_000).at(-1)![0]!) / dim;
      expect(limit(best)).toBeCloseTo(best, 4);
      for (const other of [best - 0.01, best + 0.01]) expect(limit(other)).toBeGreaterThan(limit(best));
    }
  });
});

describe('least squares on the same design, w on real labels', () => {
  // Rows (x, y); each of the first half of a training set has its real label, each of the second one of the last model's.
  const [rows, noise] = [8, 0.5];
  const design = [-3, -2.2, -1, -0.4, 0.3, 1.5, 2, 4];
  async function labelled(slope: number, intercept: number, seed: bigint): Promise<Matrix> {
    const { data } = await new FittedGaussian({
      dim: 1,
      mean: new Float64Array(1),
      covariance: Float64Array.of(1),
    }).sample(rows, { seed });
    const values = Float64Array.from({ length: 2 * rows }, (_, i) => {
      const x = design[i >> 1]!;
      return i % 2 === 0 ? x : intercept + slope * x + noise * data[i >> 1]!;
    });
    return matrix(values, rows, 2);
  }
  const reference: Reference = {
    dim: 2,
    moments: () => ({ dim: 2, mean: new Float64Array(2), covariance: Float64Array.of(1, 0, 0, 1) }),
    open: () => ({ draw: (_, { seed }) => labelled(2, 1, seed) }),
  };
  /** The line through weighted rows, read off their weighted mean and covariance. */
  const line = (realWeight: number): GenerativeModel<FittedModel & { readonly slope: number }> => ({
    async fit(data, options) {
      const { mean, covariance } = (await gaussian({ realWeight }).fit(data, options)).moments;
      const slope = covariance[1]! / covariance[0]!;
      const intercept = mean[1]! - slope * mean[0]!;
      return { slope, sample: (_, { seed }) => labelled(slope, intercept, seed) };
    },
  });
  const centre = design.reduce((sum, x) => sum + x, 0) / rows;
  const v0 = noise ** 2 / design.reduce((sum, x) => sum + (x - centre) ** 2, 0);
  const ratio = (w: number) => (w ** 2 + (1 - w) ** 2) / (1 - (1 - w) ** 2);

  test.each([0.2, (Math.sqrt(5) - 1) / 2, 0.9])('w = %f: the variance of the slope', async (w) => {
    const generations = 8;
    const slopes = await record(
      {
        ...{ variant: 'fresh-data', reference, model: line(w) },
        ...{ real: rows, synthetic: rows, generations, metrics: [] },
      },
      repetitions(1600),
      ({ model }) => model.slope - 2,
    );
    const z = new ZScores();
    let v = v0;
    for (const [g, errors] of slopes.entries()) {
      if (g > 0) v = (w ** 2 + (1 - w) ** 2) * v0 + (1 - w) ** 2 * v;
      z.addSample(
        `t = ${g + 1}`,
        errors.map((error) => error ** 2),
        v,
      );
      z.addSample(`t = ${g + 1}: bias`, errors, 0);
    }
    z.check();
    if (w > 0.5) expect(Math.abs(v / v0 / ratio(w) - 1)).toBeLessThan(1e-5);
  });

  test('the best weight is the golden ratio, and 1.618 times as good', () => {
    const golden = (Math.sqrt(5) - 1) / 2;
    expect(ratio(golden)).toBeCloseTo(golden, 12);
    for (const other of [0.5, golden - 0.01, golden + 0.01, 1]) expect(ratio(other)).toBeGreaterThan(golden);
  });
});

/** Probabilities of 0 ... n successes. */
function binomial(n: number, p: number): number[] {
  let law = [1];
  for (let i = 0; i < n; i += 1) {
    const next = new Array<number>(law.length + 1).fill(0);
    for (const [k, probability] of law.entries()) {
      next[k]! += probability * (1 - p);
      next[k + 1]! += probability * p;
    }
    law = next;
  }
  return law;
}
