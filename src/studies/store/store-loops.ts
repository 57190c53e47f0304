// The cells of a store of loops with what is finished of them, and whether they are those of its study.

import type { LoopParameters } from '../definition/loop-study-document.js';
import { digestOf, loopKey } from '../definition/study-identity.js';
import type { LoopRow, ReplicateOutcome } from './loop-row.js';
import { assignShards, type ShardChoice } from './shards.js';
import { DamagedStore } from './sqlite.js';
import type { LoopDescription, StoreSettings } from './store-settings.js';
import type { StoreSql } from './store-sql.js';

/** Cells of loops that have the same parameters, and so the same results, which are kept for the first one. */
export interface UniqueLoop {
  readonly first: number;
  readonly cells: readonly number[];
}

/** What a store of loops holds. */
export interface StoredLoops {
  readonly loops: readonly LoopRow[];
  readonly unique: readonly UniqueLoop[];
  /** What came of each replicate by its place: the first cell with its parameters x replicates of a cell + replicate. */
  readonly outcomes: ReadonlyMap<number, ReplicateOutcome>;
}

/** Throws DamagedStore unless the cells are those of the study, and every replicate is one of theirs. */
export function readLoops(
  sql: StoreSql,
  { document: { digest, replicates } }: StoreSettings<LoopDescription>,
): StoredLoops {
  const loops = sql.loops();
  const wrong = loops.findIndex(({ cell }, i) => cell !== i);
  if (wrong >= 0 || digestOf(loops.map(({ parameters }) => loopKey(parameters))) !== digest)
    throw new DamagedStore('its cells are not those of the study');
  const unique = uniqueLoops(loops);
  const firsts = new Set(unique.map(({ first }) => first));
  const outcomes = new Map<number, ReplicateOutcome>();
  for (const { place, cell, replicate, outcome } of sql.replicates()) {
    const isOne =
      firsts.has(cell) && replicate >= 0 && replicate < replicates && place === cell * replicates + replicate;
    if (!isOne) throw new DamagedStore(`replicate ${replicate} of cell ${cell} is none of the study`);
    outcomes.set(place, outcome);
  }
  return { loops, unique, outcomes };
}

/** The cells of a study, equal ones as one, in their order. */
function uniqueLoops(cells: readonly { readonly parameters: LoopParameters }[]): UniqueLoop[] {
  const groups = new Map<string, number[]>();
  for (const [cell, { parameters }] of cells.entries()) {
    const key = loopKey(parameters);
    const others = groups.get(key);
    if (others === undefined) groups.set(key, [cell]);
    else others.push(cell);
  }
  return [...groups.values()].map((cells) => ({ first: cells[0]!, cells }));
}

/** Of each of these cells the replicates that a part of the study runs, in their order. */
export function replicatesOfShard(
  { loops, unique }: Pick<StoredLoops, 'loops' | 'unique'>,
  replicates: number,
  { shards, shard }: ShardChoice,
): number[][] {
  const all = Array.from({ length: replicates }, (_, r) => r);
  if (shards === 1) return unique.map(() => all);
  const keys = unique.flatMap(({ first }) => {
    const key = loopKey(loops[first]!.parameters);
    return all.map((r) => `${key} ${r}`);
  });
  const shardOf = assignShards(keys, shards);
  return unique.map((_, i) => all.filter((r) => shardOf[i * replicates + r] === shard));
}
