// The parts of `madloop features` that need no other package.

import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resolve } from '../../src/base/options.js';
import { type ImageFile, imageFiles } from '../../src/extraction/image-files.js';
import { extractionOptions } from '../../src/extraction/options.js';
import { PartialFeatures } from '../../src/extraction/partial-features.js';
import { pooled } from '../../src/extraction/pool.js';
import { protocolText } from '../../src/extraction/protocol.js';
import { extractorOfFile } from '../../src/features/extractor.js';
import { readMatrix } from '../../src/features/matrix-file.js';
import { expectRejection, expectThrow } from '../support/rejection.js';

const folder = mkdtempSync(join(tmpdir(), 'madloop-extraction-'));
afterAll(() => rmSync(folder, { recursive: true }));

const given = { onnx: 'x.onnx', range: '0,1' };

describe('options', () => {
  test('numbers, sizes and defaults', () => {
    expect(
      resolve('features', { ...given, mean: '0.5', std: '1,2,3', size: '192x48' }, extractionOptions),
    ).toEqual({
      onnx: 'x.onnx',
      range: [0, 1],
      mean: [0.5],
      std: [1, 2, 3],
      size: { width: 192, height: 48 },
      resize: 'pillow-bicubic-float32',
      pool: 'none',
      batch: 16,
    });
    expect(resolve('features', { ...given, size: '299' }, extractionOptions).size).toEqual({
      width: 299,
      height: 299,
    });
  });

  test.each([
    [{ range: '1' }, 'features: range must be two numbers, as 0,1, got "1"'],
    [{ range: '0,' }, 'range must be two numbers'],
    [{ range: '0,x' }, 'range must be two numbers'],
    [{ range: undefined }, 'range must be two numbers, as 0,1, got undefined'],
    [{ onnx: undefined }, 'onnx must be the name of an ONNX file, got undefined'],
    [{ mean: '1,2' }, 'mean must be one number or three'],
    [{ std: '1,0,1' }, 'std must be above 0, got "1,0,1"'],
    [{ size: '0x9' }, 'size must be a side or WIDTHxHEIGHT in pixels, up to 8192, got "0x9"'],
    [{ size: '9x9000' }, 'size must be'],
    [{ size: '9 x 9' }, 'size must be'],
    [{ resize: 'lanczos' }, "resize must be one of 'pillow-bicubic-float32'"],
    [{ pool: 'mean' }, 'pool must be one of'],
    [{ batch: 0 }, 'batch must be an integer from 1 to 4096, got 0'],
  ])('%j is refused', (change, message) => {
    expectThrow(
      () => resolve('features', { ...given, ...change }, extractionOptions),
      'ERR_INVALID_INPUT',
      message,
    );
  });

  test('the protocol says all that decides features, and nothing else', () => {
    const size = { width: 2, height: 3 };
    const text = (more: object) =>
      protocolText('ab', size, resolve('features', { ...given, ...more }, extractionOptions));
    expect(text({})).toBe('onnx sha256:ab, size 2x3, resize pillow-bicubic-float32, range 0,1');
    expect(text({ tensor: 't', pool: 'tokens', mean: '0.5', std: '1,2,3', resize: 'none', batch: 3 })).toBe(
      'onnx sha256:ab, tensor t, pool tokens, size 2x3, resize none, range 0,1, mean 0.5, std 1,2,3',
    );
  });
});

describe('what is taken of a tensor', () => {
  const tensor = (dims: readonly number[]) => ({
    data: Float32Array.from({ length: dims.reduce((a, b) => a * b) }, (_, i) => i),
    dims,
  });

  test.each([
    ['none', [2, 3], [0, 1, 2, 3, 4, 5]],
    ['none', [2, 3, 1, 1], [0, 1, 2, 3, 4, 5]],
    ['none', [2, 1, 3], [0, 1, 2, 3, 4, 5]],
    ['none', [2], [0, 1]],
    ['positions', [2, 2, 3], [1, 4, 7, 10]],
    ['positions', [2, 2, 1, 3], [1, 4, 7, 10]],
    ['tokens', [2, 2, 3], [1.5, 2.5, 3.5, 7.5, 8.5, 9.5]],
    ['class-token', [2, 2, 3], [0, 1, 2, 6, 7, 8]],
  ] as const)('%s of %j', (pool, dims, expected) => {
    const { data, cols } = pooled('features', tensor(dims), pool, 2);
    expect([Array.from(data), cols]).toEqual([expected, expected.length / 2]);
    expect(Array.from(pooled('features', tensor(dims), pool, 1).data)).toEqual(expected.slice(0, cols));
  });

  test.each([
    [
      'none',
      [2, 2, 3],
      "pool must be given, as the tensor holds more than a row an image (positions: images, channels, places; tokens, class-token: images, tokens, channels), got 'none' for shape (2, 2, 3)",
    ],
    ['tokens', [2, 2, 3, 1], "pool must fit the shape of the tensor, (2, 2, 3, 1), got 'tokens'"],
    ['positions', [2, 6], 'pool must fit the shape'],
    ['none', [1, 6], 'tensor must have a row an image, got shape (1, 6) of 2 images'],
  ] as const)('%s of %j is refused', (pool, dims, message) => {
    expectThrow(() => pooled('features', tensor(dims), pool, 2), 'ERR_INVALID_INPUT', message);
  });
});

describe('images of a folder', () => {
  const place = join(folder, 'images');
  beforeAll(() => {
    for (const name of ['b', 'a/c', '.thumbnails']) mkdirSync(join(place, name), { recursive: true });
    for (const name of [
      'b/2.png',
      'b/10.PNG',
      'a/c/1.jpeg',
      'a-.webp',
      'notes.txt',
      '.x.png',
      '.thumbnails/1.png',
    ]) {
      writeFileSync(join(place, name), name);
    }
    symlinkSync(join(place, 'b/2.png'), join(place, 'link.png'));
    symlinkSync(join(place, 'gone'), join(place, 'dangling.png'));
    symlinkSync(place, join(place, 'circle.png'));
  });

  test('by name, from all folders; what is hidden, or no file, left out', async () => {
    const { images, others } = await imageFiles('features', place);
    expect(images.map(({ name }) => name)).toEqual([
      'a-.webp',
      'a/c/1.jpeg',
      'b/10.PNG',
      'b/2.png',
      'link.png',
    ]);
    expect(images[3]).toMatchObject({ path: join(place, 'b/2.png'), bytes: 7 });
    expect(others).toEqual(['notes.txt']);
  });

  test('none, and what is no folder', async () => {
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    await expectRejection(
      () => imageFiles('features', empty),
      'ERR_INVALID_INPUT',
      'folder must hold images (.png, .jpg, ',
    );
    for (const [name, message] of [
      ['gone', 'gone: expected a folder of images, there is none of this name'],
      ['notes.txt', 'notes.txt: expected a folder of images, got a file'],
    ] as const)
      await expectRejection(() => imageFiles('features', join(place, name)), 'ERR_FILE', message);
  });
});

describe('features on their way', () => {
  const output = join(folder, 'out.npy');
  const images = Array.from(
    { length: 5 },
    (_, i): ImageFile => ({ name: `${i}.png`, path: '', bytes: 10 + i, modified: i / 8 }),
  );
  const work = { protocol: 'how', batch: 2, images };
  const open = (change: object = {}) => PartialFeatures.open('features', output, { ...work, ...change });
  const rows = (...values: number[]) => Float32Array.from(values);

  beforeAll(async () => {
    const partial = await open();
    await partial.append(rows(1, 2, 3, 4), 2);
    await partial.leave();
  });

  test.each<[string, object, string]>([
    ['another protocol', { protocol: 'else' }, 'holds features of another protocol (how)'],
    ['another batch', { batch: 3 }, 'was made in batches of 2, not 3'],
    [
      'a changed image',
      { images: images.with(1, { ...images[1]!, modified: 7 }) },
      'holds features of other images',
    ],
    ['fewer images', { images: images.slice(0, 1) }, 'holds features of other images'],
  ])('are not gone on with for %s', async (_, change, message) => {
    const before = readFileSync(`${output}.partial`);
    await expectRejection(() => open(change), 'ERR_INVALID_INPUT', `features: ${output}.partial ${message}`);
    expect(readFileSync(`${output}.partial`).equals(before)).toBe(true);
  });

  test.each<[string, string, number, string]>([
    ['a shorter file', '.partial', 140, 'is cut short'],
    ['a damaged state', '.partial.json', 30, 'stands beside a file that does not say what it holds'],
  ])('are not gone on with from %s', async (_, ending, length, message) => {
    const before = readFileSync(output + ending);
    truncateSync(output + ending, length);
    await expectRejection(() => open(), 'ERR_INVALID_INPUT', message);
    writeFileSync(output + ending, before);
  });

  test('are gone on with where all is the same, images that come later included, whatever a crash left behind them', async () => {
    writeFileSync(
      `${output}.partial`,
      Buffer.concat([readFileSync(`${output}.partial`), Buffer.alloc(100, 7)]),
    );
    const later = images.slice(0, 3).concat({ name: 'later.png', path: '', bytes: 1, modified: 1 });
    const partial = await open({ images: later });
    expect([partial.done, partial.cols]).toEqual([2, 2]);
    await expectRejection(
      () => partial.append(rows(1, 2, 3), 3),
      'ERR_INVALID_INPUT',
      'as many features for every image, got 2 and 3',
    );
    await partial.append(rows(5, 6, 7, 8), 2);
    await partial.finish();
    expect(await readMatrix(output)).toMatchObject({ rows: 4, cols: 2 });
    expect(Array.from((await readMatrix(output)).data)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(await extractorOfFile(output, undefined)).toBe('how');
  });
});
