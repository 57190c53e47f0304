import { MadloopError } from '../../base/errors.js';
import { flagName } from './flags.js';
import { withNumberHere } from './written-elsewhere.js';

/** Codes of errors whose message begins with the library's function and the name of an argument. */
const codes: ReadonlySet<string> = new Set([
  'ERR_INVALID_INPUT',
  'ERR_NOT_POSITIVE_SEMIDEFINITE',
  'ERR_NO_CONVERGENCE',
]);

/** An argument in a message, and its member: "k", "k[1]", "a.rows"; nothing that is quoted. */
const argument = /(?<![\w."'-])([a-z]\w*(?:\[\d+\])?)(?:\.([a-z][\w.]*))?(?![\w"'-])/g;

/**
 * Runs a call of the library for a command. Where it finds an argument wrong, the error names what the user gave, a file or a
 * flag: `nameOf` tells it for an argument ("a", "k[1]"); undefined leaves the library's name.
 */
export async function rewordErrors<Result>(
  nameOf: (argument: string) => string | undefined,
  call: () => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof MadloopError) || error.code === 'ERR_ABORTED') throw error;
    const message = withFlags(codes.has(error.code) ? named(error.message, nameOf) : error.message, nameOf);
    if (message === error.message) throw error;
    throw new MadloopError(error.code, message, { cause: error });
  }
}

/**
 * What the library calls a function that a command has called for its user, who has called none. A list, as tables of options do not
 * know which functions take them, and any other word before a colon may be a file's name.
 */
const calledByCommands =
  /\b(?:runStudy|readStudy|limitPoint|effectiveSampleSize|simulateGaussianLoop|momentsOfFile|autophagousLoop|replicatedAutophagousLoop|datasetReference): /g;

/**
 * The message of an error of the library to somebody who gave flags: no names of functions, and `{ option: true }` as a flag where that is
 * one of `flags`, those of the command.
 */
export function forCommandLine(message: string, flags: readonly string[]): string {
  const worded = message
    .replace(calledByCommands, '')
    .replace(/\b(generation \d+): (?=\1 )/, '')
    .replace(/(?<!: )\{ (\w+): true \}/g, (all, option: string) =>
      flags.includes(flagName(option)) ? flagName(option) : all,
    )
    .replace(/^(--[\w-]+ must .*), got undefined$/su, '$1, and is not given');
  return withNumberHere(worded);
}

/** "frechetDistance: a and b must ...", "mergeStatistics: list[1].count must ..." by what the user gave. */
function named(message: string, nameOf: (argument: string) => string | undefined): string {
  const [, subject = '', rest = ''] = /^[\w -]+: (.*?)( must .*)$/su.exec(message) ?? [];
  const renamed = subject.replace(argument, (all, found: string, member?: string) => {
    const name = nameOf(found);
    if (name === undefined) return all;
    return member === undefined ? name : `${name}: ${member}`;
  });
  if (renamed === subject) return message;
  // "that of list[0]"; and what is wrong of the file, not another file.
  const ofRest = rest.replace(/\b[a-z]\w*\[\d+\]/g, (found) => nameOf(found) ?? found);
  // "realFixed + realFresh = 7" and "initial = 5": what a formula is made of.
  return (
    renamed +
    ofRest.replace(/\b[a-z]\w*(?: \+ [a-z]\w*)*(?= = \S)/g, (formula) =>
      formula.replace(/\w+/g, (found) => nameOf(found) ?? found),
    )
  );
}

/** "the option 'array'" as "--array", "the options 'real' and 'synthetic'" as "--real and --synthetic". */
function withFlags(message: string, nameOf: (argument: string) => string | undefined): string {
  return message.replace(/the options? ('\w+'(?: and '\w+')*)/g, (all, options: string) => {
    const names = options.split(' and ').map((option) => nameOf(option.slice(1, -1)));
    return names.includes(undefined) ? all : names.join(' and ');
  });
}
