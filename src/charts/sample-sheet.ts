// Sheets of sample images: lines of pictures, one a sample, in an SVG document that holds their pixels.

import { invalid, isArray, mustError } from '../base/check.js';
import { finite, integer, list, object, resolve, rows, string, type TableOf } from '../base/options.js';
import type { Matrix } from '../base/shapes.js';
import { dataUrl, greyscalePng } from '../files/png.js';
import { type Chart, chartOf } from './chart.js';
import { element, together } from './markup.js';
import { textWidth } from './text-width.js';
import { extent } from './ticks.js';
import { titleOptions } from './title-options.js';

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

/** The least and the greatest value of the samples. */
interface Extent {
  readonly least: number;
  readonly greatest: number;
}

export const sampleSheetOptions = {
  height: integer(1, 4096).in('pixels').doc('of an image; height x width are the columns of the samples'),
  width: integer(1, 4096).in('pixels').doc('of an image'),
  black: finite()
    .or(({ least }: Extent) => least, 'the least value')
    .doc('the value that is drawn black, as are those beyond'),
  white: finite()
    // A picture of one grey needs two ends, too.
    .or(
      ({ greatest, black }: Extent & { readonly black: number }) => (greatest > black ? greatest : black + 1),
      'the greatest value',
    )
    .and((where, argument, white, { black }: { readonly black: number }) => {
      if (white === black) throw invalid(where, argument, 'differ from black', white);
    })
    .doc('the value that is drawn white, as are those beyond'),
  columns: integer(1, 1024).or(16).doc('images in a line, where one matrix is given'),
  ...titleOptions,
} satisfies TableOf<SampleSheetOptions>;

const pixels = rows().and((where, argument, { data, cols }) => {
  const wrong = data.findIndex(Number.isNaN);
  if (wrong < 0) return;
  const place = `row ${Math.floor(wrong / cols)}, column ${wrong % cols}`;
  throw mustError(where, argument, 'hold numbers', `NaN at ${place}`);
});

const sampleLine = object({
  label: string().or(''),
  samples: pixels,
} satisfies TableOf<SampleLine>);

const gap = 1; // pixels of an image between neighbours
const shownImage = 40; // units of the document that an image takes
const labelSize = 11;

/**
 * Draws samples that are grey images: rows of one matrix, line after line, or lines with labels of their own (one a
 * generation, say). Neighbours stand apart by a white line.
 *
 * Throws ERR_INVALID_INPUT: samples that are no matrix or list of lines, a pixel that is NaN, another number of columns than
 * height x width, black that equals white.
 *
 * @example
 * const fitted = await gaussian().fit(images);
 * const sheet = sampleSheet(await fitted.sample(64, { lambda: 1, seed: 1 }), { height: 28, width: 28, columns: 8 });
 * await writeFile('samples.png', await sheet.png());
 */
export function sampleSheet(samples: Matrix | readonly SampleLine[], options: SampleSheetOptions): Chart {
  const where = 'sampleSheet';
  const given = isArray(samples)
    ? list(sampleLine).resolve(where, 'samples', samples, {})
    : pixels.resolve(where, 'samples', samples, {});
  const matrices = 'data' in given ? [given] : given.map((line) => line.samples);
  if (matrices.length === 0) throw invalid(where, 'samples', 'have at least one line', samples);
  const ends = matrices.flatMap(({ data }) => extent(data));
  const { least, greatest } = { least: Math.min(...ends), greatest: Math.max(...ends) };
  const { title, subtitle, columns, ...look } = resolve(where, options, sampleSheetOptions, {
    least,
    greatest,
  });
  const wrong = matrices.find(({ cols }) => cols !== look.height * look.width);
  if (wrong !== undefined) {
    const requirement = `have height x width = ${look.height * look.width} columns`;
    throw mustError(where, 'samples', requirement, String(wrong.cols));
  }
  const lines = 'data' in given ? linesOf(given, columns) : given;

  const scale = shownImage / Math.max(look.height, look.width);
  const lineHeight = (look.height + gap) * scale;
  const labels = lines.map(({ label }) => textWidth(label, labelSize));
  const labelWidth = Math.max(...labels) === 0 ? 0 : Math.max(56, ...labels) + 8;
  const most = Math.max(...lines.map(({ samples: { rows } }) => rows));
  const strips = lines.map(({ label, samples: line }, i) => {
    const width = line.rows * (look.width + gap) - gap;
    const png = greyscalePng(stripPixels(line, look), width, look.height);
    const place = { x: labelWidth, y: i * lineHeight, width: width * scale, height: look.height * scale };
    return together(
      element('text', { x: 0, y: (i + 0.5) * lineHeight + 4 }, label),
      element('image', { ...place, 'image-rendering': 'optimizeSpeed', 'xlink:href': dataUrl(png) }),
    );
  });
  return chartOf(title, subtitle, {
    width: labelWidth + most * (look.width + gap) * scale,
    height: lines.length * lineHeight,
    markup: together(...strips),
  });
}

/** The rows of a matrix, `columns` of them a line. */
function linesOf({ data, rows, cols }: Matrix, columns: number): SampleLine[] {
  return Array.from({ length: Math.ceil(rows / columns) }, (_, i) => {
    const [first, end] = [i * columns, Math.min(rows, (i + 1) * columns)];
    return { label: '', samples: { data: data.subarray(first * cols, end * cols), rows: end - first, cols } };
  });
}

/** What every image has. */
type Look = Readonly<Record<'height' | 'width' | 'black' | 'white', number>>;

function stripPixels({ data, rows, cols }: Matrix, { height, width, black, white }: Look): Uint8Array {
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
