// A study of loops, for reading.

import { scheduleInFile } from '../../base/schedule.js';
import { withError } from '../../charts/numbers.js';
import type { OutsideModel } from '../../studies/definition/loop-cell.js';
import type {
  LoopAxisValue,
  LoopParameters,
  LoopStudyCell,
  LoopStudyDocument,
} from '../../studies/definition/loop-study-document.js';
import { loopHeading, shownSchedule } from './loop-words.js';
import { resultText, widestTable } from './table.js';

// As many lines as a screen shows beside the command itself.
const longestTable = 30;

/** A line a cell, with the metrics of its last generation; of many cells the first ones. */
export function loopStudyTable({ fixed, axes, cells, replicates, seed }: LoopStudyDocument): string {
  const names =
    axes.length > 0 ? axes.map(({ axis }) => axis) : [...new Set(cells.flatMap(({ at }) => Object.keys(at)))];
  const metrics = [...new Set(cells.flatMap(({ result }) => Object.keys(result?.metrics ?? {})))];
  const shown = cells.slice(0, longestTable);
  const table = (digits: number) => ({
    names: [...names, ...metrics, 'goes MAD'],
    rows: shown.map((cell) => [
      ...names.map((name) => shownValue(cell.at[name])),
      ...(cell.result === null ? unfinished(cell, metrics, replicates) : results(cell, metrics, digits)),
    ]),
  });
  const more = cells.length - shown.length;
  const notes = [
    ...(more > 0 ? [`... and ${more} more cells: madloop study export --rows cells`] : []),
    `in the last generation, means of ${replicates} runs ± one standard error; goes MAD: verdict of mad-test on the distance`,
  ];
  const { process, ...others } = fixed;
  const command = process === undefined ? {} : { process: (process as OutsideModel).command };
  const parameters = plainParameters({ ...others, ...command, replicates, seed });
  return resultText(loopHeading(parameters), widestTable([table(2), table(1)], { keys: names.length }), notes);
}

function results({ result }: LoopStudyCell, metrics: readonly string[], digits: number): string[] {
  const { verdict } = result!;
  return [
    ...metrics.map((name) => {
      const final = result!.metrics[name]?.final;
      return final && Number.isFinite(final.mean) ? withError(final.mean, final.standardError, digits) : '';
    }),
    verdict === null ? '' : verdict.verdict === 'mad' ? 'yes' : verdict.verdict,
  ];
}

function unfinished(
  { finished, error }: LoopStudyCell,
  metrics: readonly string[],
  replicates: number,
): string[] {
  const state = error === undefined ? `${finished} of ${replicates} runs` : 'refused';
  return [...metrics, ''].map((_, i) => (i === 0 ? state : ''));
}

function shownValue(value: LoopAxisValue | undefined): string {
  return typeof value === 'object' ? shownSchedule(value.schedule) : String(value ?? '');
}

/** With a plain list for every schedule, as headings take them. */
function plainParameters(values: LoopParameters): Record<string, unknown> {
  const plain = Object.entries(values).map(([name, value]) => [name, scheduleInFile(value) ?? value]);
  return Object.fromEntries(plain);
}
