// The options that studies of every kind have.

import { checkChoice, checkList, checkOptions, invalid, isArray, readable } from '../../base/check.js';
import { checked, Option, oneOf } from '../../base/options.js';
import { mostCells, type Place } from './cells-of-axes.js';

/** What a cell is: a limit point with its effective sample size, or a loop of some generations. */
export const studyKinds = ['limit', 'loop'] as const;

export type StudyKind = (typeof studyKinds)[number];

/** The kind of study that a definition asks for; what is no definition of any is left to the check of one. */
export function kindOf(where: string, definition: unknown): StudyKind {
  if (typeof definition !== 'object' || definition === null) return 'limit';
  const kind = readable(where, 'definition', () => (definition as { readonly kind?: unknown }).kind);
  return kind === 'loop' ? 'loop' : 'limit';
}

/** The option `kind` of a definition that is known to be of one. */
export function kindOption<Kind extends StudyKind>(kind: Kind): Option<Kind> {
  const { absent: _, ...facts } = oneOf(studyKinds).facts;
  const option = new Option<Kind>({
    ...facts,
    absent: 'error',
    check: (where, argument, value) => {
      checkChoice(where, argument, value, studyKinds);
      return kind;
    },
  });
  return option.doc('what a cell is: a limit point, or a loop');
}

export const nameOption = checked('file name without extension', checkName)
  .or('study')
  .doc('names the study and its store')
  .flag('<name>');

export const titleOption = checked('text', checkTitle)
  .or(({ name }: { name: string }) => name, 'the name')
  .doc('for figures and reports')
  .flag('<text>');

/** A list of cells by their axes; the values are checked with each cell. */
export function cellsOption<Axis extends string, Value>(
  axes: readonly Axis[],
): Option<readonly Readonly<Place<Axis, Value>>[] | undefined> {
  const list = checked('list of 1 to 100,000 cells', (where, argument, value) => {
    const requirement = `be a list of 1 to ${mostCells} cells`;
    if (!isArray(value) || value.length === 0 || value.length > mostCells)
      throw invalid(where, argument, requirement, value);
    return checkList(where, argument, requirement, value, (cell, index) => {
      const options = checkOptions(where, `${argument}[${index}]`, cell, axes);
      const given = Object.entries(options).filter(([, at]) => at !== undefined);
      return Object.fromEntries(given) as Place<Axis, Value>;
    });
  });
  return list.optional().doc('a list instead of a grid; what a cell leaves out is what stands above');
}

// The name is part of file names.
function checkName(where: string, argument: string, value: unknown): string {
  if (typeof value !== 'string' || !/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,99}$/u.test(value)) {
    const requirement =
      'be 1 to 100 letters, digits, spaces, dots, dashes and underscores that begin with a letter or digit';
    throw invalid(where, argument, requirement, value);
  }
  return value;
}

function checkTitle(where: string, argument: string, value: unknown): string {
  if (typeof value !== 'string' || value === '') throw invalid(where, argument, 'be text', value);
  return value;
}
