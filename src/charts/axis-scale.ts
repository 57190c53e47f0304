// How an axis of given values is drawn: where each of them stands, where its cell begins and ends, what is marked.

import { numberText } from './numbers.js';
import { fewLogarithmicTicks, linearTicks } from './ticks.js';

/** How values stand along an axis: by their logarithm, by themselves, or one step apart in their order. */
export type AxisKind = 'logarithmic' | 'linear' | 'ordinal';

export interface AxisScale {
  readonly kind: AxisKind;
  readonly values: readonly number[];
  /** Where each value stands: its decimal logarithm, itself, or its index. Ascending. */
  readonly positions: readonly number[];
  /** Where cells meet: half way between positions, one more than there are values. */
  readonly edges: readonly number[];
  readonly ticks: readonly { readonly position: number; readonly label: string }[];
}

/** The scale of an axis with these values, ascending and all different; where all of a linear one are too many to mark, about `marks` are. */
export function axisScale(kind: AxisKind, values: readonly number[], marks = 5): AxisScale {
  const positions = values.map((value, i) => positionOn(kind, value, i));
  const edges = cellEdges(positions);
  return { kind, values, positions, edges, ticks: ticksOf(kind, values, positions, edges, marks) };
}

/** Logarithmic where positive values span a factor of 8 or more; with a zero among such, by order; else linear. */
export function axisKind(values: readonly number[]): AxisKind {
  const positive = values.filter((value) => value > 0);
  const wide = positive.length > 1 && positive.at(-1)! / positive[0]! >= 8;
  if (!wide) return 'linear';
  return positive.length === values.length ? 'logarithmic' : 'ordinal';
}

function positionOn(kind: AxisKind, value: number, index: number): number {
  if (kind === 'logarithmic') return Math.log10(value);
  return kind === 'linear' ? value : index;
}

function cellEdges(positions: readonly number[]): number[] {
  const last = positions.length - 1;
  if (last === 0) return [positions[0]! - 0.5, positions[0]! + 0.5];
  const between = positions.slice(1).map((position, i) => (position + positions[i]!) / 2);
  return [
    positions[0]! - (between[0]! - positions[0]!),
    ...between,
    positions[last]! + (positions[last]! - between[last - 1]!),
  ];
}

function ticksOf(
  kind: AxisKind,
  values: readonly number[],
  positions: readonly number[],
  edges: readonly number[],
  marks: number,
): AxisScale['ticks'] {
  const [low, high] = [edges[0]!, edges.at(-1)!];
  if (kind === 'logarithmic') {
    return fewLogarithmicTicks(10 ** low, 10 ** high).map((tick) => ({
      position: Math.log10(tick),
      label: numberText(tick),
    }));
  }
  if (kind === 'linear' && values.length > 6) {
    return linearTicks(values[0]!, values.at(-1)!, marks).map((tick) => ({
      position: tick,
      label: numberText(tick),
    }));
  }
  const step = Math.ceil(values.length / 10);
  return values
    .map((value, i) => ({ position: positions[i]!, label: numberText(value) }))
    .filter((_, i) => i % step === 0);
}
