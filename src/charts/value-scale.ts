// The axis of measured values.

import { extent, linearTicks, logarithmicTicks, numberText } from './ticks.js';

export interface ValueScale {
  readonly logarithmic: boolean;
  readonly domain: readonly [low: number, high: number];
  readonly ticks: readonly { readonly value: number; readonly label: string }[];
}

/**
 * Logarithmic where the values span more than a factor of 30, which shows what happens to the small ones too (and there is
 * none at or below zero); else from zero.
 */
export function valueScale(values: readonly number[]): ValueScale {
  const [smallest, largest] = extent(values);
  const logarithmic = smallest > 0 && largest / smallest > 30;
  const domain = logarithmic
    ? ([smallest / 1.3, largest * 1.3] as const)
    : ([Math.min(0, smallest), largest * 1.05] as const);
  const ticks = logarithmic ? logarithmicTicks(...domain) : linearTicks(...domain, 6);
  return { logarithmic, domain, ticks: ticks.map((value) => ({ value, label: numberText(value) })) };
}
