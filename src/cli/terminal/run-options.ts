import { type Command, Option } from 'commander';
import { MadloopError } from '../../base/errors.js';

/** Flags of every command that computes something: they change where results go, never what they are. */
export interface RunOptions {
  readonly output?: string;
  readonly json?: true;
  /** False with --no-chart. */
  readonly chart: boolean;
  readonly threads?: number;
}

/** Where files go that nobody has said a folder for. */
export const defaultFolder = 'madloop-results';

/** `folder` is where files go by default, in words. */
export function addRunOptions(command: Command, folder = `${defaultFolder}; none with --json`): void {
  command
    .addOption(new Option('-o, --output <folder>', `where files go (default: ${folder})`).argParser(folderName))
    .addOption(new Option('--json', 'print one JSON document instead of a table'))
    .addOption(new Option('--no-chart', 'write no SVG and PNG'))
    .addOption(threadsOption());
}

export function threadsOption(): Option {
  const help = 'threads to use (default: MADLOOP_THREADS, else all processors)';
  return new Option('--threads <n>', help).argParser(threadCount);
}

function folderName(text: string): string {
  if (text !== '' && text !== '-') return text;
  const message = `--output must be a folder (--json prints the result on standard output), got '${text}'`;
  throw new MadloopError('ERR_INVALID_INPUT', message);
}

/** The first of madloop-results, madloop-results-2, ... that will do. */
export async function numberedFolder(willDo: (folder: string) => Promise<boolean>): Promise<string> {
  let folder = defaultFolder;
  for (let i = 2; !(await willDo(folder)); i += 1) folder = `${defaultFolder}-${i}`;
  return folder;
}

function threadCount(text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count >= 1) return count;
  throw new MadloopError('ERR_INVALID_INPUT', `--threads must be an integer of at least 1, got ${text}`);
}
