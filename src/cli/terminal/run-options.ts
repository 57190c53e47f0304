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

export function addRunOptions(command: Command): void {
  command
    .addOption(
      new Option('-o, --output <folder>', 'where files go (default: madloop-results; none with --json)'),
    )
    .addOption(new Option('--json', 'print one JSON document instead of a table'))
    .addOption(new Option('--no-chart', 'write no SVG and PNG'))
    .addOption(threadsOption());
}

export function threadsOption(): Option {
  const help = 'threads to use (default: MADLOOP_THREADS, else all processors)';
  return new Option('--threads <n>', help).argParser(threadCount);
}

function threadCount(text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count >= 1) return count;
  throw new MadloopError('ERR_INVALID_INPUT', `--threads must be an integer of at least 1, got ${text}`);
}
