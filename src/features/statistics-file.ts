// Statistics in .npz files: those of pytorch-fid, clean-fid, TTUR, ADM's evaluator and fadtk, and our own, which all of
// these but the last can read.

import { abortable } from '../base/abortable.js';
import { mustError } from '../base/check.js';
import { resolve, type TableOf } from '../base/options.js';
import { jobOptions } from '../engine/job.js';
import { firstNonFinite } from '../engine/rows.js';
import { writeFileAtomically } from '../files/atomic-write.js';
import { type ByteSource, withFile } from '../files/byte-source.js';
import { malformed } from '../files/file-errors.js';
import { npyParts, readStoredMatrix } from '../files/matrix.js';
import { integerParts, readNumber, readText, readVector, textParts } from '../files/small-arrays.js';
import { type ArrayFile, listed, openArrayFile } from '../files/stored-array.js';
import { storedZip } from '../files/zip-write.js';
import { checkPath } from './matrix-file.js';
import {
  checkExtractor,
  checkStatistics,
  type Statistics,
  type StatisticsContent,
  toStatistics,
} from './statistics.js';

export interface ReadStatisticsOptions {
  /** Aborting it rejects the call at once with code ERR_ABORTED, name AbortError, cause `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
}

const readStatisticsOptions = { signal: jobOptions.signal } satisfies TableOf<ReadStatisticsOptions>;

const format = 'madloop statistics';
const version = 1;
const divisor = 'count - 1';

/**
 * Reads the statistics in an .npz file: arrays `mu` (dim) and `sigma` (dim x dim), float32 or float64, as pytorch-fid,
 * clean-fid, TTUR and ADM's evaluator write them (its `mu_s`, `sigma_s` are ignored), or `<model>.mu` and
 * `<model>.cov` of fadtk. Those files do not say of how many rows they are: `count` is undefined.
 *
 * Ours also have `count`, `divisor`, `extractor`, `hash`, `format` and `version`: see writeStatistics. The hash is
 * checked. Files made elsewhere may have `count`, with `divisor` 'count - 1', and `extractor`.
 *
 * Rejects with ERR_INVALID_INPUT (other arrays, shapes that do not fit, NaN and infinities, a damaged file, a hash that
 * does not fit, a newer version), ERR_FILE, ERR_OUT_OF_MEMORY, ERR_ABORTED.
 *
 * @example
 * const { distance } = await frechetDistance(await readStatistics('real.npz'), await readStatistics('made.npz'));
 */
export async function readStatistics(path: string, options?: ReadStatisticsOptions): Promise<Statistics> {
  const where = 'readStatistics';
  const { signal } = resolve(where, options, readStatisticsOptions);
  const file = checkPath(where, path);
  return abortable(where, signal, () => withFile(file, signal, readStatisticsFrom));
}

/** As readStatistics, from any source of bytes. */
export async function readStatisticsFrom(source: ByteSource): Promise<Statistics> {
  const file = await openArrayFile(source);
  const { arrayNames = [] } = file;
  const has = (name: string) => arrayNames.includes(name);
  if (has('format')) await checkFormat(file);
  const { mu, sigma, model } = findArrays(file);
  const mean = await readVector(await file.open(mu));
  const dim = mean.length;
  const sigmaArray = await file.open(sigma);
  const { shape } = sigmaArray.header;
  if (shape.length !== 2 || shape[0] !== dim || shape[1] !== dim) {
    const text = shape.slice(0, 8).join(' x ');
    throw malformed(
      sigmaArray.name,
      `has shape ${text}, expected ${dim} x ${dim}, as '${mu}' has ${dim} elements`,
    );
  }
  const { data } = await readStoredMatrix(sigmaArray);
  const covariance = data instanceof Float64Array ? data : Float64Array.from(data);
  await checkFinite(source.name, mu, { data: mean, rows: dim, cols: 1 });
  await checkFinite(source.name, sigma, { data: covariance, rows: dim, cols: dim });
  const count = has('count') ? await readCount(file) : undefined;
  const text = has('extractor') ? await readText(await file.open('extractor')) : model;
  const extractor = text === undefined ? undefined : checkExtractor(source.name, 'extractor', text);
  const statistics = await toStatistics({ dim, mean, covariance, count, extractor });
  if (has('hash') || has('format')) {
    const expected = await readText(await file.open('hash'));
    if (expected !== statistics.hash) {
      throw malformed(
        source.name,
        `is damaged or was changed: expected hash ${expected}, got ${statistics.hash}`,
      );
    }
  }
  return statistics;
}

/**
 * Writes statistics as an .npz file that NumPy, pytorch-fid and clean-fid can read: `mu` and `sigma`, float64, beside
 * `count` (int64) and `divisor` ('count - 1'), where the count is known, `extractor`, if there is one, `hash`, `format`
 * ('madloop statistics') and `version` (1). The same statistics give the same bytes. The file appears under its name only
 * when it is whole.
 *
 * Moments will do: `{ ...await moments(x), extractor: 'inception-v3' }`.
 * Rejects with ERR_INVALID_INPUT, ERR_FILE. Resolves to what was written, with its hash.
 *
 * @example
 * await writeStatistics('real.npz', await momentsOfFile('real.npy'));
 */
export async function writeStatistics(path: string, statistics: StatisticsContent): Promise<Statistics> {
  const where = 'writeStatistics';
  const file = checkPath(where, path);
  const content = checkStatistics(where, 'statistics', statistics);
  await checkFinite(where, 'statistics.mean', { data: content.mean, rows: content.dim, cols: 1 });
  await checkFinite(where, 'statistics.covariance', {
    data: content.covariance,
    rows: content.dim,
    cols: content.dim,
  });
  const written = await toStatistics(content);
  await writeFileAtomically(file, storedZip(statisticsArrays(written)));
  return written;
}

function statisticsArrays({ dim, mean, covariance, count, extractor, hash }: Statistics) {
  const arrays: [string, Uint8Array[]][] = [
    ['mu', npyParts(mean, [dim])],
    ['sigma', npyParts(covariance, [dim, dim])],
  ];
  if (count !== undefined) arrays.push(['count', integerParts(count)], ['divisor', textParts(divisor)]);
  if (extractor !== undefined) arrays.push(['extractor', textParts(extractor)]);
  arrays.push(['hash', textParts(hash)], ['format', textParts(format)], ['version', integerParts(version)]);
  return arrays.map(([name, parts]) => ({ name: `${name}.npy`, parts }));
}

async function checkFormat(file: ArrayFile): Promise<void> {
  const found = await readText(await file.open('format'));
  if (found !== format) {
    throw malformed(file.name, `has format ${JSON.stringify(found)}, expected ${JSON.stringify(format)}`);
  }
  const made = await readNumber(await file.open('version'));
  if (made !== version) throw malformed(file.name, `has version ${made} of the format, expected ${version}`);
}

/** The names of the mean and the covariance; fadtk's begin with that of the model. */
function findArrays({ name, arrayNames }: ArrayFile): { mu: string; sigma: string; model?: string } {
  if (arrayNames === undefined) {
    throw malformed(name, "is a .npy file of one array, expected an .npz file with 'mu' and 'sigma'");
  }
  if (arrayNames.includes('mu') && arrayNames.includes('sigma')) return { mu: 'mu', sigma: 'sigma' };
  const models = arrayNames.filter((mu) => mu.endsWith('.mu')).map((mu) => mu.slice(0, -'.mu'.length));
  const [model] = models;
  if (model !== undefined && models.length === 1 && arrayNames.includes(`${model}.cov`)) {
    return { mu: `${model}.mu`, sigma: `${model}.cov`, model };
  }
  throw malformed(name, `holds ${listed(arrayNames)}, expected 'mu' and 'sigma'`);
}

async function readCount(file: ArrayFile): Promise<number> {
  if (!file.arrayNames?.includes('divisor')) {
    throw malformed(file.name, `has a count without a divisor, expected divisor '${divisor}' beside it`);
  }
  const found = await readText(await file.open('divisor'));
  if (found !== divisor) {
    throw malformed(file.name, `has divisor ${JSON.stringify(found)}, expected '${divisor}'`);
  }
  const count = await readNumber(await file.open('count'));
  if (!Number.isSafeInteger(count) || count < 1) {
    throw malformed(file.name, `has count ${count}, expected an integer of at least 1`);
  }
  return count;
}

async function checkFinite(
  where: string,
  argument: string,
  x: { data: Float64Array; rows: number; cols: number },
): Promise<void> {
  const found = await firstNonFinite(x);
  if (found === undefined) return;
  const place = x.cols === 1 ? `at ${found.row}` : `at row ${found.row}, column ${found.col}`;
  throw mustError(where, argument, 'be finite', `${found.value} ${place}`);
}
