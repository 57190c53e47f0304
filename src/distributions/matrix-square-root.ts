import { allocate } from '../base/allocate.js';
import { checkMatrix, mustError } from '../base/check.js';
import type { Matrix } from '../base/shapes.js';
import { checkJobOptions, type JobOptions, runJob } from '../engine/job.js';
import { native } from '../engine/native.js';
import { snapshotMatrix } from '../engine/snapshot.js';

/**
 * The principal square root of a covariance: the symmetric positive semidefinite R with R R = S, for a symmetric
 * positive semidefinite S. Float64, exactly symmetric, whatever the type of the input; singular matrices are fine.
 *
 * From the eigendecomposition of S. |R R - S| is of order n eps |S|. Eigenvalues up to n eps of the largest are rounding
 * and count as zero: a singular S determines its root only to the root of its own rounding. A Float32Array is taken
 * as rounded to float32: it may be asymmetric and indefinite by so much.
 *
 * Cost: some 5 n^3 flops, and memory for six such matrices. The result does not depend on `threads`.
 * Rejects with ERR_INVALID_INPUT (not square; NaN and infinities are named by row and column),
 * ERR_NOT_POSITIVE_SEMIDEFINITE (not symmetric, or an eigenvalue below -8 n eps of the largest), ERR_OUT_OF_MEMORY, ERR_ABORTED.
 * Source: Higham 2008, "Functions of Matrices", chapter 6; Gu & Eisenstat 1995, "A divide-and-conquer algorithm for
 * the symmetric tridiagonal eigenproblem".
 *
 * @example
 * const root = await matrixSquareRoot(matrix(Float64Array.of(4, 0, 0, 9), 2, 2)); // 2, 0, 0, 3
 */
export async function matrixSquareRoot(covariance: Matrix, options?: JobOptions): Promise<Matrix> {
  const where = 'matrixSquareRoot';
  const settings = checkJobOptions(where, options);
  const checked = checkMatrix(where, 'covariance', covariance);
  const { rows, cols } = checked;
  if (rows !== cols) throw mustError(where, 'covariance', 'be square', `${rows} x ${cols}`);
  const root = allocate(where, 'the root', Float64Array, rows * cols);
  await runJob(settings, async (throwIfSettled) =>
    native().startMatrixSquareRoot({
      threads: settings.threads,
      covariance: await snapshotMatrix(where, 'covariance', checked, throwIfSettled),
      root,
    }),
  );
  return { data: root, rows, cols };
}
