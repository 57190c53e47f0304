import { describe, expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import { autophagousLoop } from '../../src/loops/autophagous-loop.js';
import { sampleMetrics } from '../../src/loops/sample-metrics.js';
import { gaussian } from '../../src/models/gaussian.js';
import { datasetReference } from '../../src/references/dataset-reference.js';
import type { RealSamples, Reference } from '../../src/references/reference.js';
import { expectRejection } from '../support/rejection.js';

// Row i is (i, -i).
const rows = 50;
const data = matrix(
  Float64Array.from({ length: 2 * rows }, (_, i) => (i % 2 ? -1 : 1) * Math.floor(i / 2)),
  rows,
  2,
);

async function draw(samples: RealSamples, count: number, generation = 1, seed = 1n): Promise<number[]> {
  const x = await samples.draw(count, { generation, seed });
  expect([x.rows, x.cols, x.data.length]).toEqual([count, 2, 2 * count]);
  for (let i = 0; i < count; i += 1) expect(x.data[2 * i + 1]).toBe(-x.data[2 * i]!);
  return Array.from({ length: count }, (_, i) => x.data[2 * i]!);
}

describe('datasetReference', () => {
  test('draws every row once, whatever the sizes of the draws, in an order of the seed', async () => {
    const samples = datasetReference(data).open(5n);
    const drawn = [...(await draw(samples, 20)), ...(await draw(samples, 1)), ...(await draw(samples, 29))];
    expect([...drawn].sort((a, b) => a - b)).toEqual(Array.from({ length: rows }, (_, i) => i));
    expect(await draw(datasetReference(data).open(5n), 50)).toEqual(drawn);
    expect(await draw(datasetReference(data).open(6n), 50)).not.toEqual(drawn);
  });

  test('names generation, wanted and left when it is exhausted', async () => {
    const samples = datasetReference(data).open(0n);
    await draw(samples, 45);
    await expect(draw(samples, 6, 7)).rejects.toMatchObject({
      code: 'ERR_EXHAUSTED',
      message: expect.stringMatching(/generation 7 wants 6 real rows, but 5 of 50 are left/),
    });
    expect(await draw(samples, 5)).toHaveLength(5);
  });

  test('draws with replacement when told to, for ever, by the seed of the draw', async () => {
    const samples = datasetReference(data, { replace: true }).open(0n);
    const drawn = await draw(samples, 200, 1, 3n);
    expect(new Set(drawn).size).toBeGreaterThan(40);
    expect(await draw(samples, 200, 9, 3n)).toEqual(drawn);
    expect(await draw(samples, 200, 9, 4n)).not.toEqual(drawn);
  });

  test.each([false, true])(
    'ends in the middle of a draw that is stopped, with replacement: %j',
    async (replace) => {
      const many = matrix(new Float64Array(2 ** 18), 2 ** 18, 1);
      const samples = datasetReference(many, { replace }).open(1n);
      const stopped = new AbortController();
      const drawing = samples.draw(2 ** 18, { generation: 1, seed: 1n, signal: stopped.signal });
      stopped.abort();
      await expectRejection(async () => drawing, 'ERR_ABORTED', 'datasetReference: aborted by its signal');
    },
  );

  test('compares with the held-out rows, else with itself', async () => {
    const heldOut = matrix(Float64Array.of(1, 0, 3, 0), 2, 2);
    expect((await datasetReference(data, { heldOut }).moments({})).mean).toEqual(Float64Array.of(2, 0));
    expect((await datasetReference(data).moments({})).mean).toEqual(Float64Array.of(24.5, -24.5));
  });

  test('keeps float32 data in float32', async () => {
    const single = matrix(Float32Array.from(data.data), rows, 2);
    const x = await datasetReference(single).open(0n).draw(3, { generation: 1, seed: 0n });
    expect(x.data).toBeInstanceOf(Float32Array);
  });

  test.each([
    ['no matrix', () => datasetReference([[1, 2]] as never), /datasetReference: data/],
    [
      'held-out rows of other dimension',
      () => datasetReference(data, { heldOut: matrix(new Float64Array(6), 2, 3) }),
      /heldOut\.cols must equal data\.cols = 2, got 3/,
    ],
    [
      'a single held-out row',
      () => datasetReference(data, { heldOut: matrix(new Float64Array(2), 1, 2) }),
      /at least 2, got 1/,
    ],
    [
      'replace that is no boolean',
      () => datasetReference(data, { replace: 1 as never }),
      /replace must be true or false, got 1/,
    ],
    [
      'an unknown option',
      () => datasetReference(data, { heldout: data } as never),
      /unknown option 'heldout'; did you mean 'heldOut'/,
    ],
  ])('refuses %s', (_, make, message) => {
    expect(make).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_INPUT', message: expect.stringMatching(message) }),
    );
  });
});

describe('NaN and infinities of a data set', () => {
  const clean = matrix(
    Float64Array.from({ length: 400 }, (_, i) => Math.sin(i * i)),
    200,
    2,
  );
  const broken = (row: number, value = Number.NaN) => {
    const elements = Float64Array.from(clean.data);
    elements[2 * row + 1] = value;
    return matrix(elements, 200, 2);
  };
  const loop = { variant: 'fresh-data', model: gaussian(), real: 10, synthetic: 10, generations: 3 } as const;
  const run =
    (reference: Reference, more: object = {}) =>
    async () => {
      for await (const _ of autophagousLoop({ ...loop, reference, ...more }));
    };

  test.each([0, 3, 57, 199])(
    'row %i is named as the caller knows it, whether it would be drawn or not',
    async (row) => {
      const place = `must be finite, got NaN at row ${row}, column 1`;
      for (const replace of [false, true]) {
        const reference = datasetReference(broken(row), { heldOut: clean, replace });
        const drawing = async () => reference.open(1n).draw(5, { generation: 1, seed: 1n });
        await expectRejection(drawing, 'ERR_INVALID_INPUT', `datasetReference: data ${place}`);
        await expectRejection(run(reference), 'ERR_REFERENCE', `datasetReference: data ${place}`);
      }
      const held = datasetReference(clean, { heldOut: broken(row) });
      await expectRejection(run(held), 'ERR_REFERENCE', `datasetReference: heldOut ${place}`);
      const metrics = [sampleMetrics({ heldOut: broken(row) })];
      await expectRejection(
        run(datasetReference(clean), { metrics }),
        'ERR_METRIC',
        `sampleMetrics: heldOut ${place}`,
      );
    },
  );

  test('an infinity, too', async () => {
    const reference = datasetReference(broken(7, Number.NEGATIVE_INFINITY));
    await expectRejection(
      run(reference),
      'ERR_REFERENCE',
      'data must be finite, got -Infinity at row 7, column 1',
    );
  });
});
