// Frame and axes of a chart in a report, as SVG. Units are the font's: a chart as wide as a phone has 400 of them.

import { element, type Markup, together } from './markup.js';

export const width = 400;
export const height = 330;
export const plot = { left: 58, top: 12, right: width - 14, bottom: height - 46 };

export interface Tick {
  /** 0 at the left or lower end of the axis, 1 at the other. */
  readonly share: number;
  readonly label: string;
}

/** Where a share of the horizontal axis is. */
export function across(share: number): number {
  return plot.left + share * (plot.right - plot.left);
}

/** Where a share of the vertical axis is. */
export function up(share: number): number {
  return plot.bottom - share * (plot.bottom - plot.top);
}

/** Lines, marks and numbers of both axes. */
export function axes(
  xTitle: string,
  xTicks: readonly Tick[],
  yTitle: string,
  yTicks: readonly Tick[],
  grid: boolean,
): Markup {
  const middle = (plot.top + plot.bottom) / 2;
  return element(
    'g',
    { class: 'axes', 'aria-hidden': 'true' },
    ...(grid
      ? yTicks.map(({ share }) =>
          element('path', { class: 'grid', d: `M${plot.left},${up(share).toFixed(1)}H${plot.right}` }),
        )
      : []),
    element('path', { class: 'frame', d: `M${plot.left},${plot.top}V${plot.bottom}H${plot.right}` }),
    ...thinned(xTicks, 0.16).map(({ share, label }) =>
      together(
        element('path', { class: 'frame', d: `M${across(share).toFixed(1)},${plot.bottom}v5` }),
        element('text', { x: across(share), y: plot.bottom + 17, 'text-anchor': 'middle' }, label),
      ),
    ),
    ...thinned(yTicks, 0.06).map(({ share, label }) =>
      together(
        element('path', { class: 'frame', d: `M${plot.left},${up(share).toFixed(1)}h-5` }),
        element('text', { x: plot.left - 8, y: up(share) + 4, 'text-anchor': 'end' }, label),
      ),
    ),
    element('text', { x: across(0.5), y: height - 8, 'text-anchor': 'middle' }, xTitle),
    element(
      'text',
      { x: 12, y: middle, transform: `rotate(-90 12 ${middle})`, 'text-anchor': 'middle' },
      yTitle,
    ),
  );
}

/** Marks without those that stand closer than `least` to the one before. */
function thinned(ticks: readonly Tick[], least: number): Tick[] {
  const kept: Tick[] = [];
  for (const tick of ticks) {
    if (tick.share < -1e-9 || tick.share > 1 + 1e-9) continue;
    if (kept.length === 0 || tick.share - kept.at(-1)!.share >= least) kept.push(tick);
  }
  return kept;
}
