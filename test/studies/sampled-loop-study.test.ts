// Studies whose loops draw samples: every run is that of replicatedAutophagousLoop, to the last bit.

import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { derivedSeed } from '../../src/base/derived-seed.js';
import { matrix } from '../../src/base/matrix.js';
import { writeMatrix } from '../../src/features/matrix-file.js';
import { autophagousLoop } from '../../src/loops/autophagous-loop.js';
import { splitRows } from '../../src/loops/held-out.js';
import { metricsOfNames } from '../../src/loops/named-metrics.js';
import { replicatedAutophagousLoop } from '../../src/loops/replicated-autophagous-loop.js';
import { replicateSeed } from '../../src/loops/replicated-loop.js';
import { bootstrap } from '../../src/models/bootstrap.js';
import { filter } from '../../src/models/filter.js';
import { gaussian } from '../../src/models/gaussian.js';
import { gaussianMixture } from '../../src/models/gaussian-mixture.js';
import type { GenerativeModel } from '../../src/models/generative-model.js';
import { kernelDensity } from '../../src/models/kernel-density.js';
import { topFraction } from '../../src/models/top-fraction.js';
import { datasetReference } from '../../src/references/dataset-reference.js';
import { gaussianReference } from '../../src/references/gaussian-reference.js';
import { mixtureReference } from '../../src/references/mixture-reference.js';
import { reportPage } from '../../src/report/report-page.js';
import type { LoopStudyDefinition } from '../../src/studies/definition/loop-study.js';
import type { LoopStudyCell, LoopStudyDocument } from '../../src/studies/definition/loop-study-document.js';
import { readStudy, runStudy } from '../../src/studies/index.js';
import { studyJson } from '../../src/studies/store/export-study.js';
import { normals } from '../support/numbers.js';
import { expectRejection, rejection } from '../support/rejection.js';

const folder = mkdtempSync(join(tmpdir(), 'madloop-sampled-studies-'));
afterAll(() => rmSync(folder, { recursive: true }));

let stores = 0;
const newStore = () => {
  stores += 1;
  return join(folder, `store-${stores}.sqlite`);
};

const data = join(folder, 'data.npy');
const rows = matrix(Float64Array.from(normals(60 * 2, 5)), 60, 2);
await writeMatrix(data, rows);

const parameters = {
  variant: 'fresh-data',
  real: 12,
  synthetic: 20,
  generations: 3,
  replicates: 3,
  seed: 9,
} as const;
const common = { kind: 'loop', ...parameters } as const;
const loop = { ...parameters, series: true } as const;

/** Every replicate's values of a cell, metric by metric. */
const seriesOf = ({ result }: LoopStudyCell) =>
  Object.fromEntries(
    Object.entries(result!.metrics).map(([name, { replicates }]) => [
      name,
      replicates.flatMap((run) => [...run]),
    ]),
  );

const plain = (metrics: Readonly<Record<string, Float64Array>>) =>
  Object.fromEntries(Object.entries(metrics).map(([name, values]) => [name, [...values]]));

describe('a cell with a model', () => {
  test.each<[string, Partial<LoopStudyDefinition>, GenerativeModel]>([
    ['gaussian', { divisor: 'mle' }, gaussian({ divisor: 'mle' })],
    [
      'gmm',
      { components: 2, covariance: 'diagonal' },
      gaussianMixture({ components: 2, covariance: 'diagonal' }),
    ],
    ['kde', { bandwidth: 0.3 }, kernelDensity({ bandwidth: 0.3 })],
    ['kde', { bandwidth: 'silverman' }, kernelDensity({ bandwidth: 'silverman' })],
    ['bootstrap', {}, bootstrap()],
    ['gaussian', { realWeight: 0.618 }, gaussian({ realWeight: 0.618 })],
    ['kde', { keep: 0.5 }, topFraction(kernelDensity(), { fraction: 0.5 })],
    [
      'gaussian',
      { truePositiveRate: 0.9, falsePositiveRate: 0.1 },
      filter(gaussian(), { truePositiveRate: 0.9, falsePositiveRate: 0.1 }),
    ],
  ])('%s %j', async (model, options, own) => {
    const { cells } = await runStudy(
      { ...common, dim: 2, model, ...options },
      { store: newStore(), threads: 2 },
    );
    const { series } = await replicatedAutophagousLoop({
      ...loop,
      model: own,
      reference: gaussianReference({ dim: 2 }),
    });
    expect(seriesOf(cells[0]!)).toEqual(plain(series!.metrics));
  });

  test('takes real samples from a mixture', async () => {
    const reference = {
      means: [
        [0, 0],
        [4, 4],
      ],
      covariance: 'spherical',
      covariances: [0.1, 0.2],
    } as const;
    const { cells, fixed } = await runStudy(
      { ...common, model: 'gmm', components: 2, reference },
      { store: newStore() },
    );
    const own = mixtureReference({
      means: matrix(Float64Array.of(0, 0, 4, 4), 2, 2),
      covariance: 'spherical',
      covariances: [0.1, 0.2],
    });
    const { series } = await replicatedAutophagousLoop({
      ...loop,
      model: gaussianMixture({ components: 2 }),
      reference: own,
    });
    expect(seriesOf(cells[0]!)).toEqual(plain(series!.metrics));
    expect([fixed.reference, cells[0]!.parameters.dim]).toEqual([reference, 2]);
  });

  test('takes real samples from the rows of a file, some of them held out for metrics of samples', async () => {
    const { cells } = await runStudy(
      {
        ...{ ...common, model: ['kde', 'bootstrap'], data, heldOut: 15, replace: true, k: 3, lambda: 0.9 },
        metrics: ['distance', 'precision', 'recall'],
      },
      { store: newStore() },
    );
    const { training, held } = await splitRows(rows, 15, 9n);
    for (const [i, model] of [kernelDensity(), bootstrap()].entries()) {
      const { series } = await replicatedAutophagousLoop({
        ...{ ...loop, lambda: 0.9, model: model as GenerativeModel },
        reference: datasetReference(training, { heldOut: held, replace: true }),
        metrics: metricsOfNames(['distance', 'precision', 'recall'], held, 0.9, 3),
      });
      const { distance, precision, recall } = series!.metrics;
      expect(seriesOf(cells[i]!)).toEqual(
        plain({ distance: distance!, precision: precision!, recall: recall! }),
      );
    }
  });

  test('takes of the options of several models its own, and is run once for all others', async () => {
    const definition: LoopStudyDefinition = {
      ...common,
      dim: 2,
      model: 'kde,gmm',
      components: [1, 2],
      bandwidth: 'scott',
    };
    const { cells } = await runStudy(definition, { store: newStore() });
    expect(
      cells.map(({ parameters: { model, components, bandwidth } }) => [model, components, bandwidth]),
    ).toEqual([
      ...[
        ['kde', undefined, 'scott'],
        ['kde', undefined, 'scott'],
      ],
      ...[
        ['gmm', 1, undefined],
        ['gmm', 2, undefined],
      ],
    ]);
    expect(cells[1]!.result).toEqual(cells[0]!.result);
    expect(cells[3]!.result).not.toEqual(cells[2]!.result);
  });

  test('gives the same bytes for any threads', async () => {
    const models: LoopStudyDefinition = { ...common, dim: 2, model: ['kde', 'bootstrap'] };
    const one = await runStudy(models, { store: newStore(), threads: 1 });
    for (const threads of [2, 7]) {
      const { cells } = await runStudy(models, { store: newStore(), threads });
      expect(cells).toEqual(one.cells);
    }
  });

  test('whose loop runs out of data is refused, and says why', async () => {
    const { cells } = await runStudy(
      { ...common, model: 'bootstrap', data, real: [12, 20] },
      { store: newStore() },
    );
    expect(cells.map(({ error }) => error?.slice(0, 13))).toEqual([undefined, 'ERR_EXHAUSTED']);
    expect(cells[1]!.error).toContain('wants 20 real rows, but 8 of 48 are left');
  });

  test.each<[string, Partial<LoopStudyDefinition>, string]>([
    [
      'an option of another model',
      { model: 'kde', components: 3 },
      "components must be left out with model 'kde', got 3",
    ],
    [
      'an option of models without one',
      { keep: 0.5 },
      "keep must be left out without the option 'model', got 0.5",
    ],
    [
      'metrics without a model',
      { metrics: ['distance'] },
      "metrics must be left out without the option 'model'",
    ],
    ['data without a model', { data }, "data must be left out without the option 'model'"],
    [
      'an engine beside a model',
      { model: 'kde', engine: 'moments' },
      "engine must be left out with the option 'model'",
    ],
    [
      'an unknown model',
      { model: 'flow' },
      "model must be one of 'gaussian', 'gmm', 'kde', 'bootstrap', 'process', got \"flow\"",
    ],
    ['an unknown metric', { model: 'kde', metrics: ['fid'] as never }, 'metrics must be one of'],
    [
      'a rate alone',
      { model: 'kde', truePositiveRate: 0.5 },
      'falsePositiveRate must be given with truePositiveRate',
    ],
    [
      'rows held out of no data',
      { model: 'kde', heldOut: 5 },
      "heldOut must be left out without the option 'data'",
    ],
    [
      'data and a reference',
      { model: 'kde', data, reference: { mean: [0], covariance: [1] } },
      'reference must be left out',
    ],
    ['another dimension than the data', { model: 'kde', data, dim: 3 }, 'dim must be 2, as in the data'],
    [
      'a mixture without a model',
      { reference: { means: [[0], [1]], covariances: [1, 1] } },
      'reference must be { mean,',
    ],
    [
      'rows of different length',
      { model: 'kde', reference: { means: [[0, 1], [1]], covariances: [1] } },
      'reference.means must be',
    ],
    ['no file', { model: 'kde', data: join(folder, 'none.npy') }, 'none.npy'],
  ])('with %s is refused', async (_, options, message) => {
    const given = { ...common, ...(options.reference || options.data ? {} : { dim: 2 }), ...options };
    const error = await rejection(() => runStudy(given as LoopStudyDefinition, { store: newStore() }));
    expect(error.message).toContain(message);
  });
});

describe('a cell whose rows are images', () => {
  const definition: LoopStudyDefinition = { ...common, dim: 6, model: 'kde', lambda: 0.8, image: '2x3' };

  test('keeps some samples of its first run, which leave its numbers what they are', async () => {
    const store = newStore();
    const { cells } = await runStudy(definition, { store });
    const plainCells = (await runStudy({ ...definition, image: undefined }, { store: newStore() })).cells;
    expect(cells[0]!.result!.metrics).toEqual(plainCells[0]!.result!.metrics);
    const { generations, height, width, samples } = cells[0]!.result!.shown!;
    expect([generations, height, width, samples.length]).toEqual([[1, 2, 3], 2, 3, 3 * 16 * 6]);
    const first = autophagousLoop({
      ...{
        variant: 'fresh-data',
        real: 12,
        synthetic: 20,
        lambda: 0.8,
        generations: 3,
        seed: replicateSeed(9n, 0),
      },
      ...{ model: kernelDensity(), reference: gaussianReference({ dim: 6 }) },
    });
    for await (const { t, model } of first) {
      const { data } = await model.sample(16, { lambda: 0.8, seed: derivedSeed(9n, 'sheet', t) });
      expect([...samples.subarray((t - 1) * 96, t * 96)]).toEqual([...Float32Array.from(data)]);
    }
    const study = (await readStudy(store)) as LoopStudyDocument;
    expect(study.cells).toEqual(cells);
    expect(JSON.stringify(studyJson(study))).not.toContain('shown');
    const page = reportPage([study]);
    expect(page).toContain('href="data:image/png;base64,');
    expect(page).toContain('Samples of the first run of 1 cell<');
  });

  test('has as many columns as an image has pixels, and a model', async () => {
    const refused = (change: Partial<LoopStudyDefinition>, message: string) =>
      expectRejection(
        () => runStudy({ ...definition, ...change }, { store: newStore() }),
        'ERR_INVALID_INPUT',
        message,
      );
    await refused({ image: '2x2' }, 'image must be HEIGHTxWIDTH with a product of 6');
    await refused({ model: undefined }, "image must be left out without the option 'model'");
  });
});

describe('the data of a study', () => {
  const definition = { ...common, model: 'bootstrap', real: 3, generations: 2 } as const;

  test('may lie anywhere, but must be the same', async () => {
    const store = newStore();
    const first = await runStudy({ ...definition, data }, { store });
    const moved = join(folder, 'moved.npy');
    copyFileSync(data, moved);
    const again = await runStudy({ ...definition, data: moved }, { store });
    expect(again.cells[0]!.result).toEqual(first.cells[0]!.result);
    const changed = matrix(Float64Array.from(rows.data), 60, 2);
    changed.data[7] = 3;
    await writeMatrix(moved, changed);
    await expectRejection(
      () => runStudy({ ...definition, data: moved }, { store }),
      'ERR_STORE',
      'dataSha256: ',
    );
    expect(((await readStudy(store)) as LoopStudyDocument).cells).toEqual(first.cells);
  });

  test('may be an axis', async () => {
    const other = join(folder, 'other.npy');
    await writeMatrix(other, matrix(Float64Array.from(normals(80, 6)), 40, 2));
    const { cells } = await runStudy({ ...definition, data: [data, other] }, { store: newStore() });
    expect(cells.map(({ at }) => at.data)).toEqual([data, other]);
    expect(cells[0]!.result).not.toEqual(cells[1]!.result);
  });

  test('with a number that is none is refused', async () => {
    const wrong = matrix(Float64Array.from(rows.data), 60, 2);
    wrong.data[5] = Number.NaN;
    const file = join(folder, 'wrong.npy');
    await writeMatrix(file, wrong);
    await expectRejection(
      () => runStudy({ ...definition, data: file }, { store: newStore() }),
      'ERR_INVALID_INPUT',
      'row 2',
    );
    writeFileSync(file, 'no matrix');
    await expectRejection(
      () => runStudy({ ...definition, data: file }, { store: newStore() }),
      'ERR_INVALID_INPUT',
      'wrong.npy',
    );
  });
});
