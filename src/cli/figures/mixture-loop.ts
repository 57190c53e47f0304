// The loop of the paper's Figures 14 and 15 (appendix B.2): real data of 25 modes in the plane, a mixture of 25 Gaussians as
// the model, fully synthetic. Modes die out, and those that live shrink.
//
// The modes are those of Che et al. 2020 (arXiv:2003.06060), which the paper takes: spacing 1 and variance 0.01, whose total
// variance 4.02 and modal variance 0.02 are where its Figure 15 starts. It gives no sample size, and lambda 1 alone: 10,000 and
// the second lambda are choices of ours. With 10,000 samples a mode has about 400: it dies within 2,000 generations with a
// probability of about exp(-2 * 400 / 2000) = 0.67 (a branching process with one child on average and variance 1), within
// 200 with 0.02.

import { derivedSeed } from '../../base/derived-seed.js';
import { matrix } from '../../base/matrix.js';
import { checkJobOptions, type JobOptions } from '../../engine/job.js';
import type { Generation } from '../../loops/autophagous-loop.js';
import type { MetricChoice } from '../../loops/loop-options.js';
import { type ReplicatedGeneration, replicatedLoop } from '../../loops/replicated-loop.js';
import type { FittedGaussianMixture } from '../../models/fitted-gaussian-mixture.js';
import { gaussianMixture } from '../../models/gaussian-mixture.js';
import { mixtureReference } from '../../references/mixture-reference.js';

export const modesASide = 5;
export const spacing = 1;
export const deviation = 0.1;
export const components = modesASide ** 2;
export const samples = 10_000;
export const lambdas = [1, 0.99];
export const defaultGenerations = 2000;

/** A row a mode, on a square grid around 0. */
export const centres = matrix(
  Float64Array.from({ length: 2 * components }, (_, i) => {
    const mode = Math.floor(i / 2);
    const step = i % 2 === 0 ? Math.floor(mode / modesASide) : mode % modesASide;
    return spacing * (step - (modesASide - 1) / 2);
  }),
  components,
  2,
);

export const reference = mixtureReference({
  means: centres,
  covariance: 'spherical',
  covariances: new Float64Array(components).fill(deviation ** 2),
});

// What regularisation adds in each generation adds up: at the default of 1e-6 it would be most of what is left of a mode's
// variance. This much keeps a component of one or two samples from failing, and shows only where a mode has shrunk to a
// variance of about 1e-12, as with lambda 0.99 after some 1,500 generations.
const regularisation = 1e-15;

/** What both figures say of their loop. */
export const mixtureLoopParameters = {
  variant: 'fully-synthetic',
  modes: components,
  spacing,
  deviation,
  synthetic: samples,
  lambdas,
  regularisation,
} as const;

export interface MixtureLoopOptions {
  readonly lambda: number;
  readonly generations: number;
  readonly replicates: number;
  readonly seed: bigint;
  readonly metrics: readonly MetricChoice<FittedGaussianMixture>[];
  readonly visitFirst?: (generation: Generation<FittedGaussianMixture>) => void;
}

/** Runs the loop. Whatever is measured and however many replicates, the first replicate is the same. */
export function mixtureLoop(
  { lambda, generations, replicates, seed, metrics, visitFirst }: MixtureLoopOptions,
  job: JobOptions,
): Promise<ReplicatedGeneration[]> {
  const loop = {
    variant: 'fully-synthetic',
    reference,
    model: gaussianMixture({ components, start: 'previous', regularisation }),
    synthetic: samples,
    lambda,
    generations,
    metrics,
  } as const;
  return replicatedLoop(loop, {
    replicates,
    seed: derivedSeed(seed, 'mixture loop', lambda),
    job: checkJobOptions('figure', job),
    ...(visitFirst && { visitFirst }),
  });
}
