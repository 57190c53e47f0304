// Where the marks of an axis stand.

import { d3 } from './d3.js';

/** 1, 2 and 5 times powers of ten where they are few, else every power of ten, or every second one and so on. */
export function logarithmicTicks(smallest: number, largest: number): number[] {
  const first = Math.floor(Math.log10(smallest));
  const last = Math.ceil(Math.log10(largest));
  const decades = last - first;
  const step = Math.max(1, Math.ceil(decades / 8));
  const multiples = decades <= 3 ? [1, 2, 5] : [1];
  const ticks: number[] = [];
  for (let exponent = first; exponent <= last; exponent += step) {
    ticks.push(...multiples.map((multiple) => Number(`${multiple}e${exponent}`)));
  }
  return ticks.filter((tick) => tick >= smallest && tick <= largest);
}

/** The same for an axis with little room, such as a horizontal one: 1, 2 and 5 times powers of ten within a decade or so. */
export function fewLogarithmicTicks(smallest: number, largest: number): number[] {
  const ticks = logarithmicTicks(smallest, largest);
  const powers = ticks.filter((tick) => Number.isInteger(Math.log10(tick)));
  return ticks.length > 5 && powers.length > 2 ? powers : ticks;
}

/** Multiples of 1, 2 or 5 times a power of ten, about `count` of them. */
export function linearTicks(smallest: number, largest: number, count = 5): number[] {
  return d3.scale.scaleLinear([smallest, largest], [0, 1]).ticks(count);
}

/** The smallest and the largest of the finite numbers among `values`; of none, Infinity and -Infinity. */
export function extent(values: Iterable<number>): [smallest: number, largest: number] {
  let [smallest, largest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < smallest) smallest = value;
    if (value > largest) largest = value;
  }
  return [smallest, largest];
}
