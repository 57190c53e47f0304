// How an axis of a study is drawn: where each of its values stands, where its cell begins and ends, what is marked.

import type { StudyAxis } from '../studies/definition/study-document.js';
import { fewLogarithmicTicks, linearTicks, numberText } from './ticks.js';

export type ScaleKind = 'logarithmic' | 'linear' | 'ordinal';

export interface AxisScale {
  readonly kind: ScaleKind;
  readonly values: readonly number[];
  /** Where each value stands: its decimal logarithm, itself, or its index. Ascending. */
  readonly positions: readonly number[];
  /** Where cells meet: half way between positions, one more than there are values. */
  readonly edges: readonly number[];
  readonly ticks: readonly { readonly position: number; readonly label: string }[];
}

const names: Readonly<Record<StudyAxis, readonly [symbol: string, meaning: string]>> = {
  dim: ['d', 'dimension'],
  real: ['nᵣ', 'real samples'],
  synthetic: ['nₛ', 'synthetic samples'],
  lambda: ['λ', 'sampling bias'],
  memory: ['memory', 'past models that are sampled'],
  total: ['n', 'samples per generation'],
  realFraction: ['p', 'share of real samples'],
};

/** The symbol of a quantity of a study, as the paper writes it. */
export function axisSymbol(axis: string): string {
  return names[axis as StudyAxis]?.[0] ?? axis;
}

/** "nᵣ, real samples" */
export function axisTitle(axis: string): string {
  const name = names[axis as StudyAxis];
  return name === undefined ? axis : `${name[0]}, ${name[1]}`;
}

/** "nᵣ = 1,000" */
export function axisLabel(axis: string, value: number | string): string {
  return `${axisSymbol(axis)} = ${typeof value === 'number' ? numberText(value, 6) : value}`;
}

/** The scale of an axis with these values, ascending and all different. */
export function axisScale(axis: string, values: readonly number[]): AxisScale {
  const kind = scaleKind(axis, values);
  const positions = values.map((value, i) => positionOn(kind, value, i));
  const edges = cellEdges(positions);
  return { kind, values, positions, edges, ticks: ticksOf(kind, values, positions, edges) };
}

/** Sample counts and the like span decades; lambda is drawn as it is, and an axis with a zero in it by order. */
function scaleKind(axis: string, values: readonly number[]): ScaleKind {
  const positive = values.filter((value) => value > 0);
  const wide = axis !== 'lambda' && positive.length > 1 && positive.at(-1)! / positive[0]! >= 8;
  if (!wide) return 'linear';
  return positive.length === values.length ? 'logarithmic' : 'ordinal';
}

function positionOn(kind: ScaleKind, value: number, index: number): number {
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
  kind: ScaleKind,
  values: readonly number[],
  positions: readonly number[],
  edges: readonly number[],
): AxisScale['ticks'] {
  const [low, high] = [edges[0]!, edges.at(-1)!];
  if (kind === 'logarithmic') {
    return fewLogarithmicTicks(10 ** low, 10 ** high).map((tick) => ({
      position: Math.log10(tick),
      label: numberText(tick),
    }));
  }
  if (kind === 'linear' && values.length > 6) {
    return linearTicks(values[0]!, values.at(-1)!).map((tick) => ({ position: tick, label: numberText(tick) }));
  }
  const step = Math.ceil(values.length / 10);
  return values
    .map((value, i) => ({ position: positions[i]!, label: numberText(value) }))
    .filter((_, i) => i % step === 0);
}
