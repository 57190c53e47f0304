// A cell of a study of loops and a replicate of it as their rows, and rows as what they must be.

import type { LoopParameters, LoopPlace } from '../definition/loop-study-document.js';
import { DamagedStore } from './sqlite.js';
import type { StoredRow } from './stored-row.js';

/** A row of the table of loops. */
export interface LoopRow {
  readonly cell: number;
  readonly parameters: LoopParameters;
  readonly at: LoopPlace;
}

/** What came of one run of a loop: the values, metric by metric, of every generation; or why there are none, code and message. */
export type ReplicateOutcome =
  | {
      readonly metrics: readonly string[];
      readonly series: Float64Array;
      /** Samples of some generations, where rows are images. */
      readonly shown?: Float32Array | undefined;
      readonly error?: undefined;
    }
  | { readonly error: string };

/** A row of the table of replicates. */
export interface ReplicateRow {
  /** `cell` x replicates of a cell + `replicate`. */
  readonly place: number;
  readonly cell: number;
  readonly replicate: number;
  readonly outcome: ReplicateOutcome;
}

export function rowOfLoop({ cell, parameters, at }: LoopRow): StoredRow {
  return { cell, parameters: JSON.stringify(parameters), at: JSON.stringify(at) };
}

/** Throws SyntaxError, which makes the store a damaged one. */
export function loopOfRow({ cell, parameters, at }: StoredRow): LoopRow {
  return { cell: cell as number, parameters: JSON.parse(parameters as string), at: JSON.parse(at as string) };
}

export function rowOfReplicate({ place, cell, replicate, outcome }: ReplicateRow): StoredRow {
  const row = { place, cell, replicate };
  if (outcome.error !== undefined)
    return { ...row, metrics: null, series: null, shown: null, error: outcome.error };
  const { metrics, series, shown } = outcome;
  return {
    ...row,
    metrics: metrics.join(','),
    series: bytesOf(series),
    shown: shown ? bytesOf(shown) : null,
    error: null,
  };
}

function bytesOf({ buffer, byteOffset, byteLength }: Float64Array | Float32Array): Uint8Array {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
}

/** Throws DamagedStore for a row that is no replicate. */
export function replicateOfRow(row: StoredRow): ReplicateRow {
  const { place, cell, replicate, ...outcome } = row as unknown as Omit<ReplicateRow, 'outcome'> &
    StoredOutcome;
  return { place, cell, replicate, outcome: outcomeOf(place, outcome) };
}

interface StoredOutcome {
  readonly metrics: string | null;
  readonly series: Uint8Array | null;
  readonly shown: Uint8Array | null;
  readonly error: string | null;
}

function outcomeOf(place: number, { metrics, series, shown, error }: StoredOutcome): ReplicateOutcome {
  if (error !== null && metrics === null && series === null && shown === null) return { error };
  const names = metrics?.split(',') ?? [];
  const bytes = series?.byteLength ?? 0;
  const isWhole = bytes > 0 && bytes % (8 * names.length) === 0 && (shown?.byteLength ?? 0) % 4 === 0;
  if (error !== null || series === null || !isWhole)
    throw new DamagedStore(`replicate ${place} has neither values nor an error, or both`);
  // Copies: the bytes need not lie where an array of floats can begin.
  return {
    metrics: names,
    series: new Float64Array(new Uint8Array(series).buffer),
    ...(shown && { shown: new Float32Array(new Uint8Array(shown).buffer) }),
  };
}
