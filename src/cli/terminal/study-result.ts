// A study and its status, for reading.

import { plainText } from '../../base/plain-text.js';
import { withError } from '../../charts/numbers.js';
import type { StudyCell, StudyDocument } from '../../studies/definition/study-document.js';
import type { StudyStatus } from '../../studies/store-process/stores.js';
import { tableText } from './table.js';
import { shortTime } from './time-left.js';

// As many lines as a screen shows beside the command itself.
const longestTable = 30;

/** A line a cell; of many cells the first ones. */
export function studyTable({ axes, cells }: StudyDocument): string {
  const names = axes.length > 0 ? axes.map(({ axis }) => axis) : listNames(cells);
  const shown = cells.length <= longestTable ? cells : cells.slice(0, longestTable);
  const rows = shown.map((cell) => [...names.map((name) => String(cell.at[name] ?? '')), ...results(cell)]);
  const table = tableText([...names, 'distance', 'n_e', 'n_e / n_r', '95 %', 'admissible'], rows);
  const more = cells.length - shown.length;
  return more === 0 ? table : `${table}\n... and ${more} more cells: madloop study export`;
}

function listNames(cells: readonly StudyCell[]): (keyof StudyCell['at'])[] {
  return [...new Set(cells.flatMap(({ at }) => Object.keys(at)))] as (keyof StudyCell['at'])[];
}

function results({ result, error }: StudyCell): string[] {
  if (result === null) return [error === undefined ? 'waiting' : 'refused', '', '', '', ''];
  const { distance, standardError, effectiveSampleSize, ratio, ratioLow, ratioHigh, admissible, bounded } =
    result;
  return [
    withError(distance, standardError ?? Number.NaN),
    effectiveSampleSize === null ? bounded : String(Number(effectiveSampleSize.toPrecision(6))),
    short(ratio),
    standardError === null ? '' : `${short(ratioLow)} to ${short(ratioHigh)}`,
    admissible === 'undecided' ? admissible : admissible ? 'yes' : 'no',
  ];
}

function short(value: number | null): string {
  return value === null ? '-' : String(Number(value.toPrecision(4)));
}

/** "1199 of 1200 cells done, 1 refused (ERR_NO_VARIANCE: ...)". */
export function studySummary({ cells }: StudyDocument): string {
  const done = cells.filter(({ result }) => result !== null).length;
  const errors = cells.flatMap(({ error }) => (error === undefined ? [] : [error]));
  const refused = errors.length === 0 ? '' : `, ${errors.length} refused (${plainText(errors[0]!)})`;
  return `${done} of ${cells.length} cells done${refused}`;
}

/** A line a store. */
export function statusTable(all: readonly (StudyStatus & { readonly store: string })[]): string {
  return tableText(
    ['store', 'shard', 'cells', 'done', 'refused', 'begun', 'work', 'last run'],
    all.map(({ store, shard, shards, cells, done, refused, begun, lastRun }) => [
      ...[store, `${shard} of ${shards}`],
      ...[cells, done, refused, begun].map(String),
      lastRun === undefined ? '' : `${(100 * lastRun.fraction).toFixed(0)} %`,
      lastRun === undefined ? '' : describeRun(lastRun),
    ]),
  );
}

function describeRun({ ended, updated, secondsLeft }: NonNullable<StudyStatus['lastRun']>): string {
  if (ended !== null) return `${ended} ${updated}`;
  // A run that was killed could not say so; one that is silent for long was.
  const left = secondsLeft === null ? '' : `, ${shortTime(secondsLeft)} left`;
  return `running or killed, last heard ${updated}${left}`;
}
