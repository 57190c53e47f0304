// What is wrong with a file that holds no matrix, and what to do about it.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readMatrix } from '../../src/features/matrix-file.js';
import { readMatrixFrom } from '../../src/files/matrix.js';
import { memorySource } from '../support/memory-source.js';
import { expectRejection } from '../support/rejection.js';
import { npyBytes, zipBytes } from '../support/zip-bytes.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'madloop-kinds-'));
});
afterAll(() => rm(folder, { recursive: true }));

const npy = (shape: number[]) =>
  npyBytes('|u1', shape, Buffer.alloc(shape.reduce((product, extent) => product * extent, 1)));
const objects = npyBytes('|O', [], Buffer.from('\x80\x04}\x94.', 'latin1'));
const npz = (arrays: Record<string, Uint8Array>) =>
  zipBytes(Object.entries(arrays).map(([name, bytes]) => ({ name, bytes })));
const safetensors = Buffer.concat([
  Buffer.from([0x40, 0, 0, 0, 0, 0, 0, 0]),
  Buffer.from('{"a":{"dtype":"F32"}}'),
]);

test.each<[string, Uint8Array, string]>([
  [
    'images in an .npz',
    npz({ 'arr_0.npy': npy([2, 4, 4, 3]) }),
    '"arr_0" (2, 4, 4, 3) (images? features are needed',
  ],
  ['images in a .npy', npy([2, 4, 4, 3]), 'shape (2, 4, 4, 3) (images? features are needed'],
  ['three dimensions', npz({ 'x.npy': npy([2, 1, 5]), 'y.npy': npy([2]) }), 'it holds "x" (2, 1, 5); "y" (2,)'],
  ['pickled objects', objects, "holds pickled Python objects ('|O')"],
  ['pickled objects in an .npz', npz({ 'x.npy': objects }), '"x" of pickled Python objects'],
  [
    'what torch.save writes',
    npz({ 'm/data.pkl': Buffer.from('x'), 'm/data/0': Buffer.alloc(8) }),
    'is a PyTorch file',
  ],
  ['another zip', npz({ 'word/document.xml': Buffer.from('x') }), 'is a zip file without .npy entries'],
  ['nothing', Buffer.alloc(0), 'it is empty'],
  ['a pickle', Buffer.from('\x80\x04\x95\x10\0', 'latin1'), 'it is a Python pickle: numpy.save its array'],
  [
    'text',
    Buffer.from('1.5,2\n3,4\n'),
    "it looks like text: numpy.save what numpy.loadtxt(..., delimiter=',')",
  ],
  ['JSON', Buffer.from('[[1, 2], [3, 4]]'), 'it looks like JSON'],
  ['gzip', gzipSync('x'), 'it is compressed by gzip'],
  ['HDF5', Buffer.from('\x89HDF\r\n\x1a\n\0\0', 'latin1'), 'it is an HDF5 file'],
  ['safetensors', safetensors, 'it is a safetensors file'],
  [
    'a picture',
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    'it is an image: features are needed, a row a sample: madloop features makes them of images, or Python as in docs/features.md',
  ],
  [
    'a Git LFS pointer',
    Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:0\n'),
    'git lfs pull',
  ],
  ['a page', Buffer.from('\n<!DOCTYPE html><html>'), 'it is an HTML page'],
  [
    'two arrays',
    Buffer.concat([npy([2, 3]), npy([2, 3])]),
    `${npy([2, 3]).length} bytes follow (another array?)`,
  ],
  ['a cut array', npy([2, 3]).subarray(0, -1), '1 bytes are missing'],
])('%s', async (_, bytes, piece) => {
  await expectRejection(() => readMatrixFrom(memorySource(bytes)), 'ERR_INVALID_INPUT', 'memory', piece);
});

test('bytes that show nothing are only not ours', async () => {
  await expect(readMatrixFrom(memorySource(Buffer.from([1, 2, 3])))).rejects.toMatchObject({
    message: 'memory begins neither like a .npy nor like an .npz file',
  });
});

describe('types of elements that NumPy reads, too', () => {
  test.each([
    ['float32', 4],
    ['f4', 4],
    ['|f4', 4],
    ['=f4', 4],
    ['single', 4],
    ['f', 4],
    ['float64', 8],
    ['double', 8],
    ['f8', 8],
  ])('%s', async (descr, bytes) => {
    const values = bytes === 4 ? Float32Array.of(1.5, -2) : Float64Array.of(1.5, -2);
    const path = join(folder, 'typed.npy');
    await writeFile(path, npyBytes(descr, [2, 1], Buffer.from(values.buffer)));
    expect((await readMatrix(path)).data).toEqual(values);
  });

  test.each(['float16', 'int8', 'u1', 'uint32', '|i1', 'int64'])('%s', async (descr) => {
    const bytes = Number(/\d+/.exec(descr)![0]) / (descr.length > 3 ? 8 : 1);
    const bytesOf = npyBytes(descr, [3, 1], Buffer.alloc(3 * bytes));
    expect([...(await readMatrixFrom(memorySource(bytesOf))).data]).toEqual([0, 0, 0]);
  });

  test.each(['f1', '|f3', 'float8', 'int', 'bool', 'c16', 'uint128', '<U3', '<<f4'])(
    '%s is none',
    async (descr) => {
      const bytes = npyBytes(descr, [1, 1], Buffer.alloc(8));
      await expectRejection(() => readMatrixFrom(memorySource(bytes)), 'ERR_INVALID_INPUT', descr);
    },
  );
});
