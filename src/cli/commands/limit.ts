import { Command } from 'commander';
import { withError } from '../../charts/numbers.js';
import { info } from '../../engine/info.js';
import { resolveLimitPointOptions } from '../../limits/estimate-limit-point.js';
import { type LimitPoint, limitPoint } from '../../limits/limit-point.js';
import {
  type GivenParameters,
  givenByFlags,
  limitPointFlags,
  type ParameterFile,
  readParameterFile,
} from '../loop/loop-parameters.js';
import { print, printJson } from '../terminal/output.js';
import { withProgressBar } from '../terminal/progress.js';
import { threadsOption } from '../terminal/run-options.js';
import { tableText } from '../terminal/table.js';

export function limitCommand(signal: AbortSignal): Command {
  const command = new Command('limit')
    .description('estimate what the distance of a loop settles at')
    .argument('[file.json]', 'parameters, or a result of this command to repeat; flags override it')
    .addHelpText('after', '\nExample:\n  madloop limit --dim 100 --real 1000 --synthetic 10000 --lambda 0.9');
  for (const option of limitPointFlags()) command.addOption(option);
  command.option('--json', 'print one JSON document instead of a table').addOption(threadsOption());
  return command.action((file: string | undefined, flags: { json?: true; threads?: number }) =>
    runLimitCommand(file, flags, signal),
  );
}

async function runLimitCommand(
  file: string | undefined,
  flags: { json?: true; threads?: number },
  signal: AbortSignal,
): Promise<void> {
  const fromFile: ParameterFile =
    file === undefined ? { parameters: {} } : await readParameterFile(file, 'limit');
  const given: GivenParameters = { ...fromFile.parameters, ...givenByFlags({ ...flags }) };
  const limit = await withProgressBar('limit', (onProgress) => {
    // The library checks every value and every name: what it is given here may be anything.
    const options = { ...given, threads: flags.threads, signal, onProgress };
    return limitPoint(options as unknown as Parameters<typeof limitPoint>[0]);
  });
  if (flags.json) {
    const { version, variant } = info();
    const { method, parameters: resolved } = resolveLimitPointOptions('limitPoint', given);
    const { reference, seed, ...plain } = resolved;
    const parameters = {
      ...plain,
      method,
      seed: String(seed),
      ...(reference && { reference: { mean: [...reference.mean], covariance: [...reference.covariance] } }),
    };
    printJson({ madloop: version, instructionSet: variant, command: 'limit', parameters, ...limit });
  } else {
    print(limitTable(limit));
  }
}

function limitTable(limit: LimitPoint): string {
  const { distance, standardError, interval, chains, generations, varianceReduction, accuracy } = limit;
  const digits = (value: number) => value.toPrecision(6);
  if (accuracy) {
    return tableText(
      ['distance', 'relative error of the method, about'],
      [[digits(distance), accuracy.relativeError.toPrecision(2)]],
    );
  }
  return tableText(
    ['distance', '95 % interval', 'chains', 'generations', 'variance reduced by'],
    [
      [
        withError(distance, standardError),
        interval.map(digits).join(' to '),
        String(chains),
        String(generations),
        varianceReduction.toPrecision(3),
      ],
    ],
  );
}
