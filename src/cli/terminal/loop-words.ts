// What a loop is called, and its parameters, for reading.

import { basename, isAbsolute } from 'node:path';
import { lambdaText, numberText, shownList } from '../../charts/numbers.js';
import { wrapped } from './table.js';

/** What titles, legends and headings call the variants. */
export const variantTitles: Readonly<Record<string, string>> = {
  'fully-synthetic': 'fully synthetic loop',
  'synthetic-augmentation': 'synthetic augmentation loop',
  'fresh-data': 'fresh data loop',
  combined: 'combined loop',
};

/** A number, or the first few of those of the generations. */
export function shownSchedule(schedule: unknown, text: (entry: number) => string = String): string {
  if (!Array.isArray(schedule)) return text(schedule as number);
  return `(${shownList(schedule.map(text))})`;
}

/** Lambda, or its schedule, and what it was given by, if by a guidance: "0.833333 (guidance w = 0.2, a scale of 1.2)". */
export function shownLambda(lambda: unknown, guidance?: number): string {
  const shown = shownSchedule(lambda, lambdaText);
  if (guidance === undefined) return shown;
  return `${shown} (guidance w = ${numberText(guidance, 4)}, a scale of ${numberText(1 + guidance, 4)})`;
}

const longestCommand = 40;

/** A command without the folders of a disk, and of a long one the beginning. */
export function commandTitle(words: readonly string[]): string {
  const text = words.map((word) => (isAbsolute(word) ? basename(word) : word)).join(' ');
  return text.length <= longestCommand ? text : `${text.slice(0, longestCommand - 1).trimEnd()}…`;
}

/** In the order of a heading, and what each is called there. */
const names: readonly (readonly [parameter: string, called: string])[] = [
  ['dim', 'd ='],
  ['initial', 'n_ini ='],
  ['realFixed', 'n_f ='],
  ['realFresh', 'n_r ='],
  ['real', 'n_r ='],
  ['synthetic', 'n_s ='],
  ['samples', 'n ='],
  ['lambda', 'lambda ='],
  ['memory', 'memory'],
  ['pool', 'pool'],
  ['subsample', 'of'],
  ['components', 'components'],
  ['bandwidth', 'bandwidth'],
  ['divisor', 'divisor'],
  ['replicates', 'replicates'],
  ['seed', 'seed'],
];

/** Values that say nothing: all loops have them that do not say otherwise. */
const usual: Readonly<Record<string, unknown>> = { memory: 1, pool: 'latest', divisor: 'unbiased' };

/**
 * "fresh data loop: d = 100, n_r = 1000, n_s = 9000, lambda = 0.9, seed 0", of parameters as they were resolved; `guidance` is
 * what lambda was given by, if by that.
 */
export function loopHeading(parameters: Readonly<Record<string, unknown>>, guidance?: number): string {
  const { variant, data, model, process, reference, initial, real } = parameters;
  const isCombined = variant === 'combined';
  const shown = (name: string, value: unknown): string =>
    name === 'lambda' ? shownLambda(value, guidance) : shownSchedule(value);
  const counted = (name: string): boolean =>
    (name === 'real' && (isCombined || variant === 'fully-synthetic')) ||
    (['realFixed', 'realFresh'].includes(name) && !isCombined) ||
    (name === 'initial' && initial === real);
  const said = names
    .filter(([name]) => parameters[name] !== undefined && parameters[name] !== usual[name] && !counted(name))
    .map(([name, called]) => `${called} ${shown(name, parameters[name])}`);
  // Of a study the model may be an axis.
  const named = model === undefined ? [] : [String(model)];
  const program = process === undefined ? named : [commandTitle(process as readonly string[])];
  const whose = data === undefined ? [] : [basename(String(data)), ...program];
  const parts = [...whose, ...(reference ? ['a reference of its own'] : []), ...said];
  // Lines end between parameters, not within one.
  const text = parts.map((part) => part.replaceAll(' ', noBreak)).join(', ');
  const title = variant === undefined ? '' : `${variantTitles[String(variant)]}: `;
  return wrapped(`${title}${text}`, '  ').replaceAll(noBreak, ' ');
}

const noBreak = '\u00a0';
