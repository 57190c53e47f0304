// What `madloop evaluate` compares: features, or statistics of such, by files.

import { mustError } from '../../base/check.js';
import type { Matrix } from '../../base/shapes.js';
import { extractorOfFile } from '../../features/extractor.js';
import { arrayNameOption, readFeatures } from '../../features/matrix-file.js';
import type { Statistics } from '../../features/statistics.js';
import { readStatistics, statisticsArrayOptions } from '../../features/statistics-file.js';
import { withFile } from '../../files/byte-source.js';
import { folderOfImages } from '../../files/file-kinds.js';
import { shapeText } from '../../files/npy-header.js';
import { statisticsAmong } from '../../files/statistics-arrays.js';
import { openArrayFile } from '../../files/stored-array.js';
import { flagName } from '../terminal/flags.js';
import { readInput } from '../terminal/read-input.js';

export type Side = Matrix | Statistics;

export function isMatrix(side: Side): side is Matrix {
  return 'data' in side;
}

const { mean, covariance } = statisticsArrayOptions;
const array = arrayNameOption('its only matrix');

/** Which arrays of .npz files are meant. */
export const arrayParameters = {
  realArray: array.doc('the array of an .npz file that holds the features of the real samples'),
  realMean: mean.doc('the array that is their mean, of statistics'),
  realCovariance: covariance.doc('the array that is their covariance'),
  generatedArray: array.doc('as realArray, for the generated samples'),
  generatedMean: mean.doc('as realMean'),
  generatedCovariance: covariance.doc('as realCovariance'),
};

interface ArrayNames {
  readonly array?: string | undefined;
  readonly mean?: string | undefined;
  readonly covariance?: string | undefined;
}

/** A side, and what of its file could have been read instead. */
export interface ReadSide {
  readonly side: Side;
  /** What made the features, where the file says so. */
  readonly extractor: string | undefined;
  readonly notes: readonly string[];
}

/** Reads the real or the generated side. */
export async function readSide(
  which: 'real' | 'generated',
  file: string,
  { array, mean, covariance }: ArrayNames,
  signal: AbortSignal,
): Promise<ReadSide> {
  const nameOf = (name: string): string | undefined =>
    ['array', 'mean', 'covariance'].includes(name)
      ? flagName(`${which}${name[0]!.toUpperCase()}${name.slice(1)}`)
      : undefined;
  if (array !== undefined && (mean ?? covariance) !== undefined) {
    const names = `${nameOf('array')} and ${nameOf(mean === undefined ? 'covariance' : 'mean')}`;
    throw mustError('evaluate', names, 'not be given both', 'both');
  }
  const chosen = mean !== undefined || covariance !== undefined;
  const found =
    array === undefined && !chosen
      ? await readInput(withFile(file, signal, statisticsOf, folderOfImages))
      : undefined;
  if (!chosen && found === undefined) {
    const side = await readInput(readFeatures(file, { array, signal }), nameOf);
    return { side, extractor: await readInput(extractorOfFile(file, signal)), notes: [] };
  }
  const side = await readInput(readStatistics(file, { mean, covariance, signal }), nameOf);
  const features = found?.matrices.filter(({ cols }) => cols === side.dim) ?? [];
  return {
    side,
    extractor: side.extractor,
    notes: features.map(
      ({ name, shape }) =>
        `${file}: its statistics are taken; "${name}" ${shapeText(shape)} could be read as features: ${nameOf('array')} ${name}`,
    ),
  };
}

interface Found {
  readonly matrices: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly cols: number;
  }[];
}

/** Of a file that holds statistics the other matrices, but for what can be the covariance of another mean; undefined for one that holds none. */
async function statisticsOf(source: Parameters<typeof openArrayFile>[0]): Promise<Found | undefined> {
  const file = await openArrayFile(source);
  const { arrayNames = [] } = file;
  const statistics = statisticsAmong(arrayNames);
  if (statistics.length === 0) return undefined;
  const arrays: { name: string; shape: readonly number[] }[] = [];
  for (const name of arrayNames) arrays.push({ name, shape: (await file.open(name)).header.shape });
  const means = arrays.filter(({ shape }) => shape.length === 1).map(({ shape: [length] }) => length);
  const others = arrays.filter(
    ({ name, shape: [rows, cols, ...more] }) =>
      cols !== undefined &&
      more.length === 0 &&
      !(rows === cols && means.includes(cols)) &&
      !statistics.some(({ covariance }) => covariance === name),
  );
  return { matrices: others.map(({ name, shape }) => ({ name, shape, cols: shape[1]! })) };
}

/** A side for the heading of a result. */
export type DescribedSide =
  | { readonly file: string; readonly rows: number; readonly cols: number; readonly extractor?: string }
  | {
      readonly file: string;
      readonly count: number | null;
      readonly cols: number;
      readonly extractor: string | null;
    };

export function describeSide(file: string, { side, extractor }: ReadSide): DescribedSide {
  return isMatrix(side)
    ? { file, rows: side.rows, cols: side.cols, ...(extractor !== undefined && { extractor }) }
    : { file, count: side.count ?? null, cols: side.dim, extractor: extractor ?? null };
}
