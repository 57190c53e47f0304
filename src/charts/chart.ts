// A chart as users get it: an SVG document that needs no other file, and the same as PNG.

import { element, type Markup } from './markup.js';
import { fontFamily, type PngOptions, renderPng } from './render-png.js';
import { textWidth } from './text-width.js';

/** A chart that was drawn. */
export interface Chart {
  /** An SVG document. It needs nothing else; its letters are DejaVu Sans where that is installed. */
  readonly svg: string;
  /**
   * The same as the bytes of a PNG file. The font comes with madloop, so that the picture is the same on every machine.
   *
   * Rejects with ERR_INVALID_INPUT (`scale` is no number from 0.1 to 20) and ERR_MISSING_PACKAGE (the optional package
   * @resvg/resvg-js is not installed).
   */
  png(options?: PngOptions): Promise<Uint8Array>;
}

/** A part of a chart, drawn with its upper left corner in the origin. */
export interface Block {
  readonly width: number;
  readonly height: number;
  readonly markup: Markup;
}

export const ink = '#1c1c1c';
const softInk = '#555555';

const margin = 12;
const titleSize = 14;
const subtitleSize = 11;

/** A block under its title and the lines of its subtitle, as a document. */
export function chartOf(title: string, subtitle: readonly string[], block: Block): Chart {
  const top = margin + (title === '' ? 0 : 22) + 15 * subtitle.length + 8;
  // Bold letters are wider by a tenth.
  const texts = [1.1 * textWidth(title, titleSize), ...subtitle.map((line) => textWidth(line, subtitleSize))];
  const width = Math.ceil(2 * margin + Math.max(block.width, ...texts));
  const height = Math.ceil(top + block.height + margin);
  const document = element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      'xmlns:xlink': 'http://www.w3.org/1999/xlink',
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      'font-family': `${fontFamily}, Verdana, sans-serif`,
      'font-size': subtitleSize,
      fill: ink,
    },
    element('rect', { width, height, fill: 'white' }),
    ...(title === ''
      ? []
      : [element('text', { x: margin, y: margin + 13, 'font-size': titleSize, 'font-weight': 'bold' }, title)]),
    ...subtitle.map((line, i) =>
      element('text', { x: margin, y: top - 8 - 15 * (subtitle.length - i) + 11, fill: softInk }, line),
    ),
    moved(block, margin, top),
  );
  return { svg: document.markup, png: (options) => renderPng(document.markup, options) };
}

/** Blocks from left to right, their upper edges on one line. */
export function beside(gap: number, blocks: readonly Block[]): Block {
  return inRow(blocks, gap, 'x');
}

/** Blocks one below the other, their left edges on one line. */
export function below(gap: number, blocks: readonly Block[]): Block {
  return inRow(blocks, gap, 'y');
}

function inRow(blocks: readonly Block[], gap: number, direction: 'x' | 'y'): Block {
  const shown = blocks.filter(({ width, height }) => width > 0 && height > 0);
  let next = 0;
  let [width, height] = [0, 0];
  const drawn = shown.map((block) => {
    const [x, y] = direction === 'x' ? [next, 0] : [0, next];
    next += gap + (direction === 'x' ? block.width : block.height);
    width = Math.max(width, x + block.width);
    height = Math.max(height, y + block.height);
    return moved(block, x, y);
  });
  return { width, height, markup: { markup: drawn.map(({ markup }) => markup).join('') } };
}

function moved({ markup }: Block, x: number, y: number): Markup {
  return x === 0 && y === 0 ? markup : element('g', { transform: `translate(${x} ${y})` }, markup);
}
