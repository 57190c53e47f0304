// A study as one table, a row a cell: what CSV and Parquet files hold.

import { stationaryVariance } from '../../limits/stationary-variance.js';
import type { StudyAxis, StudyDocument } from './study-document.js';

export type ColumnType = 'INT64' | 'DOUBLE' | 'STRING';

export interface StudyColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** A value for every cell; null: it has none. */
  readonly values: readonly (number | string | null)[];
}

/** The columns: parameters, places on axes that are no parameters, state, results. */
export function studyColumns({ cells }: StudyDocument): StudyColumn[] {
  const column = (
    name: string,
    type: ColumnType,
    value: (cell: StudyDocument['cells'][number], index: number) => number | string | null | undefined,
  ): StudyColumn => ({ name, type, values: cells.map((cell, index) => value(cell, index) ?? null) });
  const parameter = (name: 'dim' | 'real' | 'synthetic' | 'memory' | 'lambda'): StudyColumn =>
    column(name, name === 'lambda' ? 'DOUBLE' : 'INT64', ({ parameters }) => parameters[name]);
  const place = (axis: StudyAxis, type: ColumnType): StudyColumn[] =>
    cells.some(({ at }) => at[axis] !== undefined) ? [column(axis, type, ({ at }) => at[axis])] : [];
  const number = (name: NumericResult): StudyColumn =>
    column(name, wholeNumbers.has(name) ? 'INT64' : 'DOUBLE', ({ result }) => result?.[name]);
  return [
    column('cell', 'INT64', (_, index) => index),
    column('variant', 'STRING', ({ parameters }) => parameters.variant),
    column('divisor', 'STRING', ({ parameters }) => parameters.divisor),
    ...[parameter('dim'), parameter('real'), parameter('synthetic')],
    ...[...place('total', 'INT64'), ...place('realFraction', 'DOUBLE')],
    ...[parameter('lambda'), parameter('memory')],
    column('state', 'STRING', ({ result, error }) =>
      result !== null ? 'done' : error === undefined ? 'waiting' : 'refused',
    ),
    ...numericResults.map(number),
    column('admissible', 'STRING', ({ result }) => (result === null ? null : String(result.admissible))),
    column('bounded', 'STRING', ({ result }) => result?.bounded),
    column('error', 'STRING', ({ error }) => error),
    // Beside `admissible`: a model that has nearly shrunk to its mean may be as good as few real samples.
    column('stationaryVariance', 'DOUBLE', ({ parameters }) => stationaryVariance(parameters)),
  ];
}

const numericResults = [
  'distance',
  'standardError',
  'effectiveSampleSize',
  'low',
  'high',
  'ratio',
  'ratioLow',
  'ratioHigh',
  'generations',
  'chains',
  'varianceReduction',
] as const;

type NumericResult = (typeof numericResults)[number];

const wholeNumbers: ReadonlySet<NumericResult> = new Set(['generations', 'chains']);
