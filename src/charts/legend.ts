// Which colour, dash or mark says what.

import { type Block, below, ink } from './chart.js';
import { type ColourScale, colourShare } from './colours.js';
import { element, type Markup } from './markup.js';
import { numberText } from './numbers.js';
import { textWidth } from './text-width.js';

export interface LegendEntry {
  /** Drawn about the origin, at most 12 units to either side. */
  readonly swatch: Markup;
  readonly label: string;
}

export interface Legend {
  /** Empty for none. */
  readonly title: string;
  readonly entries: readonly LegendEntry[];
}

const fontSize = 11;
const lineHeight = 18;
const swatchWidth = 24;

/** Legends one below the other, those without entries left out. */
export function legendBlock(legends: readonly Legend[]): Block {
  return below(12, legends.filter(({ entries }) => entries.length > 0).map(singleLegend));
}

function singleLegend({ title, entries }: Legend): Block {
  const top = title === '' ? 0 : lineHeight;
  const labels = entries.map(({ label }) => swatchWidth + 6 + textWidth(label, fontSize));
  return {
    width: Math.ceil(Math.max(textWidth(title, fontSize), ...labels)),
    height: top + entries.length * lineHeight,
    markup: element(
      'g',
      {},
      ...(title === '' ? [] : [element('text', { y: 11 }, title)]),
      ...entries.flatMap(({ swatch, label }, i) => {
        const y = top + (i + 0.5) * lineHeight;
        return [
          element('g', { transform: `translate(${swatchWidth / 2} ${y})` }, swatch),
          element('text', { x: swatchWidth + 6, y: y + 4 }, label),
        ];
      }),
    ),
  };
}

/** The colours with their numbers, upright with the largest on top or lying with it on the right. */
export function colourBar(
  colours: ColourScale,
  { title, id, length, upright }: { title: string; id: string; length: number; upright: boolean },
): Block {
  const thickness = 12;
  const along = (value: number) =>
    length * (upright ? 1 - colourShare(colours, value) : colourShare(colours, value));
  const labels = colours.ticks.map((tick) => ({ at: along(tick), label: numberText(tick, 2) }));
  const [top, left] = upright ? [26, 0] : [0, 0];
  const gradient = element(
    'linearGradient',
    upright ? { id, x1: 0, y1: 1, x2: 0, y2: 0 } : { id },
    ...colours.domain.map((value, k) =>
      element('stop', { offset: colourShare(colours, value), 'stop-color': colours.range[k]! }),
    ),
  );
  const size = upright ? { width: thickness, height: length } : { width: length, height: thickness };
  const text = (x: number, y: number, anchor: string, content: string) =>
    element('text', { x, y, 'text-anchor': anchor }, content);
  const mark = (d: string) => element('path', { class: 'frame', stroke: ink, fill: 'none', d });
  return {
    width: upright
      ? thickness + 9 + Math.max(...labels.map(({ label }) => textWidth(label, fontSize)))
      : length,
    height: upright ? top + length + 6 : 40,
    markup: element(
      'g',
      {},
      gradient,
      element('rect', { x: left, y: top, ...size, fill: `url(#${id})` }),
      ...labels.flatMap(({ at, label }) =>
        upright
          ? [
              mark(`M${thickness},${(top + at).toFixed(1)}h4`),
              text(thickness + 7, top + at + 4, 'start', label),
            ]
          : [text(at, 24, 'middle', label)],
      ),
      upright ? text(0, 13, 'start', title) : text(length / 2, 40, 'middle', title),
    ),
  };
}
