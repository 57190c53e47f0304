// A study of loops as its store holds it.

import type { LoopStudyCell, LoopStudyDocument } from '../definition/loop-study-document.js';
import type { ReplicateOutcome } from './loop-row.js';
import { DamagedStore } from './sqlite.js';
import type { StoredLoops } from './store-loops.js';
import type { LoopDescription, StoreSettings } from './store-settings.js';

/** The values of a cell whose replicates are all finished: of each replicate, metric by metric, those of every generation. */
export interface LoopValues {
  readonly metrics: readonly string[];
  readonly series: readonly Float64Array[];
  /** Samples of the first replicate, where rows are images. */
  readonly shown?: Float32Array | undefined;
}

export interface StoredLoopCell extends Omit<LoopStudyCell, 'result'> {
  readonly values: LoopValues | null;
}

/** A study before its means are taken. */
export interface StoredLoopStudy extends Omit<LoopStudyDocument, 'cells' | 'intervalFactor'> {
  readonly cells: readonly StoredLoopCell[];
}

/** Throws DamagedStore where the replicates of a cell do not measure the same. */
export function loopStudyOf(settings: StoreSettings<LoopDescription>, stored: StoredLoops): StoredLoopStudy {
  const { name, title, madeBy, created, document } = settings;
  const { kind, axes, fixed, replicates, seed } = document;
  const outcomes = new Map<number, ReturnType<typeof outcomeOf>>();
  for (const { first, cells } of stored.unique) {
    const outcome = outcomeOf(stored, first, replicates);
    for (const cell of cells) outcomes.set(cell, outcome);
  }
  return {
    ...{ kind, name, title, axes, fixed, replicates, seed },
    provenance: { ...madeBy, created },
    cells: stored.loops.map(({ cell, parameters, at }) => ({ ...{ parameters, at }, ...outcomes.get(cell)! })),
  };
}

function outcomeOf(
  { outcomes }: StoredLoops,
  first: number,
  replicates: number,
): Pick<StoredLoopCell, 'finished' | 'values' | 'error'> {
  const found: ReplicateOutcome[] = [];
  for (let replicate = 0; replicate < replicates; replicate += 1) {
    const outcome = outcomes.get(first * replicates + replicate);
    if (outcome !== undefined) found.push(outcome);
  }
  const error = found.find((outcome) => outcome.error !== undefined)?.error;
  const series = found.flatMap((outcome) => (outcome.error === undefined ? [outcome.series] : []));
  const finished = series.length;
  const names = found.flatMap((outcome) => (outcome.error === undefined ? [outcome.metrics] : []));
  const differs = (i: number): boolean =>
    String(names[i]) !== String(names[0]) || series[i]!.length !== series[0]!.length;
  const other = series.findIndex((_, i) => differs(i));
  if (other >= 0) throw new DamagedStore(`cell ${first}: its replicates do not measure the same`);
  if (error !== undefined) return { finished, values: null, error };
  if (finished < replicates) return { finished, values: null };
  const [whole] = found;
  const shown = whole?.error === undefined ? whole?.shown : undefined;
  return { finished, values: { metrics: names[0]!, series, ...(shown && { shown }) } };
}
