// Matrices of more than 4 GiB, which is the most that a Uint8Array and a Buffer hold. The files are sparse: they take no room.

import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { moments } from '../../src/distributions/moments.js';
import { readMatrix, writeMatrix } from '../../src/features/matrix-file.js';
import { momentsOfFile } from '../../src/features/moments-of-file.js';
import { rejection } from '../support/rejection.js';
import { fullSize } from '../support/sizes.js';

const folder = mkdtempSync(join(tmpdir(), 'madloop-large-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A .npy file of zeros, but for some elements. */
function sparse(
  name: string,
  descr: string,
  rows: number,
  cols: number,
  elements: ReadonlyMap<number, number>,
) {
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${rows}, ${cols}), }`.padEnd(117);
  const path = join(folder, name);
  const file = openSync(path, 'wx');
  writeSync(file, Buffer.from(`\x93NUMPY\x01\x00\x76\x00${text}\n`, 'latin1'));
  const bytes = Number(descr.at(-1));
  for (const [index, value] of elements) {
    const element = Buffer.alloc(bytes);
    const [little, big] =
      bytes === 4 ? (['writeFloatLE', 'writeFloatBE'] as const) : (['writeDoubleLE', 'writeDoubleBE'] as const);
    element[descr[0] === '<' ? little : big](value);
    writeSync(file, element, 0, bytes, 128 + index * bytes);
  }
  ftruncateSync(file, 128 + rows * cols * bytes);
  closeSync(file);
  return path;
}

const needed = 6 * 2 ** 30;
const skipped = !fullSize
  ? 'in the full run only'
  : freemem() < needed
    ? `with ${needed} bytes of free memory only`
    : '';
if (skipped !== '') console.warn(`matrices of more than 4 GiB are tested ${skipped}`);

describe.skipIf(skipped !== '')('a matrix of more than 4 GiB', () => {
  test.each([
    ['<f4', 2 ** 29 + 8],
    ['>f8', 2 ** 28 + 4],
  ])('%s is read, and the engine reads all of it', { timeout: 300_000 }, async (descr, rows) => {
    // On both sides of byte 2^32, and the last.
    const border = 2 ** 32 / Number(descr.at(-1));
    const elements = new Map([
      [0, 3],
      [border - 1, -5],
      [border, 7],
      [2 * rows - 1, 11],
    ]);
    const path = sparse(`${descr.slice(1)}.npy`, descr, rows, 2, elements);
    expect(statSync(path).size).toBeGreaterThan(2 ** 32);
    const { data, ...shape } = await readMatrix(path);
    expect(shape).toEqual({ rows, cols: 2 });
    expect(data.buffer).toBeInstanceOf(SharedArrayBuffer);
    for (const [index, value] of elements) expect(data[index]).toBe(value);
    expect([data[1], data[border + 1], data[2 * rows - 2]]).toEqual([0, 0, 0]);
    const { mean, covariance } = await moments({ data, ...shape });
    // Elements of even index are in column 0.
    const sums = [10, 6];
    const squares = [58, 146];
    for (const j of [0, 1]) {
      expect(mean[j]! * rows).toBeCloseTo(sums[j]!, 9);
      const expected = (squares[j]! - sums[j]! ** 2 / rows) / (rows - 1);
      expect(Math.abs(covariance[3 * j]! / expected - 1)).toBeLessThan(1e-12);
    }
    expect(covariance[1]! * (rows - 1)).toBeCloseTo(-(sums[0]! * sums[1]!) / rows, 9);
    const ofFile = await momentsOfFile(path);
    expect(ofFile.count).toBe(rows);
    expect(Math.abs(ofFile.covariance[3]! / covariance[3]! - 1)).toBeLessThan(1e-12);
    rmSync(path);
    if (descr === '<f4') {
      await writeMatrix(join(folder, 'written.npy'), { data, ...shape });
      expect(statSync(join(folder, 'written.npy')).size).toBe(128 + 8 * rows);
    }
  });
});

test('a matrix larger than the memory is ERR_OUT_OF_MEMORY before it is read', async () => {
  for (const rows of [2 ** 31, 2 ** 34]) {
    const path = sparse(`${rows}.npy`, '<f8', rows, 2 ** 6, new Map());
    const error = await rejection(() => readMatrix(path));
    expect(error.code).toBe('ERR_OUT_OF_MEMORY');
    expect(error.message).toMatch(
      /\.npy: the matrix needs \d+ values \(.* GB\), more than there is memory for$/,
    );
  }
});
