// A sheet of sample images: one line a generation, one image a sample, as an SVG document that holds its pixels.

import type { Matrix } from '../base/shapes.js';
import { greyscalePng } from '../files/png.js';
import { escapedText, fontFamily } from './svg-text.js';

export interface SampleSheet {
  readonly title: string;
  readonly subtitle: readonly string[];
  /** Height and width of an image; their product is the columns of the samples. Pixels are stored row by row. */
  readonly imageHeight: number;
  readonly imageWidth: number;
  /** The values that are drawn black and white; those beyond are drawn as these. */
  readonly black: number;
  readonly white: number;
  readonly lines: readonly { readonly label: string; readonly samples: Matrix }[];
}

const margin = 12;
const labelWidth = 64;
const gap = 1; // pixels of an image between neighbours
const shownImage = 40; // units of the document that an image takes

/** Greys are relative to `black` and `white`, neighbours stand apart by a white line. */
export function sampleSheetSvg(sheet: SampleSheet): string {
  const { title, subtitle, lines, imageHeight, imageWidth } = sheet;
  const scale = shownImage / Math.max(imageHeight, imageWidth);
  const most = Math.max(...lines.map(({ samples }) => samples.rows));
  const lineHeight = (imageHeight + gap) * scale;
  const top = margin + 22 + 15 * subtitle.length + 6;
  const width = 2 * margin + Math.max(labelWidth + most * (imageWidth + gap) * scale, 360);
  const height = top + lines.length * lineHeight + margin;
  const text = (x: number, y: number, size: number, colour: string, content: string) =>
    `<text x="${x}" y="${y}" font-size="${size}" fill="${colour}">${escapedText(content)}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${width}" height="${height}" ` +
      `viewBox="0 0 ${width} ${height}" font-family="${fontFamily}, sans-serif">`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    text(margin, margin + 13, 14, '#111', title),
    ...subtitle.map((line, i) => text(margin, margin + 31 + 15 * i, 11, '#555', line)),
    ...lines.flatMap(({ label, samples }, i) => {
      const y = top + i * lineHeight;
      const strip = {
        width: samples.rows * (imageWidth + gap) - gap,
        pixels: stripPixels(sheet, samples),
      };
      const png = Buffer.from(greyscalePng(strip.pixels, strip.width, imageHeight)).toString('base64');
      return [
        text(margin, y + lineHeight / 2 + 4, 11, '#111', label),
        `<image x="${margin + labelWidth}" y="${y}" width="${strip.width * scale}" height="${imageHeight * scale}" ` +
          `image-rendering="optimizeSpeed" xlink:href="data:image/png;base64,${png}"/>`,
      ];
    }),
    '</svg>',
  ].join('\n');
}

/** The samples of a line side by side, height x (columns of all images and gaps). */
function stripPixels(
  { imageHeight, imageWidth, black, white }: SampleSheet,
  { data, rows, cols }: Matrix,
): Uint8Array {
  const width = rows * (imageWidth + gap) - gap;
  const pixels = new Uint8Array(imageHeight * width).fill(255);
  for (let sample = 0; sample < rows; sample += 1) {
    for (let y = 0; y < imageHeight; y += 1) {
      for (let x = 0; x < imageWidth; x += 1) {
        const value = (data[sample * cols + y * imageWidth + x]! - black) / (white - black);
        pixels[y * width + sample * (imageWidth + gap) + x] = Math.round(255 * Math.min(1, Math.max(0, value)));
      }
    }
  }
  return pixels;
}
