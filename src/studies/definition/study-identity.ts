// What makes two runs the same study: what enters a result, and nothing else (no clock, no host, no name).

import { createHash } from 'node:crypto';
import type { OutsideModel } from './loop-cell.js';
import type { LoopStudyPlan } from './loop-study.js';
import type { LoopParameters } from './loop-study-document.js';
import type { StudyCellParameters } from './study-document.js';
import type { StudyPlan } from './study-plan.js';

/** What made the numbers: they repeat bit for bit with the same two only. */
export interface MadeBy {
  readonly madloop: string;
  readonly instructionSet: string;
}

/** Everything that enters the results of a study, by name, as text for people and for comparison. */
export type StudyContent = Readonly<Record<string, string>>;

export function studyContent({ method, relativeError, seed, axes, fixed, cells }: StudyPlan): StudyContent {
  const content: Record<string, string> = {
    method,
    ...(method === 'monte-carlo' && { 'relative error': String(relativeError), seed: String(seed) }),
    variant: String(fixed.variant),
    divisor: String(fixed.divisor),
  };
  if (axes.length === 0) {
    content.cells = cells.map(({ parameters }) => cellKey(parameters)).join(', ');
    return content;
  }
  for (const [name, value] of Object.entries({ lambda: 1, memory: 1, ...fixed })) content[name] = String(value);
  for (const { axis, values } of axes) content[axis] = values.join(', ');
  return content;
}

/** The same of a study of loops: what all cells have in common, defaults among it, and the axes. */
export function loopStudyContent({ replicates, seed, axes, cells, process }: LoopStudyPlan): StudyContent {
  const text = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));
  const content: Record<string, string> = { kind: 'loop', replicates: String(replicates), seed: String(seed) };
  for (const [name, value] of Object.entries(told(cells[0]!.parameters))) {
    const common = text(value);
    if (cells.every(({ parameters }) => text(parameters[name]) === common)) content[name] = common;
  }
  if (process !== undefined) Object.assign(content, contentOfProcess(process));
  for (const { axis, values } of axes) {
    if (axis !== 'data') content[axis] = values.map(text).join(', ');
    else content.data = [...new Set(cells.map(({ parameters }) => String(parameters.dataSha256)))].join(', ');
  }
  if (axes.length === 0) content.cells = digestOf(cells.map(({ parameters }) => loopKey(parameters)));
  return content;
}

/** A line for everything that was declared of a model in another process. */
function contentOfProcess({ command, environment, lambdaRange }: OutsideModel): StudyContent {
  const files = Object.entries(environment.files).map(([file, sha256]) => [`file ${file}`, sha256]);
  return {
    process: JSON.stringify(command),
    lambdaRange: lambdaRange.join(', '),
    ...Object.fromEntries(files),
    ...(environment.version !== undefined && { version: environment.version }),
  };
}

/** The study's identity, as hexadecimal text. */
export function identityOf(content: StudyContent): string {
  const sorted = Object.entries(content).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
}

/** What tells a list of cells from every other, as hexadecimal text. */
export function digestOf(keys: readonly string[]): string {
  const hash = createHash('sha256');
  for (const key of keys) hash.update(`${key}\n`);
  return hash.digest('hex');
}

/** What two studies differ in, a line each: "name: old -> new". */
export function differences(old: StudyContent, now: StudyContent): string[] {
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  return names
    .filter((name) => old[name] !== now[name])
    .map((name) => `${name}: ${shortened(old[name])} -> ${shortened(now[name])}`);
}

/** Text that is the same for cells with the same parameters, and for no others, within one study. */
export function cellKey(parameters: StudyCellParameters): string {
  const { variant, divisor, dim, real, synthetic, lambda, memory } = parameters;
  return [variant, divisor, dim, real, synthetic, lambda, memory].join(' ');
}

/** The same of the cells of a study of loops. */
export function loopKey(parameters: LoopParameters): string {
  return JSON.stringify(told(parameters));
}

/** What tells a cell from others: of its data the checksum, wherever they lie. */
function told({ data: _, ...parameters }: LoopParameters): LoopParameters {
  return parameters;
}

function shortened(text = 'none'): string {
  return text.length > 100 ? `${text.slice(0, 60)} ... (${text.length} characters)` : text;
}
