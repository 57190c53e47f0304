// A study of loops as tables: what CSV and Parquet files hold.

import { countAxes } from './loop-cell.js';
import type { LoopParameters, LoopStudyCell, LoopStudyDocument } from './loop-study-document.js';
import type { StudyColumn } from './study-table.js';

/** What a row is: the value of a metric in a generation of a replicate; its mean over the replicates; or a cell. */
export const loopRows = ['replicates', 'generations', 'cells'] as const;

export type LoopRows = (typeof loopRows)[number];

type Value = number | string | null;
type Row = Readonly<Record<string, Value>>;

/** Cells without a result have rows in the table of cells alone. */
export function loopColumns(study: LoopStudyDocument, rows: LoopRows): StudyColumn[] {
  if (rows === 'cells') return columnsOf(study.cells.map(rowOfCell), wholeNumbers);
  const ofCell = rows === 'generations' ? meansOfCell : valuesOfCell;
  const all = study.cells.flatMap((cell, index) => {
    const place = { cell: index, ...shownValues(cell.at) };
    return ofCell(cell).map((row) => ({ ...place, ...row }));
  });
  return columnsOf(all, wholeNumbers);
}

const wholeNumbers: ReadonlySet<string> = new Set([...countAxes, 'cell', 'replicate', 't', 'finished']);

function valuesOfCell({ result }: LoopStudyCell): Row[] {
  return Object.entries(result?.metrics ?? {}).flatMap(([metric, { replicates }]) =>
    replicates.flatMap((run, replicate) =>
      Array.from(run, (value, i): Row => ({ replicate, t: i + 1, metric, value: finite(value) })),
    ),
  );
}

function meansOfCell({ result }: LoopStudyCell): Row[] {
  return Object.entries(result?.metrics ?? {}).flatMap(([metric, { mean, standardError }]) =>
    mean.map(
      (value, i): Row => ({
        ...{ t: i + 1, metric, mean: finite(value) },
        standardError: finite(standardError[i]!),
      }),
    ),
  );
}

/** With the metrics of the last generation. */
function rowOfCell({ parameters, at, finished, result, error }: LoopStudyCell, cell: number): Row {
  const metrics = Object.entries(result?.metrics ?? {}).flatMap(([metric, { final }]) => [
    [metric, finite(final.mean)],
    [`${metric}StandardError`, finite(final.standardError)],
  ]);
  const verdict = result?.verdict;
  return {
    ...{ cell, ...shownValues(at), ...shownValues(parameters) },
    state: result !== null ? 'done' : error === undefined ? 'waiting' : 'refused',
    finished,
    ...Object.fromEntries(metrics),
    verdict: verdict?.verdict ?? null,
    slope: finite(verdict?.slope.mean),
    slopeStandardError: finite(verdict?.slope.standardError),
    error: error ?? null,
  };
}

function shownValues(values: LoopParameters): Row {
  const shown = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === 'number' || typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return Object.fromEntries(shown);
}

function finite(value = Number.NaN): number | null {
  return Number.isFinite(value) ? value : null;
}

/** A column for every name that some row has, in the order in which they come. */
function columnsOf(rows: readonly Row[], whole: ReadonlySet<string>): StudyColumn[] {
  const names = new Set<string>();
  for (const row of rows) for (const name of Object.keys(row)) names.add(name);
  return [...names].map((name) => {
    const values = rows.map((row) => row[name] ?? null);
    // An axis may have numbers and schedules.
    const isText = values.some((value) => typeof value === 'string');
    return {
      name,
      type: isText ? 'STRING' : whole.has(name) ? 'INT64' : 'DOUBLE',
      values: isText ? values.map((value) => (value === null ? null : String(value))) : values,
    };
  });
}
