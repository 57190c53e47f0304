import { describe, mustError } from '../../base/check.js';
import type { OptionTable } from '../../base/options.js';
import { flagName, givenByFlags } from './flags.js';
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
 * that the command wrote), and over them those of the flags.
 */
export async function givenParameters(
  command: string,
  file: string | undefined,
  flags: object,
  table: OptionTable,
): Promise<GivenParameters> {
  const byFlags = givenByFlags(flags, table);
  if (file === undefined) return { values: byFlags, nameOf: namesOf(table, byFlags) };
  const content = await readDocument(file, 'an object of parameters');
  const { parameters, madloop, instructionSet } = content;
  if (!('madloop' in content) || !isObject(parameters)) {
    return { values: { ...content, ...byFlags }, nameOf: namesOf(table, byFlags, { file, content }) };
  }
  if (content.command !== command)
    throw mustError(file, 'command', `be '${command}'`, describe(content.command));
  return {
    values: { ...parameters, ...byFlags },
    nameOf: namesOf(table, byFlags, { file, content: parameters }),
    madeBy: { file, madloop, instructionSet },
  };
}

/** The name of a parameter: its flag, unless the file alone has it. */
export function namesOf(
  table: OptionTable,
  byFlags: object,
  { file, content }: { readonly file?: string; readonly content: object } = { content: {} },
): (parameter: string) => string | undefined {
  return (parameter) => {
    if (parameter in content && !(parameter in byFlags)) return `${file}: ${parameter}`;
    return table[parameter]?.facts.valueName === undefined ? undefined : flagName(parameter);
  };
}
