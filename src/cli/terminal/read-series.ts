import { stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { invalid } from '../../base/check.js';
import { MadloopError } from '../../base/errors.js';
import { readMatrix } from '../../features/matrix-file.js';
import type { MadSeries } from '../../verdict/series.js';
import { isObject, readDocument } from './read-document.js';
import { readInput } from './read-input.js';

/** The result that loop -o wrote with this table, or into this folder, if there is one. */
async function resultBeside(file: string): Promise<string | undefined> {
  const status = await stat(file).catch(() => undefined);
  const path = status?.isDirectory()
    ? join(file, 'loop.json')
    : extname(file) === '.csv'
      ? `${file.slice(0, -'.csv'.length)}.json`
      : undefined;
  return path !== undefined && (await stat(path).catch(() => undefined))?.isFile() ? path : undefined;
}

/** The series in a file: a result of loop --series, or a matrix with a row a replicate. */
export async function readSeries(file: string, signal: AbortSignal): Promise<MadSeries> {
  const written = await resultBeside(file);
  if (written !== undefined) {
    const message = `${file}: the values of every replicate are in ${written}, if loop --series wrote it`;
    throw new MadloopError('ERR_INVALID_INPUT', message);
  }
  if (!/^\.(json|ya?ml)$/.test(extname(file))) {
    const { data, rows, cols } = await readInput(readMatrix(file, { signal }));
    return Array.from({ length: rows }, (_, r) => Float64Array.from(data.subarray(r * cols, (r + 1) * cols)));
  }
  const { series } = await readDocument(file, 'a result of loop --series');
  if (series === undefined) {
    const message = `${file}: the values of every replicate are not in it: make it by madloop loop --series. Of data or a model of your own madloop study keeps them and says the verdict (docs/studies.md)`;
    throw new MadloopError('ERR_INVALID_INPUT', message);
  }
  if (!isObject(series)) throw invalid(file, 'series', 'be there, as loop --series writes it', series);
  const read = Object.entries(series).map(([name, values]) => [
    name,
    // JSON has null for NaN.
    Array.isArray(values) ? Float64Array.from(values, (value) => value ?? Number.NaN) : values,
  ]);
  return Object.fromEntries(read);
}
