import { inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import { renderPng } from '../../src/charts/render.js';
import { sampleSheetSvg } from '../../src/charts/sample-sheet.js';
import { greyscalePng } from '../../src/files/png.js';

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

test('a sheet has a line a generation, its label, and its images with white between them', async () => {
  const samples = matrix(Float64Array.of(0, 1, 1, 0, 2, -1, 0.5, 0), 2, 4); // values beyond black and white are cut
  const svg = sampleSheetSvg({
    title: 'A < B',
    subtitle: ['two images of 2 x 2'],
    imageHeight: 2,
    imageWidth: 2,
    black: 0,
    white: 1,
    lines: [
      { label: 't = 1', samples },
      { label: 't = 2', samples },
    ],
  });
  expect(svg).toContain('A &lt; B');
  expect(svg.match(/t = \d/g)).toEqual(['t = 1', 't = 2']);
  const png = Buffer.from(/base64,([^"]+)/.exec(svg)![1]!, 'base64');
  const start = png.indexOf('IDAT');
  const pixels = [...inflateSync(png.subarray(start + 4, start + 4 + png.readUInt32BE(start - 4)))];
  expect(pixels).toEqual([0, 0, 255, 255, 255, 0, 0, 255, 0, 255, 128, 0]);
  expect((await renderPng(svg)).length).toBeGreaterThan(1000);
});
