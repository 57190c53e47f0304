// What commands that call one function of `limits` have in common: parameters by its table, and the form of the result.

import { Command } from 'commander';
import type { OptionTable } from '../../base/options.js';
import { info } from '../../engine/info.js';
import type { JobOptions } from '../../engine/job.js';
import { totalOptions } from '../../gaussian-loop/sample-counts.js';
import { biasNames, otherBiasNames, withLambda } from '../../gaussian-loop/sampling-bias.js';
import { type Cost, warnOfCost } from '../terminal/cost.js';
import { rewordErrors } from '../terminal/error-wording.js';
import { addFlags } from '../terminal/flags.js';
import { givenParameters } from '../terminal/given-parameters.js';
import { loopHeading } from '../terminal/loop-words.js';
import { print, printable, printJson } from '../terminal/output.js';
import { withProgressBar } from '../terminal/progress.js';
import { threadsOption } from '../terminal/run-options.js';
import { resultText } from '../terminal/table.js';

interface Verb<Values extends Record<string, unknown>, Result extends object> {
  readonly name: string;
  readonly description: string;
  /** Flags of an example. */
  readonly example: string;
  /** The function's options without those of jobs. */
  readonly parameters: OptionTable;
  readonly resolve: (given: unknown) => Values;
  /** About how many seconds of one core it takes, and what takes less; undefined where it is quick. */
  readonly cost?: (values: Values) => Cost | undefined;
  readonly compute: (options: Values & JobOptions) => Promise<Result>;
  /** The result for reading, and what its readers should know. */
  readonly table: (result: Result) => { readonly table: string; readonly notes: readonly string[] };
}

interface Flags {
  readonly json?: true;
  readonly threads?: number;
}

export function limitsCommand<Values extends Record<string, unknown>, Result extends object>(
  { name, description, example, parameters: own, resolve, cost, compute, table }: Verb<Values, Result>,
  signal: AbortSignal,
): Command {
  const command = new Command(name)
    .description(description)
    .argument('[file]', 'parameters as JSON or YAML, or a result of this command to repeat; flags override it')
    .addHelpText('after', `\nExample:\n  madloop ${name} ${example}`);
  const parameters = { ...own, ...('lambda' in own && biasNames), ...('real' in own && totalOptions) };
  addFlags(command, parameters);
  return command
    .option('--json', 'print one JSON document instead of a table')
    .addOption(threadsOption())
    .action(async (file: string | undefined, flags: Flags) => {
      const given = await givenParameters(name, file, flags, parameters, otherBiasNames);
      const { json, threads } = flags;
      const [resolved, result] = await rewordErrors(given.nameOf, async () => {
        const values = resolve('lambda' in own ? withLambda(name, given.values) : given.values);
        warnOfCost(name, cost?.(values), threads);
        const computed = await withProgressBar(name, (onProgress) =>
          compute({ ...values, threads, signal, onProgress }),
        );
        return [values, computed];
      });
      const { version, variant } = info();
      const made = { madloop: version, instructionSet: variant, command: name };
      if (json) {
        printJson({ ...made, parameters: printable(resolved), ...result });
        return;
      }
      const text = table(result);
      print(
        resultText(loopHeading(resolved, given.values.guidance as number | undefined), text.table, text.notes),
      );
    });
}
