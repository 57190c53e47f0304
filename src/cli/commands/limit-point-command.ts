// What `madloop limit` and `madloop ess` have in common: the same parameters and the same form of result.

import { Command } from 'commander';
import { resolve } from '../../base/options.js';
import { info } from '../../engine/info.js';
import { totalOptions } from '../../gaussian-loop/sample-counts.js';
import { type LimitPointOptions, limitPointParameters } from '../../limits/estimate-limit-point.js';
import { rewordErrors } from '../terminal/error-wording.js';
import { addFlags } from '../terminal/flags.js';
import { givenParameters } from '../terminal/given-parameters.js';
import { print, printable, printJson } from '../terminal/output.js';
import { withProgressBar } from '../terminal/progress.js';
import { threadsOption } from '../terminal/run-options.js';

interface Verb<Result extends object> {
  readonly name: string;
  readonly description: string;
  /** Flags of an example. */
  readonly example: string;
  readonly compute: (options: LimitPointOptions) => Promise<Result>;
  readonly table: (result: Result) => string;
}

const parameters = { ...limitPointParameters, ...totalOptions };

interface Flags {
  readonly json?: true;
  readonly threads?: number;
}

export function limitPointCommand<Result extends object>(
  { name, description, example, compute, table }: Verb<Result>,
  signal: AbortSignal,
): Command {
  const command = new Command(name)
    .description(description)
    .argument('[file]', 'parameters as JSON or YAML, or a result of this command to repeat; flags override it')
    .addHelpText('after', `\nExample:\n  madloop ${name} ${example}`);
  addFlags(command, parameters);
  return command
    .option('--json', 'print one JSON document instead of a table')
    .addOption(threadsOption())
    .action(async (file: string | undefined, flags: Flags) => {
      const given = await givenParameters(name, file, flags, parameters);
      const { json, threads } = flags;
      const [resolved, result] = await rewordErrors(given.nameOf, async () => {
        const values = resolve(name, given.values, limitPointParameters);
        const computed = await withProgressBar(name, (onProgress) =>
          compute({ ...values, threads, signal, onProgress }),
        );
        return [values, computed];
      });
      const { version, variant } = info();
      const made = { madloop: version, instructionSet: variant, command: name };
      if (json) printJson({ ...made, parameters: printable(resolved), ...result });
      else print(table(result));
    });
}
