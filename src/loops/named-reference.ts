// The real distribution of loops for whoever describes it in text: plain numbers in lists, or the rows of a data set.

import { invalid, isArray } from '../base/check.js';
import { derivedSeed } from '../base/derived-seed.js';
import { checked, type Option } from '../base/options.js';
import type { Matrix } from '../base/shapes.js';
import { datasetReference } from '../references/dataset-reference.js';
import { type GaussianReferenceOptions, gaussianReference } from '../references/gaussian-reference.js';
import { type MixtureReferenceOptions, mixtureReference } from '../references/mixture-reference.js';
import type { Reference } from '../references/reference.js';
import type { SplitRows } from './held-out.js';

/** N(mean, covariance), or a mixture of Gaussians with a row of `means` a component; matrices row by row. */
export type ReferenceInFile =
  | {
      readonly mean: readonly number[];
      readonly covariance: readonly number[] | readonly (readonly number[])[];
    }
  | {
      readonly means: readonly (readonly number[])[];
      readonly weights?: readonly number[];
      /** What `covariances` holds, as for mixtureReference. */
      readonly covariance?: 'full' | 'diagonal' | 'spherical' | 'tied';
      readonly covariances: readonly number[];
    };

export const referenceInFileOption: Option<ReferenceInFile | undefined> = checked(
  '{ mean, covariance } or { means, covariances, ... }',
  (where, argument, value) => {
    const plain = plainReference(where, argument, value);
    referenceInFile(where, plain);
    return plain;
  },
)
  .optional('N(0, I)')
  .doc('the real distribution: a Gaussian, or a mixture of Gaussians');

/** The same with plain lists, as stores hold it. */
function plainReference(where: string, argument: string, value: unknown): ReferenceInFile {
  if (typeof value !== 'object' || value === null || isArray(value))
    throw invalid(where, argument, 'be { mean, covariance } or { means, covariances }', value);
  const members = Object.entries(value).map(([name, member]) => [
    name,
    ArrayBuffer.isView(member) ? Array.from(member as unknown as ArrayLike<number>) : member,
  ]);
  const { covariance, ...others } = Object.fromEntries(members);
  const flat = isArray(covariance) && covariance.every((row) => isArray(row)) ? covariance.flat() : covariance;
  return { ...others, ...(covariance !== undefined && { covariance: flat }) } as unknown as ReferenceInFile;
}

/** The reference itself. Throws ERR_INVALID_INPUT. */
export function referenceInFile(where: string, reference: ReferenceInFile): Reference {
  if (!('means' in reference)) return gaussianReference(reference as unknown as GaussianReferenceOptions);
  const { means, ...others } = reference;
  return mixtureReference({ ...others, means: matrixOfRows(where, means) } as MixtureReferenceOptions);
}

function matrixOfRows(where: string, rows: unknown): Matrix {
  const cols = isArray(rows) && isArray(rows[0]) ? rows[0].length : 0;
  const isMatrix = isArray(rows) && cols > 0 && rows.every((row) => isArray(row) && row.length === cols);
  if (!isMatrix)
    throw invalid(where, 'reference.means', 'be a list of rows of numbers, all of one length', rows);
  return { data: Float64Array.from((rows as number[][]).flat()), rows: rows.length, cols };
}

/** Samples that stand for a reference in metrics of samples. */
export const heldOutOfReference = 2_000;

/** The real distribution of a loop, and rows of it that no model is trained on. */
export interface RealData {
  readonly reference: Reference;
  readonly held: Matrix;
}

/** That of a data set whose rows were split. */
export function dataOfRows({ training, held }: SplitRows, replace: boolean): RealData {
  return { reference: datasetReference(training, { heldOut: held, replace }), held };
}

/** That of a reference in a file, or of N(0, I). */
export async function dataOfReference(
  where: string,
  { reference, dim }: { readonly reference?: ReferenceInFile | undefined; readonly dim: number },
  seed: bigint,
): Promise<RealData> {
  const real = reference === undefined ? gaussianReference({ dim }) : referenceInFile(where, reference);
  const own = derivedSeed(seed, 'held-out');
  const held = await real.open(own).draw(heldOutOfReference, { generation: 1, seed: own });
  return { reference: real, held };
}
