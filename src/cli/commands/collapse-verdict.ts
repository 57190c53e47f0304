import { Command } from 'commander';
import { numberText } from '../../charts/numbers.js';
import { info } from '../../engine/info.js';
import { type CollapseRow, collapseVerdict, collapseVerdictOptions } from '../../verdict/collapse-verdict.js';
import { type MadSeries, readSeries as shapeOf } from '../../verdict/series.js';
import { rewordErrors } from '../terminal/error-wording.js';
import { addFlags, givenByFlags } from '../terminal/flags.js';
import { namesOf } from '../terminal/given-parameters.js';
import { print, printJson, say } from '../terminal/output.js';
import { readSeries } from '../terminal/read-series.js';
import { tableText, wrapped } from '../terminal/table.js';

export function collapseVerdictCommand(signal: AbortSignal): Command {
  const command = new Command('collapse-verdict')
    .description('which of the eight definitions of model collapse does a loop meet?')
    .argument(
      '<file>',
      'a result of loop --series, or a .npy file of a risk: a row a replicate, a column a generation',
    )
    .addHelpText(
      'after',
      '\nExample:\n  madloop loop --variant fully-synthetic --dim 10 --synthetic 100 --series -o mad' +
        '\n  madloop collapse-verdict mad/loop.json',
    );
  addFlags(command, collapseVerdictOptions);
  return command
    .option('--json', 'print one JSON document instead of a table')
    .action(async (file: string, flags: { json?: true }) => {
      const series = await readSeries(file, signal);
      const given = givenByFlags(flags, collapseVerdictOptions);
      const parameterName = namesOf(collapseVerdictOptions, given);
      const nameOf = (name: string) => (/^series\b/.test(name) ? file : parameterName(name));
      const definitions = await rewordErrors(nameOf, () => collapseVerdict(series, given));
      const { version, variant } = info();
      const made = { madloop: version, instructionSet: variant, command: 'collapse-verdict' };
      if (flags.json) printJson({ ...made, file, definitions });
      else
        print(
          verdictText(headingOf(file, series), definitions, (given.confidence as number | undefined) ?? 0.95),
        );
      if (Array.isArray(series) && series.some((risk: Float64Array) => risk.some((value) => value < 0)))
        say(`${file} has values below 0, as no risk has: a row is a replicate, a column a generation`);
    });
}

const inWords: Readonly<Record<CollapseRow['definition'], string>> = {
  catastrophicIncrease: 'catastrophic increase of risk',
  anyIncrease: 'any increase of risk',
  divergingRisk: 'risk diverges',
  collapsingVariance: 'variance collapses',
  scalingLaw: 'scaling law changes',
  disappearingTails: 'real tails disappear',
  hallucinatedData: 'hallucinated data appear',
  entangledModes: 'real modes entangle',
};

/** Whose series, and how it was read. */
function headingOf(file: string, series: MadSeries): string {
  const { replicates, generations } = shapeOf('collapseVerdict', series);
  const read = `replicates ${replicates}; generations 1 to ${generations}`;
  return wrapped(`${file} (${read}): is it model collapse? (Schaeffer et al. 2025)`);
}

function verdictText(heading: string, definitions: readonly CollapseRow[], confidence: number): string {
  const rows = definitions.map(({ definition, verdict, statistic, interval: [low, high] }) => [
    inWords[definition],
    verdict,
    ...(Number.isNaN(statistic) ? ['', ''] : [numberText(statistic, 4), rangeText(low, high)]),
  ]);
  const notes = definitions.map(({ definition, meaning }) =>
    wrapped(`${inWords[definition]}: ${meaning}`, '  '),
  );
  const ends = wrapped(
    `intervals hold together with a confidence of ${numberText(100 * confidence, 4)} %; late: the last third of the generations`,
  );
  return [heading, tableText(['definition', '', 'statistic', 'interval'], rows), '', ...notes, ends].join('\n');
}

const rangeText = (low: number, high: number): string =>
  Number.isNaN(low) ? '' : `${numberText(low, 4)} to ${numberText(high, 4)}`;
