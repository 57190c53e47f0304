import { abortable, turn } from '../base/abortable.js';
import { allocate } from '../base/allocate.js';
import { checkPath, checkProduct } from '../base/check.js';
import { MadloopError } from '../base/errors.js';
import { resolve, type TableOf } from '../base/options.js';
import type { Moments } from '../base/shapes.js';
import { mergeMoments } from '../distributions/moments.js';
import { type JobOptions, type JobSettings, jobOptions, runJob } from '../engine/job.js';
import { native } from '../engine/native.js';
import { ProgressReporter, progressOf } from '../engine/progress.js';
import { checkFinite } from '../engine/rows.js';
import { type ByteSource, withFile } from '../files/byte-source.js';
import type { Elements } from '../files/elements.js';
import { folderOfImages } from '../files/file-kinds.js';
import { chooseMatrix } from '../files/matrix.js';
import { openRows, type RowReader } from '../files/row-reader.js';
import { openArrayFile } from '../files/stored-array.js';
import { arrayOption } from './matrix-file.js';

export interface MomentsOfFileOptions extends JobOptions {
  /** The array to read of an .npz file. Default: its only two-dimensional one. */
  readonly array?: string | undefined;
}

const momentsOfFileOptions = { ...arrayOption, ...jobOptions } satisfies TableOf<MomentsOfFileOptions>;

const where = 'momentsOfFile';

/**
 * Sample mean and covariance of the rows of a matrix in a file that readMatrix can read, block by block of rows, without
 * ever holding all of it.
 *
 * A block is 64 MiB of float32 or float64, and at least 4 x cols rows, so that merging blocks costs little; blocks depend
 * on the shape alone, and the result neither on `threads` nor on how the file lays the matrix out. Of a file of one
 * block it is that of `moments`, bit for bit.
 *
 * Memory: a block, and cols^2 float64 a group of rows as in `moments`. Only a deflated array in Fortran order is read
 * whole, up to 1 GiB. Rejects as readMatrix and moments do; NaN and infinities are named by their row in the file. What looks like
 * a covariance (square, of two rows or more, symmetric, without negative minors of one or two rows) is refused with
 * ERR_INVALID_INPUT unless `array` names it; of a .npy file, which has no names, take `moments(await readMatrix(path))`.
 * Source: Chan, Golub & LeVeque 1979.
 *
 * @example
 * const real = await momentsOfFile('features.npy'); // 50,000 x 2,048
 */
export async function momentsOfFile(path: string, options?: MomentsOfFileOptions): Promise<Moments> {
  const { array, ...job } = resolve(where, options, momentsOfFileOptions);
  const file = checkPath(where, 'path', path);
  return abortable(where, job.signal, () =>
    withFile(file, job.signal, (source) => momentsOfSource(source, array, { where, ...job }), folderOfImages),
  );
}

/** As momentsOfFile, from any source of bytes; `rowsInBlock` is for the tests. */
export async function momentsOfSource(
  source: ByteSource,
  arrayName: string | undefined,
  settings: JobSettings,
  rowsInBlock?: number,
): Promise<Moments> {
  const reader = await openRows(await chooseMatrix(await openArrayFile(source), arrayName, 'features'));
  const { rows, cols, Type } = reader;
  const step = Math.min(rows, rowsInBlock ?? blockRows(cols, Type.BYTES_PER_ELEMENT));
  const buffer: Elements = allocate(where, 'a block of rows', Type as Float64ArrayConstructor, step * cols);
  const progress = new ProgressReporter(settings.onProgress);
  let merged: Moments | undefined;
  for (let begin = 0; begin < rows; begin += step) {
    const count = Math.min(step, rows - begin);
    const data = buffer.subarray(0, count * cols);
    await reader.read(begin, data);
    const onProgress = progress.part(begin, begin + count, rows);
    const block = await momentsOfBlock(reader, { data, begin, count }, { ...settings, onProgress });
    if (merged !== undefined) await turn(settings);
    merged = merged === undefined ? block : mergeMoments(merged, block);
  }
  await reader.finish();
  progress.finish(progressOf(rows, rows));
  return merged!;
}

// 64 MiB; and rows enough that the dim^2 operations of a merge are few beside the rows x dim^2 of a block.
const blockBytes = 64 * 2 ** 20;
const blockRowsPerColumn = 4;

function blockRows(cols: number, elementBytes: number): number {
  return Math.max(Math.floor(blockBytes / (cols * elementBytes)), blockRowsPerColumn * cols);
}

async function momentsOfBlock(
  { cols, name }: RowReader,
  { data, begin, count }: { data: Elements; begin: number; count: number },
  settings: JobSettings,
): Promise<Moments> {
  const mean = allocate(where, 'the mean', Float64Array, cols);
  const entries = checkProduct(where, 'columns x columns', cols, cols);
  const covariance = allocate(where, 'the covariance', Float64Array, entries);
  try {
    // The block is our own: no snapshot.
    await runJob(settings, async () =>
      native().startMoments({ threads: settings.threads, x: { data, rows: count, cols }, mean, covariance }),
    );
  } catch (error) {
    if (!(error instanceof MadloopError) || error.code !== 'ERR_INVALID_INPUT') throw error;
    // The engine counts rows from the block's first.
    await checkFinite(where, name, { data, rows: count, cols }, begin);
    throw error;
  }
  return { count, dim: cols, mean, covariance };
}
