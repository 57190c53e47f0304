// The cells of a map as one picture: a page of fifty thousand cells stays small, and quick to draw.

import { colourPng, dataUrl } from '../files/png.js';
import { type ColourScale, colourAt } from './colours.js';
import type { CellDrawing } from './map-plot.js';
import { element } from './markup.js';

// Where cells are not all as wide, a pixel is so many units of the document.
const pixelSize = 0.5;

/** Draws the cells of a panel as one picture, and those that have no number in grey over it. */
export const cellPicture: CellDrawing = (values, colours, { x, y }) => {
  const columns = pixelsAlong(x);
  const rows = pixelsAlong(y).reverse();
  const cells = values.map((row) => row.map((value) => redGreenBlueOpacity(value, colours)));
  const length = 4 * columns.length;
  const pixels = new Uint8Array(length * rows.length);
  rows.forEach((j, row) => {
    const begin = row * length;
    if (j === rows[row - 1]) pixels.copyWithin(begin, begin - length, begin);
    else for (const [column, i] of columns.entries()) pixels.set(cells[j]![i]!, begin + 4 * column);
  });
  const [left, top] = [x[0]!, y.at(-1)!];
  const png = colourPng(pixels, columns.length, rows.length);
  const number = (value: number) => String(Number(value.toFixed(2)));
  const none = values
    .flatMap((row, j) =>
      row.map((value, i) =>
        value === undefined || !Number.isNaN(value)
          ? ''
          : `M${number(x[i]!)},${number(y[j]!)}H${number(x[i + 1]!)}V${number(y[j + 1]!)}H${number(x[i]!)}z`,
      ),
    )
    .join('');
  return element(
    'g',
    { class: 'cells', 'aria-hidden': 'true' },
    element('image', {
      x: left,
      y: top,
      width: x.at(-1)! - left,
      height: y[0]! - top,
      preserveAspectRatio: 'none',
      'image-rendering': 'pixelated',
      href: dataUrl(png),
    }),
    ...(none === '' ? [] : [element('path', { class: 'none', fill: '#dddddd', d: none })]),
  );
};

function redGreenBlueOpacity(value: number | undefined, colours: ColourScale): readonly number[] {
  if (value === undefined || Number.isNaN(value)) return [0, 0, 0, 0];
  const colour = Number.parseInt(colourAt(colours, value).slice(1), 16);
  return [colour >> 16, (colour >> 8) & 255, colour & 255, 255];
}

/** Which cell each pixel between the edges shows: one pixel a cell, where all are as wide. */
function pixelsAlong(edges: readonly number[]): number[] {
  const cells = edges.length - 1;
  const whole = edges[cells]! - edges[0]!;
  const isEven = edges.every((edge, i) => Math.abs(edge - edges[0]! - (whole * i) / cells) < pixelSize / 4);
  if (isEven) return Array.from({ length: cells }, (_, i) => i);
  const pixels = Math.round(Math.abs(whole) / pixelSize);
  let cell = 0;
  return Array.from({ length: pixels }, (_, pixel) => {
    const place = (pixel + 0.5) / pixels;
    while (cell < cells - 1 && (edges[cell + 1]! - edges[0]!) / whole <= place) cell += 1;
    return cell;
  });
}
