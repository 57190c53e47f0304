// Every function and method of the public API with arguments under which it succeeds in a moment. Each call makes its own.

import { join } from 'node:path';
import * as api from '../../src/index.js';
import { loopStudy } from './loop-studies.js';
import { gridStudy } from './studies.js';

/** Arguments, and what to do with them; `settle` waits for all that was begun. */
export interface PublicCall {
  readonly name: string;
  readonly arguments: () => unknown[];
  // biome-ignore lint/suspicious/noExplicitAny: hostile calls break every type
  readonly call: (...given: any[]) => unknown;
}

const elements = (length: number, shift = 0) =>
  Float64Array.from({ length }, (_, i) => Math.sin(1 + shift + i * i) + (i % 3));
const sample = (shift = 0) => ({ data: elements(24, shift), rows: 12, cols: 2 });
const covariance = () => Float64Array.of(2, 0.5, 0.5, 1);
const ofGaussian = () => ({ dim: 2, mean: Float64Array.of(0, 1), covariance: covariance() });
const ofSample = () => ({ count: 9, ...ofGaussian() });
const mixture = () => ({
  means: { data: Float64Array.of(0, 0, 3, 3), rows: 2, cols: 2 },
  weights: Float64Array.of(0.5, 0.5),
  covariance: 'spherical',
  covariances: Float64Array.of(1, 2),
});
const loop = () => ({
  variant: 'fresh-data',
  reference: api.gaussianReference({ dim: 2 }),
  model: api.gaussian(),
  initial: 5,
  real: 4,
  synthetic: 4,
  lambda: 0.9,
  memory: 2,
  pool: 'latest',
  generations: 2,
  seed: 1,
  metrics: ['distance', { mine: () => 1 }],
});
const limit = () => ({ dim: 2, real: 20, synthetic: 20, lambda: 0.5, relativeError: 0.2, seed: 3, memory: 1 });
const generations = () => [1, 2, 3].map((t) => ({ t, metrics: { distance: { mean: t, standardError: 0.1 } } }));
const line = () => ({
  title: 'title',
  xTitle: 'x',
  yTitle: 'y',
  curves: [
    {
      colour: 'one',
      points: [
        { x: 1, y: 2, error: 0.1 },
        { x: 2, y: 1, interval: [0, 2] },
      ],
    },
  ],
  levels: [{ y: 1, label: 'level' }],
});
const loops = () =>
  loopStudy([
    { axis: 'real', values: [10, 20] },
    { axis: 'synthetic', values: [5, 50] },
  ]);
const study = () =>
  gridStudy([
    { axis: 'lambda', values: [0.7, 1] },
    { axis: 'real', values: [100, 200] },
    { axis: 'synthetic', values: [100, 200, 400] },
  ]);
const map = () => ({
  title: 'title',
  x: { title: 'x', values: [1, 2] },
  y: { title: 'y', values: [1, 2] },
  panels: [
    {
      title: 'panel',
      values: [
        [1, 2],
        [3, undefined],
      ],
    },
  ],
  colours: 'linear',
  colourTitle: 'colour',
});

async function drain(loop: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of loop);
}

/** `folder` is where files go. */
export function publicCalls(folder: string): PublicCall[] {
  const path = join(folder, 'x.npy');
  const statistics = join(folder, 'x.npz');
  const model = (name: string, make: () => api.GenerativeModel): PublicCall[] => [
    {
      name: `fit of ${name}`,
      arguments: () => [sample(), { seed: 1, threads: 1 }],
      call: (data, options) => make().fit(data, options),
    },
    {
      name: `sample of ${name}`,
      arguments: () => [5, { lambda: 0.8, seed: 1, threads: 1 }],
      call: async (count, options) => (await make().fit(sample(), { seed: 1n })).sample(count, options),
    },
    {
      name: `logDensity of ${name}`,
      arguments: () => [sample(2), { threads: 1 }],
      call: async (x, options) => (await make().fit(sample(), { seed: 1n })).logDensity?.(x, options),
    },
  ];
  const draws = (name: string, make: () => api.Reference): PublicCall[] => [
    {
      name: `draw of ${name}`,
      arguments: () => [3, { generation: 1, seed: 1n, threads: 1 }],
      call: (count, options) => make().open(1n).draw(count, options),
    },
    {
      name: `moments of ${name}`,
      arguments: () => [{ threads: 1 }],
      call: (options) => make().moments(options),
    },
  ];
  return [
    { name: 'matrix', arguments: () => [elements(6), 3, 2], call: api.matrix },
    { name: 'moments', arguments: () => [sample(), { threads: 1 }], call: api.moments },
    { name: 'mergeMoments', arguments: () => [ofSample(), ofSample()], call: api.mergeMoments },
    {
      name: 'matrixSquareRoot',
      arguments: () => [{ data: covariance(), rows: 2, cols: 2 }, {}],
      call: api.matrixSquareRoot,
    },
    {
      name: 'frechetDistance',
      arguments: () => [sample(), sample(1), { threads: 1 }],
      call: api.frechetDistance,
    },
    {
      name: 'frechetDistance of moments',
      arguments: () => [ofSample(), ofGaussian()],
      call: api.frechetDistance,
    },
    {
      name: 'frechetDistanceInterval',
      arguments: () => [sample(), sample(1), {}],
      call: api.frechetDistanceInterval,
    },
    {
      name: 'frechetDistanceInfinity',
      arguments: () => [sample(), sample(1), { points: 2 }],
      call: api.frechetDistanceInfinity,
    },
    {
      name: 'kernelDistance',
      arguments: () => [sample(), sample(1), { blockSize: 6 }],
      call: api.kernelDistance,
    },
    {
      name: 'precisionRecall',
      arguments: () => [sample(), sample(1), { k: [1, 3], convention: 'prdc', intervals: true }],
      call: api.precisionRecall,
    },
    {
      name: 'expectedDistance',
      arguments: () => [{ dim: 2, samples: 10, divisor: 'unbiased' }],
      call: api.expectedDistance,
    },
    { name: 'limitPoint', arguments: () => [limit()], call: api.limitPoint },
    {
      name: 'limitPoint, deterministic',
      arguments: () => [{ dim: 20, real: 50, synthetic: 50, method: 'deterministic' }],
      call: api.limitPoint,
    },
    { name: 'effectiveSampleSize', arguments: () => [limit()], call: api.effectiveSampleSize },
    {
      name: 'advise',
      arguments: () => [
        { dim: 10, real: 40, synthetic: 5, lambda: 0.5, memory: 1, relativeError: 0.1, seed: 1 },
      ],
      call: api.advise,
    },
    {
      name: 'admissibleThreshold',
      arguments: () => [{ dim: 2, real: 50, lambda: 0.5, relativeError: 0.1 }],
      call: api.admissibleThreshold,
    },
    {
      name: 'simulateGaussianLoop',
      arguments: () => [
        {
          variant: 'fresh-data',
          dim: 2,
          initial: 5,
          real: 4,
          synthetic: 4,
          generations: 3,
          replicates: 2,
          reference: ofGaussian(),
          seed: 1,
          series: true,
        },
      ],
      call: api.simulateGaussianLoop,
    },
    {
      name: 'autophagousLoop',
      arguments: () => [loop()],
      call: (options) => drain(api.autophagousLoop(options)),
    },
    {
      name: 'replicatedAutophagousLoop',
      arguments: () => [{ ...loop(), replicates: 2, series: true }],
      call: api.replicatedAutophagousLoop,
    },
    {
      name: 'sampleMetrics',
      arguments: () => [{ heldOut: sample(), count: 8, k: 2, modes: { centres: sample(4), radius: 1 } }],
      call: (options) =>
        drain(api.autophagousLoop({ ...loop(), metrics: [api.sampleMetrics(options)] } as never)),
    },
    {
      name: 'collapseVerdict',
      arguments: () => [[[1, 2, 3, 4, 5], elements(5)], { catastrophe: 2, margin: 0.1 }],
      call: api.collapseVerdict,
    },
    {
      name: 'madTest',
      arguments: () => [[[1, 2, 3, 4, 5], elements(5)], { from: 2, margin: 0.1 }],
      call: api.madTest,
    },
    {
      name: 'gaussianReference',
      arguments: () => [{ dim: 2, mean: [0, 1], covariance: covariance() }],
      call: (options) =>
        drain(api.autophagousLoop({ ...loop(), reference: api.gaussianReference(options) } as never)),
    },
    ...draws('gaussianReference', () => api.gaussianReference({ dim: 2 })),
    {
      name: 'mixtureReference',
      arguments: () => [mixture()],
      call: (options) => api.mixtureReference(options).moments(),
    },
    {
      name: 'logDensity of mixtureReference',
      arguments: () => [sample()],
      call: (x) => api.mixtureReference(mixture() as never).logDensity(x),
    },
    ...draws('mixtureReference', () => api.mixtureReference(mixture() as never)),
    {
      name: 'datasetReference',
      arguments: () => [sample(), { heldOut: sample(1), replace: true }],
      call: (data, options) =>
        drain(api.autophagousLoop({ ...loop(), reference: api.datasetReference(data, options) } as never)),
    },
    ...draws('datasetReference', () => api.datasetReference(sample())),
    { name: 'gaussian', arguments: () => [{ divisor: 'unbiased' }], call: api.gaussian },
    ...model('gaussian', () => api.gaussian()),
    {
      name: 'gaussianMixture',
      arguments: () => [
        { components: 2, covariance: 'full', regularisation: 1e-3, tolerance: 1e-3, restarts: 1 },
      ],
      call: (options) => api.gaussianMixture(options).fit(sample()),
    },
    ...model('gaussianMixture', () => api.gaussianMixture({ components: 2 })),
    {
      name: 'kernelDensity',
      arguments: () => [{ bandwidth: 'silverman' }],
      call: (options) => api.kernelDensity(options).fit(sample()),
    },
    ...model('kernelDensity', () => api.kernelDensity()),
    ...model('bootstrap', () => api.bootstrap()),
    {
      name: 'truncated',
      arguments: () => [api.gaussian(), { radius: 2 }],
      call: async (inner, options) =>
        (await api.truncated(inner, options).fit(sample(), { seed: 1n })).sample(3, { lambda: 1, seed: 1n }),
    },
    {
      name: 'topFraction',
      arguments: () => [api.gaussian(), { fraction: 0.5 }],
      call: async (inner, options) =>
        (await api.topFraction(inner, options).fit(sample(), { seed: 1n })).sample(3, { lambda: 1, seed: 1n }),
    },
    {
      name: 'bestOf',
      arguments: () => [
        api.gaussian(),
        { candidates: 2, score: (x: api.Matrix) => x.data.subarray(0, x.rows) },
      ],
      call: async (inner, options) =>
        (await api.bestOf(inner, options).fit(sample(), { seed: 1n })).sample(3, { lambda: 1, seed: 1n }),
    },
    {
      name: 'bestOf with a temperature',
      arguments: () => [
        api.gaussian(),
        { candidates: 2, score: (x: api.Matrix) => x.data.subarray(0, x.rows), temperature: 0.5 },
      ],
      call: async (inner, options) =>
        (await api.bestOf(inner, options).fit(sample(), { seed: 1n })).sample(3, { lambda: 1, seed: 1n }),
    },
    {
      name: 'marked',
      arguments: () => [api.gaussian(), { direction: new Float64Array([1, 0]), strength: 0.5 }],
      call: async (inner, options) =>
        (await api.marked(inner, options).fit(sample(), { seed: 1n })).sample(3, { lambda: 1, seed: 1n }),
    },
    {
      name: 'filter',
      arguments: () => [
        api.gaussian(),
        { truePositiveRate: 0.5, falsePositiveRate: 0.1 },
        { seed: 1n, realCount: 6 },
      ],
      call: async (inner, options, fit) => api.filter(inner, options).fit(sample(), fit),
    },
    {
      name: 'simulateGaussianLoop by schedules',
      arguments: () => [
        {
          ...{ variant: 'fresh-data', dim: 2, generations: 3, seed: 1 },
          ...{ real: [4, 5], synthetic: [4, 6], lambda: [1, 0.5] },
        },
      ],
      call: api.simulateGaussianLoop,
    },
    ...model(
      'bestOf',
      () =>
        api.bestOf(api.gaussian(), {
          candidates: 2,
          score: (x) => x.data.subarray(0, x.rows),
        }) as api.GenerativeModel,
    ),
    {
      name: 'externalModel',
      arguments: () => [
        { name: 'mine', fit: (data: unknown) => data, sample: () => sample(), timeLimits: { fit: 5 } },
      ],
      call: async (options) => (await api.externalModel(options).fit(sample())).sample(12),
    },
    {
      name: 'processModel',
      arguments: () => [
        {
          command: ['/absent/program', 'x'],
          name: 'mine',
          cwd: folder,
          env: { A: 'b' },
          timeLimits: { start: 5 },
        },
      ],
      // It must fail: there is no such program.
      call: (options) =>
        api
          .processModel(options)
          .fit(sample())
          .catch((error: api.MadloopError) => {
            if (error.code !== 'ERR_MODEL') throw error;
          }),
    },
    { name: 'writeMatrix', arguments: () => [path, sample()], call: api.writeMatrix },
    { name: 'readMatrix', arguments: () => [path, {}], call: api.readMatrix },
    { name: 'momentsOfFile', arguments: () => [path, { threads: 1 }], call: api.momentsOfFile },
    {
      name: 'writeStatistics',
      arguments: () => [statistics, { ...ofSample(), extractor: 'mine' }],
      call: api.writeStatistics,
    },
    { name: 'readStatistics', arguments: () => [statistics, {}], call: api.readStatistics },
    { name: 'mergeStatistics', arguments: () => [[ofSample(), ofSample()]], call: api.mergeStatistics },
    {
      name: 'runStudy',
      arguments: () => [
        { name: 'study', dim: 2, real: [10, 20], synthetic: '10:40:2:log', method: 'deterministic' },
        { store: join(folder, 'study.sqlite'), threads: 1 },
      ],
      call: api.runStudy,
    },
    {
      name: 'runStudy of loops',
      arguments: () => [
        {
          name: 'loops',
          kind: 'loop',
          dim: 1,
          real: [10, 20],
          synthetic: '10:40:2:log',
          generations: 3,
          replicates: 2,
        },
        { store: join(folder, 'loops.sqlite'), threads: 1 },
      ],
      call: api.runStudy,
    },
    {
      name: 'explainStudy',
      arguments: () => [{ kind: 'loop', dim: 1, real: [10, 20], synthetic: '10:40:2:log', generations: 3 }],
      call: api.explainStudy,
    },
    { name: 'readStudy', arguments: () => [join(folder, 'study.sqlite')], call: api.readStudy },
    { name: 'lineChart', arguments: () => [line()], call: (chart) => api.lineChart(chart).svg },
    {
      name: 'lineCharts',
      arguments: () => [{ title: 'title', charts: [line(), line()] }],
      call: (charts) => api.lineCharts(charts).svg,
    },
    { name: 'heatMap', arguments: () => [map()], call: (chart) => api.heatMap(chart).svg },
    {
      name: 'sampleSheet',
      arguments: () => [sample(), { height: 1, width: 2, black: 0, white: 1, columns: 4 }],
      call: (samples, options) => api.sampleSheet(samples, options).svg,
    },
    {
      name: 'sampleSheet of lines',
      arguments: () => [[{ label: 'one', samples: sample() }], { height: 1, width: 2 }],
      call: (samples, options) => api.sampleSheet(samples, options).svg,
    },
    {
      name: 'loopCurve',
      arguments: () => [generations(), 'distance', { colour: 'mine', standardErrors: 3, bounds: [0, 100] }],
      call: api.loopCurve,
    },
    { name: 'studyCurves', arguments: () => [study(), { quantity: 'distance' }], call: api.studyCurves },
    { name: 'studyMap', arguments: () => [study(), { quantity: 'distance' }], call: api.studyMap },
    { name: 'loopStudyCurves', arguments: () => [loops(), { metric: 'trace' }], call: api.loopStudyCurves },
    { name: 'loopStudyMap', arguments: () => [loops(), { metric: 'trace' }], call: api.loopStudyMap },
    { name: 'studentHalfWidth', arguments: () => [3, 0.95], call: api.studentHalfWidth },
    { name: 'info', arguments: () => [], call: api.info },
  ];
}
