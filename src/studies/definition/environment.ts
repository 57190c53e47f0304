// What a model in another process is made of, as far as it was declared: a study goes on with the same alone.

import { execFile } from 'node:child_process';
import { MadloopError } from '../../base/errors.js';
import { list, object, type TableOf, text } from '../../base/options.js';
import { fileChecksum } from '../../files/file-checksum.js';
import { commandOption, type Programs, programsOf } from '../../models/process-model/command.js';

/** What there is to declare, beside the files that the command names. */
export interface DeclaredEnvironment {
  /** Files that the program's results follow from: its packages, weights, settings. */
  readonly files?: readonly string[] | undefined;
  /** A command whose output says which program it is: "python3 --version". */
  readonly version?: string | readonly string[] | undefined;
}

export const environmentOption = object({
  files: list(text('be the path of a file'))
    .optional('none')
    .doc('files that its results follow from, beside those of `process`'),
  version: commandOption.doc('a command whose output says which program it is: python3 --version'),
} satisfies TableOf<DeclaredEnvironment>).optional();

/** What was found. */
export interface Environment {
  /** Checksums of the files that the command names, and of those that were declared. */
  readonly files: Programs;
  /** What the command for it printed. */
  readonly version?: string;
}

/** Reads the files and asks for the version. Rejects with ERR_FILE, ERR_MODEL (the command failed). */
export async function environmentOf(
  where: string,
  command: readonly string[],
  { files = [], version }: { readonly files?: readonly string[]; readonly version?: readonly string[] },
): Promise<Environment> {
  const found: Record<string, string> = { ...(await programsOf(command)) };
  for (const file of files) found[file] = await fileChecksum(file);
  return { files: found, ...(version && { version: await outputOf(where, version) }) };
}

// A program that says its version does so soon, and in a few lines.
const patienceMs = 60_000;
const mostBytes = 65_536;

/** Both streams, as some programs print their version to the one and some to the other. */
function outputOf(where: string, [program, ...parameters]: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { timeout: patienceMs, maxBuffer: mostBytes, windowsHide: true };
    execFile(program!, parameters, options, (error, stdout, stderr) => {
      if (error === null) {
        resolve(`${stdout}${stderr}`.trim());
        return;
      }
      const what = `environment.version ${JSON.stringify([program, ...parameters].join(' '))}`;
      const message = `${where}: ${what} failed: ${error.message.trim()}`;
      reject(new MadloopError('ERR_MODEL', message, { cause: error }));
    });
  });
}
