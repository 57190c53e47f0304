// Sheets of sample images: lines of pictures, one a sample, in an SVG document that holds their pixels.

import { checkInteger, checkMatrix, checkOptions, invalid, mustError } from '../base/check.js';
import type { Matrix } from '../base/shapes.js';
import { greyscalePng } from '../files/png.js';
import { type Chart, chartOf } from './chart.js';
import { checkText, checkTexts } from './check-chart.js';
import { element, together } from './markup.js';
import { textWidth } from './text-width.js';
import { extent } from './ticks.js';

/** A line of a sheet: an image for each row of `samples`. */
export interface SampleLine {
  /** On the left of the line. */
  readonly label: string;
  readonly samples: Matrix;
}

export interface SampleSheetOptions {
  /** Height and width of an image in pixels; their product is the columns of the samples. Pixels are stored row by row. */
  readonly height: number;
  readonly width: number;
  /** The values that are drawn black and white; those beyond are drawn as these. Default: the least and the greatest there are. */
  readonly black?: number | undefined;
  readonly white?: number | undefined;
  /** Images in a line, where one matrix is given. Default 16. */
  readonly columns?: number | undefined;
  readonly title?: string | undefined;
  readonly subtitle?: readonly string[] | undefined;
}

const gap = 1; // pixels of an image between neighbours
const shownImage = 40; // units of the document that an image takes
const labelSize = 11;

/**
 * Draws samples that are grey images: rows of one matrix, line after line, or lines with labels of their own (one a
 * generation, say). Neighbours stand apart by a white line.
 *
 * Throws ERR_INVALID_INPUT: samples that are no matrix or list of lines, another number of columns than height x width,
 * black that equals white.
 *
 * @example
 * const fitted = await gaussian().fit(images);
 * const sheet = sampleSheet(await fitted.sample(64, { lambda: 1, seed: 1 }), { height: 28, width: 28, columns: 8 });
 * await writeFile('samples.png', await sheet.png());
 */
export function sampleSheet(samples: Matrix | readonly SampleLine[], options: SampleSheetOptions): Chart {
  const where = 'sampleSheet';
  const given = checkOptions(where, 'options', options, [
    'height',
    'width',
    'black',
    'white',
    'columns',
    'title',
    'subtitle',
  ]);
  const size = {
    height: checkInteger(where, 'height', given.height, 1, 4096),
    width: checkInteger(where, 'width', given.width, 1, 4096),
  };
  const columns = checkInteger(where, 'columns', given.columns ?? 16, 1, 1024);
  const lines = Array.isArray(samples)
    ? samples.map((line, i) => checkLine(where, `samples[${i}]`, line))
    : linesOf(checkMatrix(where, 'samples', samples), columns);
  if (lines.length === 0) throw invalid(where, 'samples', 'have at least one line', samples);
  for (const { samples: line } of lines) {
    if (line.cols !== size.height * size.width) {
      const requirement = `have height x width = ${size.height * size.width} columns`;
      throw mustError(where, 'samples', requirement, String(line.cols));
    }
  }
  const greys = checkGreys(where, given, lines);

  const scale = shownImage / Math.max(size.height, size.width);
  const lineHeight = (size.height + gap) * scale;
  const labels = lines.map(({ label }) => textWidth(label, labelSize));
  const labelWidth = Math.max(...labels) === 0 ? 0 : Math.max(56, ...labels) + 8;
  const most = Math.max(...lines.map(({ samples: { rows } }) => rows));
  const strips = lines.map(({ label, samples: line }, i) => {
    const width = line.rows * (size.width + gap) - gap;
    const png = greyscalePng(stripPixels(line, size, greys), width, size.height);
    const place = { x: labelWidth, y: i * lineHeight, width: width * scale, height: size.height * scale };
    return together(
      element('text', { x: 0, y: (i + 0.5) * lineHeight + 4 }, label),
      element('image', { ...place, 'image-rendering': 'optimizeSpeed', 'xlink:href': dataUrl(png) }),
    );
  });
  return chartOf(
    checkText(where, 'title', given.title ?? ''),
    checkTexts(where, 'subtitle', given.subtitle ?? []),
    {
      width: labelWidth + most * (size.width + gap) * scale,
      height: lines.length * lineHeight,
      markup: together(...strips),
    },
  );
}

/** A PNG file as an address that holds it. */
export function dataUrl(png: Uint8Array): string {
  return `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
}

function checkLine(where: string, argument: string, value: unknown): SampleLine {
  const { label, samples } = checkOptions(where, argument, value, ['label', 'samples']);
  return {
    label: checkText(where, `${argument}.label`, label ?? ''),
    samples: checkMatrix(where, `${argument}.samples`, samples),
  };
}

/** The rows of a matrix, `columns` of them a line. */
function linesOf({ data, rows, cols }: Matrix, columns: number): SampleLine[] {
  return Array.from({ length: Math.ceil(rows / columns) }, (_, i) => {
    const [first, end] = [i * columns, Math.min(rows, (i + 1) * columns)];
    return { label: '', samples: { data: data.subarray(first * cols, end * cols), rows: end - first, cols } };
  });
}

interface Greys {
  readonly black: number;
  readonly white: number;
}

function checkGreys(
  where: string,
  given: { black?: unknown; white?: unknown },
  lines: readonly SampleLine[],
): Greys {
  const ends = lines.map(({ samples: { data } }) => extent(data));
  const [least, greatest] = [Math.min(...ends.map(([low]) => low)), Math.max(...ends.map(([, high]) => high))];
  const black = checkGrey(where, 'black', given.black ?? least);
  // A picture of one grey needs two ends, too.
  const white = checkGrey(where, 'white', given.white ?? (greatest > black ? greatest : black + 1));
  if (white === black) throw invalid(where, 'white', 'differ from black', white);
  return { black, white };
}

function checkGrey(where: string, argument: string, value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw invalid(where, argument, 'be a finite number', value);
  }
  return value;
}

function stripPixels(
  { data, rows, cols }: Matrix,
  { height, width }: { height: number; width: number },
  { black, white }: Greys,
): Uint8Array {
  const stripWidth = rows * (width + gap) - gap;
  const pixels = new Uint8Array(height * stripWidth).fill(255);
  for (let sample = 0; sample < rows; sample += 1) {
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        const value = (data[sample * cols + y * width + x]! - black) / (white - black);
        pixels[y * stripWidth + sample * (width + gap) + x] = Math.round(255 * Math.min(1, Math.max(0, value)));
      }
    }
  }
  return pixels;
}
