// A study in a report: its cells as columns, in which what repeats itself stands once. A cell takes some 60 bytes instead of 500.

import type { StudyCell, StudyCellResult, StudyDocument } from '../studies/definition/study-document.js';

/**
 * The values of one quantity in their order: all of them; or those that occur, with the place of each among them, or with how many
 * times in a row each stands, in turn. A value that is missing has place -1.
 */
type Column =
  | { readonly values: readonly unknown[] }
  | { readonly of: readonly unknown[]; readonly at: readonly number[] }
  | { readonly of: readonly unknown[]; readonly each: number };

type Columns = Readonly<Record<string, Column>>;

/** The interval of n_e is that of n_e / n_r. */
type ShownResult = Omit<StudyCellResult, 'low' | 'high'>;

/** What a page keeps of a study. */
export interface ReportedStudy extends Omit<StudyDocument, 'cells'> {
  readonly cells: readonly (Omit<StudyCell, 'result'> & { readonly result: ShownResult | null })[];
}

/** A study with its cells as columns. */
export interface StudyColumns extends Omit<StudyDocument, 'cells'> {
  readonly count: number;
  /** Of all cells. */
  readonly parameters: Columns;
  readonly at: Columns;
  /** Whether a cell has a result; and of those that have one. */
  readonly finished: Column;
  readonly result: Columns;
  /** Index of the cell, and why it has no result. */
  readonly errors: readonly (readonly [number, string])[];
}

// The page shows fewer digits; of standard errors two mean something. The ends of an interval may differ in the last ones alone.
const digits = 6;
const digitsOf: Readonly<Record<string, number>> = {
  standardError: 4,
  varianceReduction: 5,
  ratioLow: 8,
  ratioHigh: 8,
};

export function columnsOfStudy({ cells, ...study }: StudyDocument): StudyColumns {
  const results = cells.flatMap(({ result }): ShownResult[] => {
    if (result === null) return [];
    const { low: _, high: __, ...shown } = result;
    return [shown];
  });
  return {
    ...study,
    count: cells.length,
    parameters: columnsOf(cells.map(({ parameters }) => parameters)),
    at: columnsOf(cells.map(({ at }) => at)),
    finished: columnOf(cells.map(({ result }) => result !== null)),
    result: columnsOf(results, (value, name) =>
      typeof value === 'number' ? Number(value.toPrecision(digitsOf[name] ?? digits)) : value,
    ),
    errors: cells.flatMap(({ error }, i) => (error === undefined ? [] : [[i, error] as const])),
  };
}

/** A column for each name that some row has. */
function columnsOf(
  rows: readonly object[],
  shown: (value: unknown, name: string) => unknown = (value) => value,
): Columns {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return Object.fromEntries(
    names.map((name) => [
      name,
      columnOf(rows.map((row) => shown((row as Record<string, unknown>)[name], name))),
    ]),
  );
}

function columnOf(values: readonly unknown[]): Column {
  const of: unknown[] = [...new Set(values.filter((value) => value !== undefined))];
  const places = new Map<unknown, number>(of.map((value, place) => [value, place]));
  const at = values.map((value) => places.get(value) ?? -1);
  const next = at.findIndex((place) => place !== at[0]);
  const each = next < 0 ? values.length : next;
  if (at.every((place, i) => place === Math.floor(i / each) % of.length)) return { of, each };
  // A list of values and places in it is shorter where each value occurs often.
  return of.length <= values.length / 4 || at.includes(-1) ? { of, at } : { values };
}

/** The study of its columns, with the digits that are kept. It is in the page as text, and needs nothing else. */
export function studyOfColumns({
  count,
  parameters,
  at,
  finished,
  result,
  errors,
  ...study
}: StudyColumns): ReportedStudy {
  const entryOf = (column: Column, i: number): unknown => {
    if ('values' in column) return column.values[i];
    return column.of['each' in column ? Math.floor(i / column.each) % column.of.length : column.at[i]!];
  };
  const row = (columns: Columns, i: number): object =>
    Object.fromEntries(
      Object.entries(columns)
        .map(([name, column]) => [name, entryOf(column, i)])
        .filter(([, value]) => value !== undefined),
    );
  const reasons = new Map(errors);
  let results = -1;
  const cells = Array.from({ length: count }, (_, i) => {
    if (entryOf(finished, i)) results += 1;
    return {
      parameters: row(parameters, i),
      at: row(at, i),
      result: entryOf(finished, i) ? row(result, results) : null,
      ...(reasons.has(i) && { error: reasons.get(i) }),
    } as ReportedStudy['cells'][number];
  });
  return { ...study, cells };
}
