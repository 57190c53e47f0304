// The axis of measured values.

import { d3 } from './d3.js';
import { numberText } from './numbers.js';
import { extent, linearTicks, logarithmicTicks } from './ticks.js';

export interface ValueScale {
  readonly logarithmic: boolean;
  readonly domain: readonly [low: number, high: number];
  readonly ticks: readonly { readonly value: number; readonly label: string }[];
}

// About as many on a linear axis.
const marks = 6;

/**
 * Logarithmic where the values span more than a factor of 30, which shows what happens to the small ones too (and there is
 * none at or below zero); else from zero. The ends of error bars (`around`) have room where they are above the values, or
 * below negative ones. Where values have ends of their own (`ends`), a fraction's 0 and 1, the axis is linear and has these.
 */
export function valueScale(
  values: readonly number[],
  around: readonly number[] = [],
  ends: readonly number[] = [],
): ValueScale {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) finite.push(0, 1);
  const [smallest, largest] = extent([...finite, ...ends]);
  const [lowest, highest] = extent([...finite, ...around, ...ends]);
  const logarithmic = ends.length === 0 && smallest > 0 && largest / smallest > 30;
  const domain = logarithmic
    ? ([smallest / 1.3, Math.max(largest * 1.3, highest)] as const)
    : linearDomain(smallest < 0 ? lowest : 0, Math.max(0, highest));
  const ticks = logarithmic ? logarithmicTicks(...domain) : linearTicks(...domain, marks);
  return { logarithmic, domain, ticks: ticks.map((value) => ({ value, label: numberText(value) })) };
}

/** From one mark of the axis to another; what is above the last one by less than a hundredth is as good as on it. */
function linearDomain(low: number, high: number): readonly [number, number] {
  const top = low === high ? low + 1 : high - 0.01 * (high - low);
  const [from, to] = d3.scale.scaleLinear([low, top], [0, 1]).nice(marks).domain();
  return [from!, to!];
}
