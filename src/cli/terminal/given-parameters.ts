import { describe, invalid, mustError } from '../../base/check.js';
import type { OptionTable } from '../../base/options.js';
import { scheduleInFile } from '../../base/schedule.js';
import { sampleCounts } from '../../gaussian-loop/sample-counts.js';
import { rewordErrors } from './error-wording.js';
import { flagOf, givenByFlags } from './flags.js';
import { isObject, readDocument } from './read-document.js';

/** What a user gave a command: parameters by flags and by a file, unchecked. */
export interface GivenParameters {
  readonly values: Readonly<Record<string, unknown>>;
  /** What the user calls a parameter: its flag, or its name in the file. */
  readonly nameOf: (parameter: string) => string | undefined;
  /** What made the file, where that is a result. */
  readonly madeBy?: { readonly file: string; readonly madloop: unknown; readonly instructionSet: unknown };
}

/**
 * The parameters of `command`, which `table` lists: those of the file, if there is one (an object of parameters, or a result
 * that the command wrote), and over them those of the flags. What a flag gives, it overrides under
 * its `otherNames`, too.
 */
export async function givenParameters(
  command: string,
  file: string | undefined,
  flags: object,
  table: OptionTable,
  otherNames: OtherNames = {},
): Promise<GivenParameters> {
  const byFlags = givenByFlags(flags, table);
  if (file === undefined) return asCounts(command, { values: byFlags, nameOf: namesOf(table, byFlags) }, table);
  const content = await readDocument(file, 'an object of parameters');
  const { parameters, madloop, instructionSet } = content;
  if (!('madloop' in content) || !isObject(parameters)) {
    const values = overridden(withoutSchedules(file, content, table), byFlags, otherNames);
    return asCounts(command, { values, nameOf: namesOf(table, byFlags, { file, content }) }, table);
  }
  if (content.command !== command)
    throw mustError(file, 'command', `be '${command}'`, describe(content.command));
  const given = {
    values: overridden(withoutSchedules(file, parameters, table), byFlags, otherNames),
    nameOf: namesOf(table, byFlags, { file, content: parameters }),
    madeBy: { file, madloop, instructionSet },
  };
  return asCounts(command, given, table);
}

type Values = Readonly<Record<string, unknown>>;

/** Of a parameter, those that are the same quantity by another name. */
type OtherNames = Readonly<Record<string, readonly string[]>>;

/** Parameters of a file below those of flags; a total by flags stands for all counts of the file. */
function overridden(ofFile: Values, byFlags: Values, otherNames: OtherNames): Values {
  const gone = Object.keys(byFlags).flatMap((name) => otherNames[name] ?? []);
  if ('total' in byFlags || 'realFraction' in byFlags) gone.push('real', 'synthetic', 'syntheticShare');
  const kept = Object.entries(ofFile).filter(([name]) => !gone.includes(name));
  return { ...Object.fromEntries(kept), ...byFlags };
}

/** With the counts that --total and --real-fraction stand for, of those that the command takes. */
async function asCounts(command: string, given: GivenParameters, table: OptionTable): Promise<GivenParameters> {
  const { total, realFraction, real, synthetic, ...others } = given.values;
  if (total === undefined && realFraction === undefined) return given;
  const counts = await rewordErrors(given.nameOf, () =>
    sampleCounts(
      command,
      { total, realFraction, real, synthetic },
      ['real', 'synthetic'].filter((count) => count in table),
    ),
  );
  const taken = Object.entries(counts).filter(([name]) => name in table);
  const source = `${given.nameOf('total')} and ${given.nameOf('realFraction')}`;
  const nameOf = (parameter: string): string | undefined =>
    parameter in counts ? `${parameter} samples of ${source}` : given.nameOf(parameter);
  return { ...given, values: { ...others, ...Object.fromEntries(taken) }, nameOf };
}

/** The name of a parameter: its flag, unless the file alone has it. */
export function namesOf(
  table: OptionTable,
  byFlags: Readonly<Record<string, unknown>>,
  { file, content }: { readonly file?: string; readonly content: object } = { content: {} },
): (parameter: string) => string | undefined {
  return (parameter) => {
    const schedule = parameter.replace(/\[\d+\]$/, ''); // of "real[1]"
    const known = table[schedule]?.facts.schedule ? schedule : parameter;
    if (known in content && !(known in byFlags)) return `${file}: ${parameter}`;
    return table[known]?.facts.valueName === undefined ? undefined : flagOf(parameter, byFlags);
  };
}

/** The parameters of a file with each `{ schedule: [10, 20, 40] }` as the list that functions take. */
function withoutSchedules(
  file: string,
  parameters: Readonly<Record<string, unknown>>,
  table: OptionTable,
): Record<string, unknown> {
  const read = Object.entries(parameters).map(([name, value]) => {
    if (!table[name]?.facts.schedule) return [name, value];
    if (!Array.isArray(value)) return [name, scheduleInFile(value) ?? value];
    const requirement = 'be a number or { schedule: [...] }, as a plain list is an axis of a study';
    throw invalid(file, name, requirement, value);
  });
  return Object.fromEntries(read);
}

/** Parameters as files hold them: what `withoutSchedules` reads. */
export function withSchedules(
  parameters: Readonly<Record<string, unknown>>,
  table: OptionTable,
): Record<string, unknown> {
  const written = Object.entries(parameters).map(([name, value]) => [
    name,
    table[name]?.facts.schedule && Array.isArray(value) ? { schedule: value } : value,
  ]);
  return Object.fromEntries(written);
}
