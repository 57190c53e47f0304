// The cells of a map as a picture: the colours of the cells, where they stand.

import { inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { cellPicture } from '../../src/charts/cell-picture.js';
import { colourAt, linearColours } from '../../src/charts/colours.js';

const colours = linearColours([0, 10]);

/** Width, height and pixels ("#rrggbb", undefined where nothing is to be seen) of the picture in the markup. */
function pictureIn(markup: string): { width: number; height: number; pixels: (string | undefined)[][] } {
  const png = Buffer.from(markup.match(/href="data:image\/png;base64,([^"]*)"/)![1]!, 'base64');
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const length = png.readUInt32BE(33);
  const rows = inflateSync(png.subarray(41, 41 + length));
  const pixel = (row: number, column: number) => {
    const begin = row * (4 * width + 1) + 1 + 4 * column;
    return rows[begin + 3] === 0 ? undefined : `#${rows.subarray(begin, begin + 3).toString('hex')}`;
  };
  const pixels = Array.from({ length: height }, (_, row) =>
    Array.from({ length: width }, (_, column) => pixel(row, column)),
  );
  return { width, height, pixels };
}

test('has a pixel a cell where all are as wide, the last row on top, none where there is no number', () => {
  const values = [
    [0, 5, undefined],
    [Number.NaN, 10, 2],
  ];
  const { markup } = cellPicture(values, colours, { x: [10, 20, 30, 40], y: [90, 50, 10] });
  expect(markup).toContain('x="10" y="10" width="30" height="80"');
  const at = (value: number) => colourAt(colours, value);
  expect(pictureIn(markup).pixels).toEqual([
    [undefined, at(10), at(2)],
    [at(0), at(5), undefined],
  ]);
  // Grey where a cell has no number, not where there is no cell.
  expect(markup.match(/ d="([^"]*)"/)![1]).toBe('M10,50H20V10H10z');
});

test('has pixels of half a unit where cells differ in width', () => {
  const { width, height, pixels } = pictureIn(
    cellPicture([[1, 9]], colours, { x: [0, 3, 10], y: [4, 0] }).markup,
  );
  expect([width, height]).toEqual([20, 1]);
  expect(pixels[0]!.map((colour) => (colour === colourAt(colours, 1) ? 'a' : 'b')).join('')).toBe(
    'aaaaaabbbbbbbbbbbbbb',
  );
});
