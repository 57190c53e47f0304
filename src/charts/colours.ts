// Colours that readers with any kind of colour vision can tell apart.

import { extent } from './ticks.js';

/** For curves: Okabe & Ito 2008. */
export const curveColours = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#56B4E9', '#E69F00'];

// Brown below the middle, blue above, equally dark at the same distance from it (after ColorBrewer's PuOr and RdBu; Brewer 2003).
const diverging = [
  '#7f3b08',
  '#b35806',
  '#e08214',
  '#fdb863',
  '#fee0b6',
  '#f7f7f7',
  '#d1e5f0',
  '#92c5de',
  '#4393c3',
  '#2166ac',
  '#053061',
];

// From dark blue to yellow, monotone in lightness (after cividis; Nuñez, Anderton & Renslow 2018).
const sequential = ['#00224e', '#2a3f6d', '#575d6d', '#7d7c78', '#a59c74', '#d2c060', '#fee838'];

/** Colours at positive numbers, interpolated between them in the logarithm. */
export interface ColourScale {
  readonly domain: readonly number[];
  readonly range: readonly string[];
  /** Numbers to mark in a legend. */
  readonly ticks: readonly number[];
}

// Ends that a scale of ratios may have, and what its legend marks between 1 and the end.
const ratioEnds: readonly (readonly [end: number, marks: readonly number[]])[] = [
  [1.2, [1.1, 1.2]],
  [1.5, [1.2, 1.5]],
  [2, [1.5, 2]],
  [3, [2, 3]],
  [5, [2, 5]],
  [10, [2, 5, 10]],
  [20, [2, 5, 20]],
  [50, [2, 10, 50]],
  [100, [10, 100]],
  [1e3, [10, 100, 1e3]],
  [1e4, [10, 100, 1e4]],
];

/** Colours of ratios, with the middle at 1 and the same ratio and its reciprocal equally strong. */
export function ratioColours(ratios: readonly number[]): ColourScale {
  const [low, high] = extent(ratios.filter((ratio) => ratio > 0));
  // 1 where there are none.
  const largest = Math.max(high, 1 / low, 1);
  const [end, marks] = ratioEnds.find(([candidate]) => candidate >= largest) ?? [largest, [largest]];
  return {
    domain: diverging.map((_, k) => end ** ((k - 5) / 5)),
    range: diverging,
    ticks: [...marks.map((mark) => 1 / mark).reverse(), 1, ...marks],
  };
}

/** Colours of positive numbers without a middle. */
export function sizeColours(values: readonly number[]): ColourScale {
  const [smallest, largest] = extent(values.filter((value) => value > 0));
  const low = Number.isFinite(smallest) ? smallest : 1;
  // A scale needs two ends.
  const high = Math.max(largest, low * 1.01);
  const at = (share: number) => low * (high / low) ** share;
  return {
    domain: sequential.map((_, k) => at(k / (sequential.length - 1))),
    range: sequential,
    ticks: [0, 1 / 3, 2 / 3, 1].map(at),
  };
}

/** The colour at `value`; beyond the ends, that of the end. */
export function colourAt({ domain, range }: ColourScale, value: number): string {
  const last = domain.length - 1;
  if (!(value > domain[0]!)) return range[0]!;
  if (value >= domain[last]!) return range[last]!;
  const k = domain.findIndex((bound) => bound > value) - 1;
  const share = Math.log(value / domain[k]!) / Math.log(domain[k + 1]! / domain[k]!);
  const channels = [1, 3, 5].map((start) => {
    const [from, to] = [range[k]!, range[k + 1]!].map((colour) =>
      Number.parseInt(colour.slice(start, start + 2), 16),
    );
    return Math.round(from! + share * (to! - from!))
      .toString(16)
      .padStart(2, '0');
  });
  return `#${channels.join('')}`;
}
