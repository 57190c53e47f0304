import { describe, expect, test } from 'vitest';
import { sampleGaussian } from '../../src/distributions/gaussian-sampling.js';
import { moments } from '../../src/distributions/moments.js';
import { autophagousLoop } from '../../src/loops/autophagous-loop.js';
import { frechetDistance } from '../../src/metrics/frechet.js';
import { gaussian } from '../../src/models/gaussian.js';
import { datasetReference } from '../../src/references/dataset-reference.js';
import { gaussianReference } from '../../src/references/gaussian-reference.js';
import { markedReference, RecordingModel } from './recording-model.js';

const loop = { variant: 'fresh-data', real: 20, synthetic: 30, generations: 3, model: gaussian() } as const;
const covariance = Float64Array.of(2, 0.5, 0.5, 1);
const reference = gaussianReference({ mean: Float64Array.of(1, -1), covariance });

describe('metrics', () => {
  test("compare the model's own moments with the reference's", async () => {
    for await (const { model, metrics } of autophagousLoop({ ...loop, reference })) {
      const { mean, covariance: fitted } = model.moments;
      const { distance } = await frechetDistance(model.moments, {
        dim: 2,
        mean: Float64Array.of(1, -1),
        covariance,
      });
      expect(Object.keys(metrics)).toEqual(['distance', 'meanNormSquared', 'trace']);
      expect(metrics.distance).toBe(distance);
      expect(metrics.meanNormSquared).toBeCloseTo((mean[0]! - 1) ** 2 + (mean[1]! + 1) ** 2, 14);
      expect(metrics.trace).toBeCloseTo(fitted[0]! + fitted[3]!, 14);
    }
  });

  test('compare with the held-out rows of a data set', async () => {
    const gaussianRows = { dim: 2, mean: new Float64Array(2), covariance };
    const data = await sampleGaussian(gaussianRows, 100, { lambda: 1, seed: 1 });
    const heldOut = await sampleGaussian(gaussianRows, 50, { lambda: 1, seed: 2 });
    for await (const { model, metrics } of autophagousLoop({
      ...loop,
      reference: datasetReference(data, { heldOut }),
    })) {
      // `toBeCloseTo`: a side given as samples is rounded differently from one given as moments.
      expect(metrics.distance).toBeCloseTo((await frechetDistance(model.moments, heldOut)).distance, 12);
    }
  });

  test('of a model without moments come from one unbiased sample of metricSamples rows a generation', async () => {
    const calls: { count: number; lambda: number }[] = [];
    const hidden = {
      name: 'hidden gaussian',
      async fit(data: Parameters<ReturnType<typeof gaussian>['fit']>[0]) {
        const fitted = await gaussian().fit(data);
        return {
          sample(count: number, options: { lambda: number; seed: bigint }) {
            calls.push({ count, lambda: options.lambda });
            return fitted.sample(count, options);
          },
          truth: fitted.moments,
        };
      },
    };
    const options = { ...loop, model: hidden, reference, generations: 2, lambda: 0.5, metricSamples: 40_000 };
    for await (const { model, metrics } of autophagousLoop(options)) {
      // The trace of a sample covariance has standard error sqrt(2 tr S^2 / n), below sqrt(2) tr S / 200.
      const trace = model.truth.covariance[0]! + model.truth.covariance[3]!;
      expect(Math.abs(metrics.trace! / trace - 1)).toBeLessThan((4.5 * Math.SQRT2) / 200);
    }
    expect(calls).toEqual([
      { count: 40_000, lambda: 1 },
      { count: 30, lambda: 0.5 },
      { count: 40_000, lambda: 1 },
    ]);
  });

  test("can be chosen by name and added, and see the model, the reference's moments and samples", async () => {
    const seen: unknown[] = [];
    const metrics = [
      'trace',
      {
        answer: () => 42,
        async sampleMean({ t, model, reference: real, sample, moments: own }) {
          seen.push([t, model instanceof Object, real.mean[0], (await own()).dim]);
          return (await moments(await sample(10))).mean[0]!;
        },
      },
    ] as const satisfies NonNullable<Parameters<typeof autophagousLoop>[0]['metrics']>;
    const results = [];
    for await (const generation of autophagousLoop({ ...loop, reference, generations: 2, metrics })) {
      results.push(generation.metrics);
    }
    expect(Object.keys(results[0]!)).toEqual(['trace', 'answer', 'sampleMean']);
    expect(results[1]!.answer).toBe(42);
    expect(seen).toEqual([
      [1, true, 1, 2],
      [2, true, 1, 2],
    ]);
  });

  test('none at all may be asked for', async () => {
    const model = new RecordingModel();
    for await (const { metrics } of autophagousLoop({
      ...loop,
      model,
      reference: markedReference,
      metrics: [],
    })) {
      expect(metrics).toEqual({});
    }
  });
});
