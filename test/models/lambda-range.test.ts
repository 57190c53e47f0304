// Lambda is 0 to 1, and more only where a model says so.

import { describe, expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import { simulateGaussianLoop } from '../../src/gaussian-loop/simulate-gaussian-loop.js';
import { autophagousLoop } from '../../src/loops/autophagous-loop.js';
import { bestOf } from '../../src/models/best-of.js';
import { bootstrap } from '../../src/models/bootstrap.js';
import { externalModel } from '../../src/models/external-model.js';
import { gaussian } from '../../src/models/gaussian.js';
import { gaussianMixture } from '../../src/models/gaussian-mixture.js';
import type { GenerativeModel } from '../../src/models/generative-model.js';
import { kernelDensity } from '../../src/models/kernel-density.js';
import { processModel } from '../../src/models/process-model/process-model.js';
import { topFraction } from '../../src/models/top-fraction.js';
import { truncated } from '../../src/models/truncated.js';
import { gaussianReference } from '../../src/references/gaussian-reference.js';
import { expectRejection, expectThrow } from '../support/rejection.js';

const data = matrix(Float64Array.of(1, 2, 4, 8, 9), 5, 1);
const ones = ({ rows }: { rows: number }) => new Float64Array(rows);

/** A language model's part: it writes down the temperatures that it is asked for. */
function speaker(lambdaRange?: readonly [number, number]) {
  const lambdas: number[] = [];
  const model = externalModel({
    name: 'speaker',
    ...(lambdaRange && { lambdaRange }),
    fit: () => null,
    sample(_, count, { lambda }) {
      lambdas.push(lambda);
      return matrix(
        Float64Array.from({ length: count }, (__, i) => i),
        count,
        1,
      );
    },
  });
  return { model, lambdas };
}

const loopOf = (model: GenerativeModel, lambda: unknown) =>
  autophagousLoop({
    ...{
      variant: 'fresh-data',
      reference: gaussianReference({ dim: 1 }),
      real: 5,
      synthetic: 4,
      generations: 4,
      metrics: [],
    },
    ...({ model, lambda } as { model: GenerativeModel; lambda: number }),
  } as Parameters<typeof autophagousLoop>[0]);

async function run(model: GenerativeModel, lambda: unknown): Promise<void> {
  for await (const _ of loopOf(model, lambda));
}

describe('a model that allows more', () => {
  test('is asked for it, as a number, a list and a function of t', async () => {
    for (const lambda of [1.5, [1, 1.5, 1.5], () => 1.5]) {
      const { model, lambdas } = speaker([0.5, 2]);
      await run(model, lambda);
      expect(lambdas).toEqual([1.5, 1.5, 1.5]);
    }
  });

  test('keeps its range when it is curated, and outside of a loop', async () => {
    const wraps = [
      (model: GenerativeModel) => bestOf(model, { candidates: 2, score: ones }),
      (model: GenerativeModel) => topFraction(model, { fraction: 0.5, by: ones }),
    ];
    for (const wrap of wraps) {
      const { model, lambdas } = speaker([0.5, 2]);
      await run(wrap(model), [2, 2, 0.5]);
      expect(lambdas).toEqual([2, 0.5, 0.5]);
      await expectRejection(
        () => loopOf(wrap(model), 2.5).next(),
        'ERR_INVALID_INPUT',
        'lambda must be a number from 0.5 to 2, got 2.5',
      );
      const fitted = await wrap(model).fit(data, { seed: 1n });
      await expectRejection(
        async () => fitted.sample(2, { lambda: 2.5, seed: 1n }),
        'ERR_INVALID_INPUT',
        'number from 0.5 to 2, got 2.5',
      );
    }
    const { model } = speaker([0.5, 2]);
    const fitted = await model.fit(data);
    await fitted.sample(3, { lambda: 2 });
    await expectRejection(
      () => fitted.sample(3, { lambda: 0.4 }),
      'ERR_INVALID_INPUT',
      'speaker: sample: lambda must be a number from 0.5 to 2, got 0.4',
    );
  });

  test('is refused what is outside of it', async () => {
    for (const [lambda, message] of [
      [0.4, 'lambda must be a number from 0.5 to 2, got 0.4'],
      [[1, 2.5], 'lambda[1] must be a number from 0.5 to 2, got 2.5'],
      [Number.POSITIVE_INFINITY, 'lambda must be a number from 0.5 to 2, got Infinity'],
    ] as const) {
      await expectRejection(
        () => loopOf(speaker([0.5, 2]).model, lambda).next(),
        'ERR_INVALID_INPUT',
        `autophagousLoop: ${message}`,
      );
    }
    const fixed = speaker([1, 1]).model; // without a knob
    await run(fixed, undefined);
    await expectRejection(
      () => loopOf(fixed, 0.9).next(),
      'ERR_INVALID_INPUT',
      'lambda must be a number from 1 to 1, got 0.9',
    );
  });

  test('may be any object with a method fit', async () => {
    const lambdas: number[] = [];
    const model: GenerativeModel = {
      lambdaRange: [0, 3],
      fit: () => ({
        sample(count, { lambda }) {
          lambdas.push(lambda);
          return matrix(new Float64Array(count), count, 1);
        },
      }),
    };
    await run(model, 3);
    expect(lambdas).toEqual([3, 3, 3]);
  });

  test('may be a process', async () => {
    const model = processModel({ command: ['true'], lambdaRange: [0, 1.5] });
    expect([model.lambdaRange, model.open().lambdaRange]).toEqual([
      [0, 1.5],
      [0, 1.5],
    ]);
    await expectRejection(
      () => loopOf(model, 1.6).next(),
      'ERR_INVALID_INPUT',
      'lambda must be a number from 0 to 1.5, got 1.6',
    );
  });
});

describe('every other model', () => {
  const models: readonly (readonly [string, GenerativeModel])[] = [
    ['gaussian', gaussian()],
    ['gaussianMixture', gaussianMixture({ components: 1 })],
    ['kernelDensity', kernelDensity()],
    ['bootstrap', bootstrap()],
    ['truncated', truncated(gaussian(), { radius: 3 })],
    ['bestOf', bestOf(gaussian(), { candidates: 2, score: ones })],
    ['externalModel', speaker().model],
    ['an object', { fit: () => ({ sample: () => data }) }],
  ];
  test.each(models)('%s refuses a lambda above 1', async (name, model) => {
    await expectRejection(
      () => loopOf(model, 1.1).next(),
      'ERR_INVALID_INPUT',
      'autophagousLoop: lambda must be a number from 0 to 1, got 1.1',
    );
    if (name === 'an object') return;
    const fitted = await model.fit(data, { seed: 1n });
    await expectRejection(
      async () => fitted.sample(3, { lambda: 1.1, seed: 1n }),
      'ERR_INVALID_INPUT',
      'lambda must be a number from 0 to 1, got 1.1',
    );
  });

  test('so does simulateGaussianLoop', async () => {
    const options = {
      variant: 'fresh-data',
      dim: 1,
      real: 5,
      synthetic: 5,
      generations: 2,
      lambda: 1.1,
    } as const;
    await expectRejection(
      () => simulateGaussianLoop(options),
      'ERR_INVALID_INPUT',
      'lambda must be a number from 0 to 1, got 1.1',
    );
  });
});

test.each([
  ['no list', 2],
  ['one number', [2]],
  ['three', [0, 1, 2]],
  ['text', ['0', '2']],
  ['a negative one', [-1, 2]],
  ['one without 1: too high', [1.2, 2]],
  ['one without 1: too low', [0, 0.9]],
  ['NaN', [0, Number.NaN]],
  ['an infinity', [0, Number.POSITIVE_INFINITY]],
])('a range that is %s is refused', async (_, lambdaRange) => {
  const requirement = 'lambdaRange must be [least, most] with 0 <= least <= 1 <= most, finite, got ';
  const range = lambdaRange as unknown as [number, number];
  expectThrow(() => speaker(range), 'ERR_INVALID_INPUT', `externalModel: ${requirement}`);
  expectThrow(
    () => processModel({ command: ['true'], lambdaRange: range }),
    'ERR_INVALID_INPUT',
    `processModel: ${requirement}`,
  );
  const model: GenerativeModel = { lambdaRange: range, fit: () => ({ sample: () => data }) };
  await expectRejection(
    () => loopOf(model, 1).next(),
    'ERR_INVALID_INPUT',
    `autophagousLoop: model.${requirement}`,
  );
});
