// Which part of a study a process runs. Every part has a store of its own: one file is never written from two machines.

import { createHash } from 'node:crypto';
import { format, parse } from 'node:path';
import { checkInteger, mustError } from '../../base/check.js';
import { integer } from '../../base/options.js';

/** Part `shard` (from 0) of `shards`. */
export interface ShardChoice {
  readonly shards: number;
  readonly shard: number;
}

export const wholeStudy: ShardChoice = { shards: 1, shard: 0 };

const mostShards = 100_000;

/** The options that choose a part. */
export const shardOptions = {
  shards: integer(1, mostShards).optional('MADLOOP_SHARDS, else 1').doc('runs one of so many parts'),
  shard: integer(0, ({ shards = mostShards }: { shards?: number | undefined }) => shards - 1)
    .optional("MADLOOP_SHARD, else the scheduler's index")
    .allow('integer from 0 to shards - 1')
    .doc('which part, from 0')
    .flag('<i>'),
};

/**
 * The shard among the options, or what the environment says. The count is MADLOOP_SHARDS or `shards`, never a scheduler's
 * own count, which is that of the tasks submitted now: resubmitting two failed tasks of four would make it two.
 */
export function resolveShard(
  where: string,
  given: { readonly shards?: number | undefined; readonly shard?: number | undefined },
  env: Readonly<Record<string, string | undefined>>,
): ShardChoice {
  const shards = given.shards ?? ofEnvironment(where, env, 'MADLOOP_SHARDS', 1, mostShards);
  if (shards === undefined) {
    const named = given.shard !== undefined ? 'shard' : env.MADLOOP_SHARD ? 'MADLOOP_SHARD' : undefined;
    if (named !== undefined) {
      throw mustError(where, 'shards (or MADLOOP_SHARDS)', `be given with ${named}`, 'undefined');
    }
    return wholeStudy;
  }
  if (given.shard !== undefined) {
    return { shards, shard: checkInteger(where, 'shard', given.shard, 0, shards - 1) };
  }
  for (const [name, first] of indexVariables) {
    const index = ofEnvironment(where, env, name, first, shards - 1 + first);
    if (index !== undefined) return { shards, shard: index - first };
  }
  if (shards === 1) return wholeStudy;
  const names = indexVariables.map(([name]) => name).join(', ');
  throw mustError(where, 'shard', `be given with shards, here or by one of ${names}`, 'undefined');
}

/** Variables that hold the index of a task of an array, and the index of the first task. */
const indexVariables: readonly (readonly [string, number])[] = [
  ['MADLOOP_SHARD', 0],
  ['SLURM_ARRAY_TASK_ID', 0],
  ['JOB_COMPLETION_INDEX', 0],
  ['PBS_ARRAY_INDEX', 0],
  ['SGE_TASK_ID', 1],
  ['AWS_BATCH_JOB_ARRAY_INDEX', 0],
];

function ofEnvironment(
  where: string,
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  least: number,
  most: number,
): number | undefined {
  const text = env[name];
  // Grid Engine says 'undefined' outside of arrays.
  if (text === undefined || text === '' || text === 'undefined') return undefined;
  return checkInteger(where, name, /^\d{1,9}$/.test(text) ? Number(text) : text, least, most);
}

/** The file that a study, or a part of it, goes to: the one given, else its name with .sqlite; of a part "a.sqlite" becomes "a-shard-0-of-4.sqlite". */
export function storePath(given: string | undefined, study: string, { shards, shard }: ShardChoice): string {
  const path = given ?? `${study}.sqlite`;
  if (shards === 1) return path;
  const { dir, name, ext } = parse(path);
  return format({ dir, name: `${name}-shard-${shard}-of-${shards}`, ext });
}

/**
 * The shard of each piece of a study by its key: a cell, or a replicate of one. They are dealt out in the order of a hash: parts of
 * equal counts, no axis in step with them, and nothing that a result could change. Equal keys go to the same part.
 */
export function assignShards(keys: readonly string[], shards: number): Int32Array {
  const shardOf = new Int32Array(keys.length);
  if (shards === 1) return shardOf;
  const hashed = [...new Set(keys)].map(
    (key) => [createHash('sha256').update(key).digest('hex'), key] as const,
  );
  hashed.sort(([a], [b]) => (a < b ? -1 : 1));
  const shardOfKey = new Map(hashed.map(([, key], rank) => [key, rank % shards]));
  keys.forEach((key, index) => {
    shardOf[index] = shardOfKey.get(key)!;
  });
  return shardOf;
}
