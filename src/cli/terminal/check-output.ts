import { stat } from 'node:fs/promises';
import { MadloopError } from '../../base/errors.js';
import { tryWriting } from '../../files/atomic-write.js';

/**
 * What a command that writes `output` checks before it computes: that it can be written (ERR_FILE), and is none of its own inputs,
 * under whatever name, and ends as it should (ERR_INVALID_INPUT).
 */
export async function checkOutput(
  command: string,
  output: string,
  { inputs, ending, inWords }: OutputRules,
): Promise<void> {
  const must = (requirement: string) =>
    new MadloopError('ERR_INVALID_INPUT', `${command}: --output must ${requirement}, got ${output}`);
  if (!ending.test(output)) throw must(`end in ${inWords}`);
  await tryWriting(output);
  const own = await identity(output);
  for (const input of inputs) {
    if (own !== undefined && own === (await identity(input)))
      throw must(`be another file than the input ${input}`);
  }
}

interface OutputRules {
  readonly inputs: readonly string[];
  /** What the name must end in, and in words. */
  readonly ending: RegExp;
  readonly inWords: string;
}

/** What tells a file from every other; undefined where there is none. */
async function identity(path: string): Promise<string | undefined> {
  const stats = await stat(path, { bigint: true }).catch(() => undefined);
  return stats && `${stats.dev} ${stats.ino}`;
}
