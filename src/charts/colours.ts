// Colours that readers with any kind of colour vision can tell apart.

import { d3 } from './d3.js';
import { extent, linearTicks } from './ticks.js';

/** For curves: Okabe & Ito 2008. */
export const curveColours = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#56B4E9', '#E69F00'];

// Brown below the middle, blue above, equally dark at the same distance from it (ColorBrewer's PuOr and RdBu; Brewer 2003).
function diverging(): string[] {
  const { schemePuOr, schemeRdBu } = d3.scaleChromatic;
  return [...schemePuOr[11]!.slice(5).reverse(), ...schemeRdBu[11]!.slice(6)];
}

// From dark blue to yellow, monotone in lightness (cividis; Nuñez, Anderton & Renslow 2018).
function sequential(): string[] {
  return Array.from({ length: 9 }, (_, k) => hexadecimal(d3.scaleChromatic.interpolateCividis(k / 8)));
}

/** "rgb(0, 34, 78)" as "#00224e". */
function hexadecimal(colour: string): string {
  return `#${colour
    .match(/\d+/g)!
    .map((channel) => Number(channel).toString(16).padStart(2, '0'))
    .join('')}`;
}

/** Colours at ascending numbers, interpolated between them in the logarithm or linearly. */
export interface ColourScale {
  readonly logarithmic: boolean;
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
  const range = diverging();
  return {
    logarithmic: true,
    domain: range.map((_, k) => end ** ((k - 5) / 5)),
    range,
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
  return { logarithmic: true, ...sequentialScale(at), ticks: [0, 1 / 3, 2 / 3, 1].map(at) };
}

/** Colours of numbers of any sign, evenly from the smallest to the largest. */
export function linearColours(values: readonly number[]): ColourScale {
  const [smallest, largest] = extent(values);
  const low = Number.isFinite(smallest) ? smallest : 0;
  const high = largest > low ? largest : low + 1;
  const scale = sequentialScale((share) => low + share * (high - low));
  return { logarithmic: false, ...scale, ticks: linearTicks(low, high, 4) };
}

function sequentialScale(at: (share: number) => number): Pick<ColourScale, 'domain' | 'range'> {
  const range = sequential();
  return { domain: range.map((_, k) => at(k / (range.length - 1))), range };
}

/** Where a number stands between the ends of a scale: 0 at the lower one, 1 at the upper one. */
export function colourShare({ domain, logarithmic }: ColourScale, value: number): number {
  const [low, high] = [domain[0]!, domain.at(-1)!];
  return logarithmic ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
}

/** The colour at `value`; beyond the ends, that of the end. */
export function colourAt(scale: ColourScale, value: number): string {
  const { domain, range } = scale;
  const last = domain.length - 1;
  if (!(value > domain[0]!)) return range[0]!;
  if (value >= domain[last]!) return range[last]!;
  // The numbers of a scale are evenly spaced on it.
  const place = colourShare(scale, value) * last;
  const k = Math.min(last - 1, Math.floor(place));
  const channels = [1, 3, 5].map((start) => {
    const [from, to] = [range[k]!, range[k + 1]!].map((colour) =>
      Number.parseInt(colour.slice(start, start + 2), 16),
    );
    return Math.round(from! + (place - k) * (to! - from!))
      .toString(16)
      .padStart(2, '0');
  });
  return `#${channels.join('')}`;
}
