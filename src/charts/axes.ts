// Frame and axes of a chart.

import { element, type Markup, together } from './markup.js';
import { textWidth } from './text-width.js';

/** Where a chart is drawn, in the document's units; y runs downwards. */
export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface Tick {
  /** The coordinate of the mark, x or y. */
  readonly at: number;
  readonly label: string;
}

export interface Axis {
  /** Empty for none. */
  readonly title: string;
  readonly ticks: readonly Tick[];
}

/** Size of all letters but titles. */
export const fontSize = 11;

/** Room that marks, numbers and title of the horizontal axis take below a frame. */
export const roomBelow = 46;

/** The same on the left of a frame, which the vertical axis needs. */
export function roomLeft(axis: Axis): number {
  return Math.ceil(roomOfNumbers(axis) + (axis.title === '' ? 0 : 18));
}

function roomOfNumbers({ ticks }: Axis): number {
  return 10 + Math.max(0, ...ticks.map(({ label }) => textWidth(label, fontSize)));
}

/** Lines, marks and numbers of both axes, and the lines of a grid at the vertical one's marks. */
export function axes(frame: Frame, x: Axis, y: Axis, grid: boolean): Markup {
  const { left, top, right, bottom } = frame;
  const middle = (top + bottom) / 2;
  const line = (d: string) => element('path', { class: 'frame', fill: 'none', stroke: '#888888', d });
  const titleX = left - roomOfNumbers(y) - 4;
  const shownY = apart(
    y.ticks.filter(({ at }) => at > top - 0.5 && at < bottom + 0.5),
    () => 14,
  );
  const shownX = apart(
    x.ticks.filter(({ at }) => at > left - 0.5 && at < right + 0.5),
    (a, b) => (textWidth(a.label, fontSize) + textWidth(b.label, fontSize)) / 2 + 8,
  );
  return element(
    'g',
    { class: 'axes', 'aria-hidden': 'true' },
    ...(grid
      ? shownY.map(({ at }) =>
          element('path', { class: 'grid', stroke: '#e2e2e2', d: `M${left},${at.toFixed(1)}H${right}` }),
        )
      : []),
    line(`M${left},${top}V${bottom}H${right}`),
    ...shownX.map(({ at, label }) =>
      together(
        line(`M${at.toFixed(1)},${bottom}v5`),
        element('text', { x: at, y: bottom + 17, 'text-anchor': 'middle' }, label),
      ),
    ),
    ...shownY.map(({ at, label }) =>
      together(
        line(`M${left},${at.toFixed(1)}h-5`),
        element('text', { x: left - 8, y: at + 4, 'text-anchor': 'end' }, label),
      ),
    ),
    title(x.title, { x: (left + right) / 2, y: bottom + 38 }),
    title(y.title, { x: titleX, y: middle, transform: `rotate(-90 ${titleX} ${middle})` }),
  );
}

function title(text: string, place: Readonly<Record<string, string | number>>): Markup {
  return text === '' ? together() : element('text', { ...place, 'text-anchor': 'middle' }, text);
}

/** Marks without those that stand closer to the one kept before than two labels allow. */
function apart(ticks: readonly Tick[], least: (a: Tick, b: Tick) => number): Tick[] {
  const kept: Tick[] = [];
  for (const tick of ticks) {
    const before = kept.at(-1);
    if (before === undefined || Math.abs(tick.at - before.at) >= least(before, tick)) kept.push(tick);
  }
  return kept;
}
