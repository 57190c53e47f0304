// `madloop loop` with N(0, I) or another Gaussian as the real distribution: sufficient statistics, no samples.

import { resolve } from '../../base/options.js';
import type { JobOptions } from '../../engine/job.js';
import { gaussianLoopOptions, variantOption } from '../../gaussian-loop/parameters.js';
import { simulateGaussianLoop } from '../../gaussian-loop/simulate-gaussian-loop.js';
import { printable } from '../terminal/output.js';
import type { LoopResult } from './loop-result.js';

const { series, threads, signal, onProgress, ...parameters } = gaussianLoopOptions;

export const gaussianLoopParameters = {
  ...parameters,
  variant: variantOption.or('fresh-data'),
  generations: parameters.generations.or(20),
  replicates: parameters.replicates.or(100, '100; with --data 10'),
};

export async function runGaussianLoop(given: object, job: JobOptions): Promise<LoopResult> {
  const values = resolve('loop', given, gaussianLoopParameters);
  const { generations, parameters } = await simulateGaussianLoop({ ...values, ...job });
  return {
    parameters: printable({ ...parameters }),
    rows: generations.map(({ t, ...metrics }) => ({ t, metrics })),
  };
}
