// The size of a chart in a report. Units are the font's: a chart as wide as a phone has 400 of them.

import type { Frame } from '../charts/axes.js';
import { type Attributes, element, type Markup } from '../charts/markup.js';

export const width = 400;
export const height = 330;

/** Where the charts of a report are drawn. */
export const plot: Frame = { left: 66, top: 12, right: width - 14, bottom: height - 46 };

/** A chart whose cells are those of a grid, for screen readers and the page's script, which is told of them by `attributes`. */
export function gridSvg(label: string, content: Markup, attributes: Attributes = {}): Markup {
  const grid = { role: 'grid', 'aria-label': label, 'aria-readonly': 'true', ...attributes };
  return element('svg', { viewBox: `0 0 ${width} ${height}`, ...grid }, content);
}
