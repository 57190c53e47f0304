// Files: bytes written, and what is read of them and of NumPy's.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  matrix,
  mergeStatistics,
  moments,
  momentsOfFile,
  readMatrix,
  readStatistics,
  writeMatrix,
  writeStatistics,
} from '../../dist/index.js';
import { samples, samples32 } from './data.mjs';

const fixture = (name) => fileURLToPath(new URL(`../../test/fixtures/${name}`, import.meta.url));

const numpyFiles = [
  'float16-big-endian.npy',
  'float16-fortran.npy',
  'float32-fortran.npy',
  'float64-big-endian.npy',
  'float64.npy',
  'int16-big-endian.npy',
  'int64-fortran.npy',
  'uint8.npy',
  'version-3.npy',
  'data-descriptors.npz',
  'deflated-fortran.npz',
  'deflated.npz',
  'stored-fortran.npz',
];
const otherStatistics = ['adm.npz', 'clean-fid.npz', 'fadtk.npz', 'pytorch-fid.npz'];

const written =
  (x) =>
  async ({ folder }) => {
    const path = join(folder, 'matrix.npy');
    await writeMatrix(path, x);
    return { bytes: await readFile(path), again: await readMatrix(path), moments: await momentsOfFile(path) };
  };

const statistics =
  (extra) =>
  async ({ folder }) => {
    const path = join(folder, 'statistics.npz');
    const result = await writeStatistics(path, { ...(await moments(samples(30, 5))), ...extra });
    return { result, bytes: await readFile(path), again: await readStatistics(path) };
  };

export const calls = {
  'writeMatrix, readMatrix, momentsOfFile float64': written(samples(70, 6)),
  'writeMatrix, readMatrix, momentsOfFile float32': written(samples32(70, 6)),
  // More than one block of 64 MiB.
  'momentsOfFile blocks': async ({ folder }) => {
    const path = join(folder, 'blocks.npy');
    const data = new Float32Array(600_000 * 40);
    for (let i = 0; i < data.length; i += 1) data[i] = ((i % 9_973) ** 2 % 1_009) / 64;
    await writeMatrix(path, matrix(data, 600_000, 40));
    return momentsOfFile(path);
  },
  'momentsOfFile digits': () => momentsOfFile(fixture('digits-small.npy')),
  'readMatrix files of NumPy': () => Promise.all(numpyFiles.map((name) => readMatrix(fixture(`npy/${name}`)))),
  'readMatrix array': () => readMatrix(fixture('npy/two-matrices.npz'), { array: 'generated' }),
  'readStatistics of other programs': () =>
    Promise.all(otherStatistics.map((name) => readStatistics(fixture(`npy/${name}`)))),
  'readMatrix digits': () => readMatrix(fixture('digits-small.npy')),
  'writeStatistics, readStatistics': statistics({}),
  'writeStatistics, readStatistics extractor': statistics({ extractor: 'pixels' }),
  mergeStatistics: async () => {
    const parts = [samples(30, 5), samples(40, 5, { seed: 2, shift: 1 }), samples(9, 5, { seed: 3 })];
    return mergeStatistics(
      await Promise.all(parts.map(async (x) => ({ ...(await moments(x)), extractor: 'pixels' }))),
    );
  },
};
