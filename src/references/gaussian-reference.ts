import { allocate } from '../base/allocate.js';
import { checkGaussian, checkProduct, toFloat64Array } from '../base/check.js';
import { integer, numbers, resolve } from '../base/options.js';
import type { Gaussian } from '../base/shapes.js';
import { sampleGaussian } from '../distributions/gaussian-sampling.js';
import { takeMemory, takesMemory } from '../models/sample-memory.js';
import { checkDrawOptions, type DrawOptions, type RealSamples, type Reference } from './reference.js';

/** N(0, I) of dimension `dim`, or N(mean, covariance) with `mean` of length d and `covariance` d x d, row-major. */
export type GaussianReferenceOptions =
  | { readonly dim: number }
  | {
      readonly dim?: number;
      readonly mean: Float64Array | readonly number[];
      readonly covariance: Float64Array | readonly number[];
    };

interface Given {
  readonly mean?: Float64Array | undefined;
  readonly covariance?: Float64Array | undefined;
}

const gaussianReferenceOptions = {
  dim: integer(1)
    .or((given: Given, where) => both(where, given)?.mean.length, 'the length of `mean`')
    .doc('dimension d'),
  mean: numbers().optional('0').doc('d values'),
  covariance: numbers().optional('the identity').doc('d x d values, row-major'),
};

/**
 * A Gaussian as the real distribution. Every draw is new and independent. The covariance must be symmetric and
 * positive semidefinite; that is found out, with ERR_NOT_POSITIVE_SEMIDEFINITE, when it is first used.
 *
 * @example
 * gaussianReference({ dim: 100 }); // N(0, I)
 */
export function gaussianReference(options: GaussianReferenceOptions): GaussianReference {
  const where = 'gaussianReference';
  const { dim, mean, covariance } = resolve(where, options, gaussianReferenceOptions);
  const values = both(where, { mean, covariance });
  if (values === undefined) return new GaussianReference(standardNormal(where, dim));
  return new GaussianReference(checkGaussian(where, 'options', { dim, ...values }));
}

/** Mean and covariance, of which neither goes without the other; undefined where none is given. */
function both(where: string, { mean, covariance }: Given): Pick<Gaussian, 'mean' | 'covariance'> | undefined {
  if (mean === undefined && covariance === undefined) return undefined;
  return {
    mean: toFloat64Array(where, 'mean', mean),
    covariance: toFloat64Array(where, 'covariance', covariance),
  };
}

/** A Gaussian real distribution with its parameters; `simulateGaussianLoop` takes it too. */
export class GaussianReference implements Reference, Gaussian {
  readonly dim: number;
  readonly mean: Float64Array;
  readonly covariance: Float64Array;

  constructor({ dim, mean, covariance }: Gaussian) {
    this.dim = dim;
    this.mean = mean;
    this.covariance = covariance;
  }

  get name(): string {
    return 'gaussianReference';
  }

  moments(): Gaussian {
    return this;
  }

  open(): RealSamples {
    return {
      draw: takesMemory(async (count: number, options: DrawOptions) => {
        const { seed, job } = checkDrawOptions(this.name, options);
        return sampleGaussian(this, count, { lambda: 1, seed }, job, takeMemory(options, count, this.dim));
      }),
    };
  }
}

/** N(0, I). */
function standardNormal(where: string, dim: number): Gaussian {
  const entries = checkProduct(where, 'dim x dim', dim, dim);
  const covariance = allocate(where, 'the covariance', Float64Array, entries);
  for (let i = 0; i < dim; i += 1) covariance[i * dim + i] = 1;
  return { dim, mean: new Float64Array(dim), covariance };
}
