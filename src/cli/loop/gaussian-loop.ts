// `madloop loop` with N(0, I) or another Gaussian as the real distribution: sufficient statistics, no samples.

import { resolve } from '../../base/options.js';
import type { JobOptions } from '../../engine/job.js';
import { gaussianLoopOptions, variantOption } from '../../gaussian-loop/parameters.js';
import { type GaussianLoopSeries, simulateGaussianLoop } from '../../gaussian-loop/simulate-gaussian-loop.js';
import { printable } from '../terminal/output.js';
import type { LoopResult } from './loop-result.js';

const { threads, signal, onProgress, ...parameters } = gaussianLoopOptions;

export const gaussianLoopParameters = {
  ...parameters,
  variant: variantOption.or('fresh-data'),
  generations: parameters.generations.or(20),
  replicates: parameters.replicates.or(100, '100; with --data 10'),
  series: parameters.series.doc("Gaussian loops: also keep every replicate's values, for mad-test"),
};

export async function runGaussianLoop(given: object, job: JobOptions): Promise<LoopResult> {
  const values = resolve('loop', given, gaussianLoopParameters);
  const { generations, parameters, series } = await simulateGaussianLoop({ ...values, ...job });
  return {
    parameters: printable({ ...parameters, ...(series && { series: true }) }),
    rows: generations.map(({ t, ...metrics }) => ({ t, metrics })),
    ...(series && { series: seriesDocument(series) }),
  };
}

/** With plain arrays, as JSON has no others: `madloop mad-test` reads them. */
function seriesDocument({ replicates, generations, ...metrics }: GaussianLoopSeries): object {
  const values = Object.entries(metrics).map(([name, numbers]) => [name, Array.from(numbers)]);
  return { replicates, generations, ...Object.fromEntries(values) };
}
