// Checks of what charts are drawn from.

import { invalid } from '../base/check.js';

export function checkText(where: string, argument: string, value: unknown): string {
  if (typeof value !== 'string') throw invalid(where, argument, 'be a string', value);
  return value;
}

/** Lines of text. */
export function checkTexts(where: string, argument: string, value: unknown): string[] {
  return checkList(where, argument, value, 0).map((line, i) => checkText(where, `${argument}[${i}]`, line));
}

/** An array of at least so many elements. */
export function checkList(where: string, argument: string, value: unknown, least: number): readonly unknown[] {
  if (!Array.isArray(value) || value.length < least) {
    const requirement = least === 0 ? 'be an array' : `be an array of at least ${least}`;
    throw invalid(where, argument, requirement, value);
  }
  return value;
}
