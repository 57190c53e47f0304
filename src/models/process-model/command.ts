// The command of a model in another process, and what it is told by later.

import { stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { checked } from '../../base/options.js';
import { fileChecksum } from '../../files/file-checksum.js';
import { processModelOptions } from './process-model.js';
import { shellWords } from './shell-words.js';

/** The words of a command: a list, or text as a shell has it. */
export const commandOption = checked('command', (where, argument, value) => {
  const words = typeof value === 'string' ? shellWords(where, argument, value) : value;
  return processModelOptions.command.resolve(where, argument, words, {});
})
  .optional('none')
  .doc(
    'a model of your own: the program that fits and samples, and its arguments, in words as a shell has them',
  )
  .flag('<command>', (text) => text);

/** The checksums of files by their names. */
export type Programs = Readonly<Record<string, string>>;

/** The files among the words of a command; a program that is found by its name alone is none. Errors: ERR_FILE. */
export async function programsOf(words: readonly string[]): Promise<Programs> {
  const programs: Record<string, string> = {};
  for (const [i, word] of words.entries()) {
    const isFile = (i > 0 || word.includes('/')) && (await stat(word).catch(() => undefined))?.isFile();
    if (isFile) programs[word] = await fileChecksum(word);
  }
  return programs;
}

/** The files that are not the same in both. */
export function changedPrograms(before: unknown, now: Programs): string[] {
  const old =
    typeof before === 'object' && before !== null ? (before as Readonly<Record<string, unknown>>) : {};
  return [...new Set([...Object.keys(old), ...Object.keys(now)])].filter((file) => old[file] !== now[file]);
}

/** What of a file is another one now: "another model.py", "no file model.py in this folder". */
export function changeOf(file: string, now: Programs): string {
  return file in now ? `another ${file}` : `no file ${file}${isAbsolute(file) ? '' : ' in this folder'}`;
}
