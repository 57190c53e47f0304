import { inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import { type SampleSheetOptions, sampleSheet } from '../../src/charts/sample-sheet.js';
import { greyscalePng } from '../../src/files/png.js';
import { elementsOf, textsOf } from '../support/svg.js';

test('a PNG holds its pixels, each row behind a filter type', () => {
  const png = Buffer.from(greyscalePng(Uint8Array.of(0, 50, 100, 150, 200, 255), 3, 2));
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([3, 2]);
  const start = png.indexOf('IDAT');
  const length = png.readUInt32BE(start - 4);
  expect([...inflateSync(png.subarray(start + 4, start + 4 + length))]).toEqual([
    0, 0, 50, 100, 0, 150, 200, 255,
  ]);
});

/** The pixels of each PNG in a document. */
function pixelsOf(svg: string): number[][] {
  return elementsOf(svg, 'image').map((image) => {
    const png = Buffer.from(/base64,(.+)/.exec(image['xlink:href']!)![1]!, 'base64');
    const start = png.indexOf('IDAT');
    return [...inflateSync(png.subarray(start + 4, start + 4 + png.readUInt32BE(start - 4)))];
  });
}

const samples = matrix(Float64Array.of(0, 1, 1, 0, 2, -1, 0.5, 0), 2, 4);
const size = { height: 2, width: 2 };

test('a sheet has a line a generation, its label, and its images with white between them', async () => {
  const sheet = sampleSheet(
    [
      { label: 't = 1', samples },
      { label: 't = 2', samples },
    ],
    // Values beyond black and white are cut.
    { title: 'A < B', subtitle: ['two images of 2 x 2'], ...size, black: 0, white: 1 },
  );
  expect(textsOf(sheet.svg)).toEqual(['A &lt; B', 'two images of 2 x 2', 't = 1', 't = 2']);
  const line = [0, 0, 255, 255, 255, 0, 0, 255, 0, 255, 128, 0];
  expect(pixelsOf(sheet.svg)).toEqual([line, line]);
  expect((await sheet.png()).length).toBeGreaterThan(1000);
});

test('a matrix fills line after line; black and white are its least and greatest value', () => {
  const { svg } = sampleSheet(matrix(Float32Array.of(0, 1, 2, 3, 4, 5), 3, 2), {
    height: 1,
    width: 2,
    columns: 2,
  });
  expect(pixelsOf(svg)).toEqual([
    [0, 0, 51, 255, 102, 153],
    [0, 204, 255],
  ]);
  expect(textsOf(svg).join('')).toBe('');
  // One grey: it is black, and nothing is divided by zero.
  expect(pixelsOf(sampleSheet(matrix(Float64Array.of(7, 7), 1, 2), { height: 1, width: 2 }).svg)).toEqual([
    [0, 0, 0],
  ]);
});

test('infinite pixels are drawn as the ends', () => {
  const infinite = matrix(Float64Array.of(Number.NEGATIVE_INFINITY, 0, 1, Number.POSITIVE_INFINITY), 1, 4);
  expect(pixelsOf(sampleSheet(infinite, size).svg)).toEqual([[0, 0, 0, 0, 255, 255]]);
});

test.each<[string, unknown, unknown, string]>([
  ['samples', [], size, 'sampleSheet: samples must have at least one line, got an array of length 0'],
  [
    'a sample',
    samples,
    { height: 2, width: 3 },
    'sampleSheet: samples must have height x width = 6 columns, got 4',
  ],
  ['a line', [{ label: 1, samples }], size, 'sampleSheet: samples[0].label must be a string, got 1'],
  ['options', samples, undefined, 'sampleSheet: height must be an integer from 1 to 4096, got undefined'],
  ['greys', samples, { ...size, black: 1, white: 1 }, 'sampleSheet: white must differ from black, got 1'],
  [
    'a pixel that is no number',
    matrix(Float64Array.of(0, 1, 2, 3, 4, 5, Number.NaN, 7), 2, 4),
    size,
    'sampleSheet: samples must hold numbers, got NaN at row 1, column 2',
  ],
  [
    'such a pixel of a line',
    [
      { label: '', samples },
      { label: '', samples: matrix(Float32Array.of(0, 1, 2, Number.NaN), 1, 4) },
    ],
    size,
    'sampleSheet: samples[1].samples must hold numbers, got NaN at row 0, column 3',
  ],
  ['grey', samples, { ...size, black: Number.NaN }, 'sampleSheet: black must be a finite number, got NaN'],
])('refuses %s', (_, given, options, message) => {
  expect(() => sampleSheet(given as typeof samples, options as SampleSheetOptions)).toThrow(
    expect.objectContaining({ code: 'ERR_INVALID_INPUT', message }),
  );
});
