// A study and its status, for reading.

import { plainText } from '../../base/plain-text.js';
import { cellState } from '../../charts/cell-state.js';
import { rangeEnds, withError } from '../../charts/numbers.js';
import type { AnyStudyDocument } from '../../studies/definition/any-study.js';
import type { StudyCell, StudyDocument } from '../../studies/definition/study-document.js';
import { cellKey } from '../../studies/definition/study-identity.js';
import { assignShards, type ShardChoice } from '../../studies/store/shards.js';
import type { StudyStatus } from '../../studies/store-process/stores.js';
import { loopHeading } from './loop-words.js';
import { resultText, tableText, widestTable } from './table.js';
import { shortTime } from './time-left.js';

// As many lines as a screen shows beside the command itself.
const longestTable = 30;

/** A line a cell; of many cells the first ones. */
export function studyTable({ fixed, axes, cells, relativeError }: StudyDocument): string {
  const names = axes.length > 0 ? axes.map(({ axis }) => axis) : listNames(cells);
  const shown = cells.length <= longestTable ? cells : cells.slice(0, longestTable);
  const table = (form: CellForm) => ({
    names: [
      ...names.map((name) => (form.symbols ? (symbols[name] ?? name) : name)),
      ...['distance', 'n_e', 'n_e / n_r', '95 %', 'admissible'],
    ],
    rows: shown.map((cell) => [...names.map((name) => String(cell.at[name] ?? '')), ...results(cell, form)]),
  });
  const tables = cellForms.map(table);
  const isBare = cells.every(({ result }) => result === null || result.standardError === null);
  const notes = isBare
    ? []
    : [`standard errors (±) are at most ${100 * relativeError} % of a distance; 95 %: interval of n_e / n_r`];
  if (shown.some((cell) => cellState(cell) === 'collapsed')) notes.push(collapsedNote);
  const more = cells.length - shown.length;
  if (more > 0) notes.unshift(`... and ${more} more cells: madloop study export`);
  return resultText(loopHeading(fixed), widestTable(tables, { keys: names.length }), notes);
}

const collapsedNote =
  'collapsed: the model has nearly shrunk to its mean, and so few real samples alone are no better';

/** How a cell is shown. */
interface CellForm {
  /** Digits of the distance's standard error; none for 0. */
  readonly digits: number;
  /** Whether n_e and the interval are as short as can be. */
  readonly short: boolean;
  /** Whether parameters are named by symbols. */
  readonly symbols: boolean;
}

/** From the best one on; where none is narrow enough, the last is folded. */
const cellForms: readonly CellForm[] = [
  { digits: 2, short: false, symbols: false },
  { digits: 1, short: false, symbols: false },
  { digits: 1, short: true, symbols: false },
  { digits: 1, short: true, symbols: true },
  { digits: 0, short: true, symbols: true },
];

const symbols: Readonly<Record<string, string>> = { dim: 'd', real: 'n_r', synthetic: 'n_s' };

function listNames(cells: readonly StudyCell[]): (keyof StudyCell['at'])[] {
  return [...new Set(cells.flatMap(({ at }) => Object.keys(at)))] as (keyof StudyCell['at'])[];
}

function results(cell: StudyCell, { digits, short }: CellForm): string[] {
  const { result, error } = cell;
  if (result === null) return [error === undefined ? 'waiting' : 'refused', '', '', '', ''];
  const { distance, standardError, effectiveSampleSize, ratio, ratioLow, ratioHigh, bounded } = result;
  return [
    digits === 0 ? significant(distance, 6) : withError(distance, standardError ?? Number.NaN, digits),
    effectiveSampleSize === null ? bounded : significant(effectiveSampleSize, short ? 5 : 6),
    significant(ratio, 4),
    standardError === null ? '' : ratioEnds([ratioLow, ratioHigh]).join(short ? '-' : ' to '),
    admissibleInWords[cellState(cell)] ?? cellState(cell),
  ];
}

const admissibleInWords: Readonly<Record<string, string>> = { admissible: 'yes', inadmissible: 'no' };

function ratioEnds([low, high]: readonly [number | null, number | null]): string[] {
  if (low === null || high === null) return [low, high].map((end) => significant(end, 4));
  return rangeEnds([low, high], 4, significant);
}

function significant(value: number | null, digits: number): string {
  return value === null ? '-' : String(Number(value.toPrecision(digits)));
}

/** Of a study the cells that one shard runs, with what it is called. */
export interface Part {
  readonly document: StudyDocument;
  /** "shard 0 of 3"; undefined for a whole study. */
  readonly name?: string;
}

export function partOf(document: StudyDocument, { shards, shard }: ShardChoice): Part {
  if (shards === 1) return { document };
  const keys = document.cells.map(({ parameters }) => cellKey(parameters));
  const shardOf = assignShards(keys, shards);
  const cells = document.cells.filter((_, i) => shardOf[i] === shard);
  return { document: { ...document, cells }, name: `shard ${shard} of ${shards}` };
}

/** What a run says at its end. */
export function partSummary({ document, name }: Part, { cells }: StudyDocument): string {
  if (name === undefined) return studySummary(document);
  return `${name}: ${studySummary(document)}, of ${cells.length} in the study (madloop study merge joins the shards)`;
}

/** "1199 of 1200 cells done, 1 refused (ERR_NO_VARIANCE: ...)". */
export function studySummary({ cells }: AnyStudyDocument): string {
  const done = cells.filter(({ result }) => result !== null).length;
  const errors = cells.flatMap(({ error }) => error ?? []);
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
