// What a study's quantities are called in charts and reports, and how their axes are drawn.

import type { StudyAxis } from '../studies/definition/study-document.js';
import { type AxisScale, axisKind, axisScale } from './axis-scale.js';
import { numberText } from './numbers.js';

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

/** The scale of an axis of a study: lambda as it is, since its range is 0 to 1. */
export function studyScale(axis: string, values: readonly number[]): AxisScale {
  return axisScale(axis === 'lambda' ? 'linear' : axisKind(values), values);
}
