// Statistics in .npz files: those of pytorch-fid, clean-fid, TTUR, ADM's evaluator, chainer-gan-lib and fadtk, and our own,
// which the first four of these can read.

import { abortable, type Call } from '../base/abortable.js';
import { checkPath, checkPrecision, mustError } from '../base/check.js';
import { resolve, type TableOf } from '../base/options.js';
import { jobOptions } from '../engine/job.js';
import { firstNonFinite } from '../engine/rows.js';
import { writeFileAtomically } from '../files/atomic-write.js';
import { type ByteSource, withFile } from '../files/byte-source.js';
import { malformed } from '../files/file-errors.js';
import { folderOfImages } from '../files/file-kinds.js';
import { npyParts, readStoredMatrix } from '../files/matrix.js';
import { shapeText } from '../files/npy-header.js';
import { integerParts, readNumber, readText, readVector, textParts } from '../files/small-arrays.js';
import { type StatisticsNames, statisticsAmong, statisticsNames } from '../files/statistics-arrays.js';
import { type ArrayFile, holdsText, listed, openArrayFile, type StoredArray } from '../files/stored-array.js';
import { storedZip } from '../files/zip-write.js';
import { readExtractor } from './extractor.js';
import { arrayNameOption } from './matrix-file.js';
import {
  checkStatistics,
  ownStatistics,
  type Statistics,
  type StatisticsContent,
  toStatistics,
} from './statistics.js';

export interface ReadStatisticsOptions {
  /** The array that is the mean. Default: `mu`, `mean`, or the only `<model>.mu`. */
  readonly mean?: string | undefined;
  /** The array that is the covariance, beside `mean`. Default: `sigma`, `cov`, or the only `<model>.cov`. */
  readonly covariance?: string | undefined;
  /** Aborting it rejects the call at once with code ERR_ABORTED, name AbortError, cause `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
}

/** The part of a table of options that choosing statistics has. */
export const statisticsArrayOptions = {
  mean: arrayNameOption("'mu', 'mean' or '<model>.mu'").doc('the array of an .npz file that is a mean'),
  covariance: arrayNameOption("'sigma', 'cov' or '<model>.cov'").doc('the array that is its covariance'),
};

const readStatisticsOptions = {
  ...statisticsArrayOptions,
  signal: jobOptions.signal,
} satisfies TableOf<ReadStatisticsOptions>;

const format = 'madloop statistics';
const version = 1;
const divisor = 'count - 1';

/**
 * Reads the statistics in an .npz file: a mean (dim) and a covariance (dim x dim), float32 or float64. Their arrays are
 * `mu` and `sigma`, as pytorch-fid, clean-fid, TTUR and ADM's evaluator write them, `mean` and `cov` of
 * chainer-gan-lib, or `<model>.mu` and `<model>.cov` of fadtk; or those that `mean` and `covariance` name: `mu_s` and
 * `sigma_s`, the spatial ones of ADM's evaluator (sFID), or one of several models. Those files do not say of how many rows
 * they are: `count` is undefined. What is in float32 comes with `precision` 'float32'.
 *
 * Ours also have `count`, `divisor`, `extractor`, `precision`, `hash`, `format` and `version`: see writeStatistics. The hash is
 * checked. Files made elsewhere may have `count`, with `divisor` 'count - 1' (else it is not taken), and `extractor`; what
 * else they hold does not matter.
 *
 * Rejects with ERR_INVALID_INPUT (other arrays, shapes that do not fit, NaN and infinities, a damaged file, a hash that
 * does not fit, a newer version), ERR_FILE, ERR_OUT_OF_MEMORY, ERR_ABORTED.
 *
 * @example
 * const { distance } = await frechetDistance(await readStatistics('real.npz'), await readStatistics('made.npz'));
 * const spatial = await readStatistics('adm.npz', { mean: 'mu_s', covariance: 'sigma_s' });
 */
export async function readStatistics(path: string, options?: ReadStatisticsOptions): Promise<Statistics> {
  const where = 'readStatistics';
  const { mean, covariance, signal } = resolve(where, options, readStatisticsOptions);
  const names = chosenNames(where, mean, covariance);
  const file = checkPath(where, 'path', path);
  return abortable(where, signal, () =>
    withFile(file, signal, (source) => readStatisticsFrom(source, names, { where, signal }), folderOfImages),
  );
}

function chosenNames(
  where: string,
  mean: string | undefined,
  covariance: string | undefined,
): StatisticsNames | undefined {
  if (mean === undefined && covariance === undefined) return undefined;
  if (mean !== undefined && covariance !== undefined) return statisticsNames(mean, covariance);
  const [absent, other] = mean === undefined ? ['mean', 'covariance'] : ['covariance', 'mean'];
  throw mustError(where, absent, `be given as well where the option '${other}' is`, 'undefined');
}

/** As readStatistics, from any source of bytes. */
export async function readStatisticsFrom(
  source: ByteSource,
  chosen?: StatisticsNames,
  call?: Call,
): Promise<Statistics> {
  const file = await openArrayFile(source);
  const { arrayNames = [] } = file;
  const has = (name: string) => arrayNames.includes(name);
  const names = chosen ?? findArrays(file);
  const isOurs = await hasOurFormat(file);
  const meanArray = await file.open(names.mean);
  const mean = await readVector(meanArray);
  const dim = mean.length;
  const covarianceArray = await file.open(names.covariance);
  const covariance = await readCovariance(covarianceArray, dim, names);
  await checkFinite(source.name, names.mean, { data: mean, rows: dim, cols: 1 });
  await checkFinite(source.name, names.covariance, { data: covariance, rows: dim, cols: dim });
  const isSingle = mean instanceof Float32Array || covariance instanceof Float32Array;
  const written = isOurs && has('precision') ? await readText(await file.open('precision')) : undefined;
  const content = {
    dim,
    mean: inFloat64(mean),
    covariance: inFloat64(covariance),
    count: has('count') ? await readCount(file) : undefined,
    extractor: has('extractor') ? await readExtractor(file) : names.model,
    precision: isSingle ? 'float32' : checkPrecision(source.name, 'precision', written),
  } as const;
  const statistics = await toStatistics(content, call);
  // That of other arrays is not the hash of these.
  if (chosen === undefined && (isOurs ?? (has('hash') && (await holdsHash(file))))) {
    const expected = await readText(await file.open('hash'));
    if (expected !== statistics.hash) {
      const foreign = isOurs
        ? ''
        : "; if 'hash' is of something else: the option 'mean' and the option 'covariance' pass over it";
      throw malformed(
        source.name,
        `is damaged or was changed: expected hash ${expected}, got ${statistics.hash}${foreign}`,
      );
    }
  }
  return statistics;
}

/**
 * Writes statistics as an .npz file that NumPy, pytorch-fid and clean-fid can read: `mu` and `sigma`, float64, beside
 * `count` (int64) and `divisor` ('count - 1'), where the count is known, `extractor` and `precision`, if there are such, `hash`, `format`
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
  const file = checkPath(where, 'path', path);
  const content = await ownStatistics(where, 'statistics', checkStatistics(where, 'statistics', statistics));
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

function statisticsArrays({ dim, mean, covariance, count, extractor, precision, hash }: Statistics) {
  const arrays: [string, Uint8Array[]][] = [
    ['mu', npyParts(mean, [dim])],
    ['sigma', npyParts(covariance, [dim, dim])],
  ];
  if (count !== undefined) arrays.push(['count', integerParts(count)], ['divisor', textParts(divisor)]);
  if (extractor !== undefined) arrays.push(['extractor', textParts(extractor)]);
  if (precision !== undefined) arrays.push(['precision', textParts(precision)]);
  arrays.push(['hash', textParts(hash)], ['format', textParts(format)], ['version', integerParts(version)]);
  return arrays.map(([name, parts]) => ({ name: `${name}.npy`, parts }));
}

/** Whether the file says that it is one of ours; undefined where it does not say. A key of that name may be another's. */
async function hasOurFormat(file: ArrayFile): Promise<boolean | undefined> {
  if (!file.arrayNames?.includes('format')) return undefined;
  const array = await file.open('format');
  if (!holdsText(array) || (await readText(array)) !== format) return false;
  const made = await readNumber(await file.open('version'));
  if (made !== version) throw malformed(file.name, `has version ${made} of the format, expected ${version}`);
  return true;
}

/** Whether the array `hash` is one like ours: a key of that name may be another's. */
async function holdsHash(file: ArrayFile): Promise<boolean> {
  const array = await file.open('hash');
  return holdsText(array) && /^[0-9a-f]{64}$/.test(await readText(array));
}

/** The names of the mean and the covariance. */
function findArrays({ name, arrayNames }: ArrayFile): StatisticsNames {
  if (arrayNames === undefined) {
    throw malformed(name, "is a .npy file of one array, expected an .npz file with 'mu' and 'sigma'");
  }
  const [found, another] = statisticsAmong(arrayNames);
  const byName = "the option 'mean' and the option 'covariance'";
  if (found === undefined) {
    throw malformed(
      name,
      `holds ${listed(arrayNames)}, expected 'mu' and 'sigma', or arrays named by ${byName}`,
    );
  }
  if (another === undefined) return found;
  const all = statisticsAmong(arrayNames);
  const several =
    found.model === undefined
      ? `several statistics (${all.map(({ mean, covariance }) => listed([mean, covariance])).join('; ')})`
      : `statistics of several models (${listed(all.map(({ model = '' }) => model))})`;
  throw malformed(name, `holds ${several}: name those of one by ${byName}`);
}

/** The covariance beside a mean of `dim` elements: dim x dim, or of one dimension what NumPy makes of it. */
async function readCovariance(
  array: StoredArray,
  dim: number,
  names: StatisticsNames,
): Promise<Float64Array | Float32Array> {
  const { shape } = array.header;
  if (dim === 1 && shape.length < 2) return readVector(array);
  if (shape.length !== 2 || shape[0] !== dim || shape[1] !== dim) {
    const text = shape.length === 0 ? shapeText(shape) : shape.slice(0, 8).join(' x ');
    throw malformed(
      array.name,
      `has shape ${text}, expected ${dim} x ${dim}, as '${names.mean}' has ${dim} elements`,
    );
  }
  return (await readStoredMatrix(array)).data;
}

function inFloat64(values: Float64Array | Float32Array): Float64Array {
  return values instanceof Float64Array ? values : Float64Array.from(values);
}

/** The count, where the file says what the covariance was divided by: another divisor makes another covariance of it. */
async function readCount(file: ArrayFile): Promise<number | undefined> {
  if (!file.arrayNames?.includes('divisor')) return undefined;
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
  x: { data: Float64Array | Float32Array; rows: number; cols: number },
): Promise<void> {
  const found = await firstNonFinite(x);
  if (found === undefined) return;
  const place = x.cols === 1 ? `at ${found.row}` : `at row ${found.row}, column ${found.col}`;
  throw mustError(where, argument, 'be finite', `${found.value} ${place}`);
}
