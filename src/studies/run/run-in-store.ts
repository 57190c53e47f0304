// What runs of all kinds of studies have in common: their options, and a store that is opened, worked on and closed.

import { abortError } from '../../base/abortable.js';
import { MadloopError } from '../../base/errors.js';
import { callback, resolve, type TableOf, text } from '../../base/options.js';
import { type JobOptions, type JobSettings, jobOptions } from '../../engine/job.js';
import type { AnyStudyDocument } from '../definition/any-study.js';
import type { StudyKind } from '../definition/study-options.js';
import { resolveShard, type ShardChoice, shardOptions, storePath } from '../store/shards.js';
import { type RunEnd, type RunOfKind, type RunStore, storedStudy } from '../store-process/stores.js';
import type { StudyProgress } from './study-progress.js';

export interface RunStudyOptions extends Omit<JobOptions, 'onProgress'> {
  /**
   * The file that results go to and are taken up from: an SQLite database, made where it is absent. Default: the study's
   * name with .sqlite. Of a part of a study (`shards`) the name is that of the part: "a.sqlite" becomes "a-shard-0-of-4.sqlite".
   */
  readonly store?: string | undefined;
  /** In how many parts the study is run, each on a machine of its own. Default MADLOOP_SHARDS, else 1. */
  readonly shards?: number | undefined;
  /** Which part this is, from 0. Default MADLOOP_SHARD or the index that a scheduler gives its tasks. */
  readonly shard?: number | undefined;
  /** Called at most 20 times a second. What it throws stops the study and becomes its rejection. */
  readonly onProgress?: ((progress: StudyProgress) => void) | undefined;
}

export const runStudyOptions = {
  store: text('be the name of a file')
    .optional('NAME.sqlite')
    .doc('the file that results go to and are taken up from')
    .flag('<file>'),
  ...shardOptions,
  ...jobOptions,
  onProgress: callback<(progress: StudyProgress) => void>().optional().doc('called at most 20 times a second'),
} satisfies TableOf<RunStudyOptions>;

/** A run of a study of one kind. */
interface RunOf<Kind extends StudyKind> {
  readonly resolve: () => Promise<RunOfKind[Kind]['plan']>;
  readonly open: (path: string, plan: RunOfKind[Kind]['plan'], choice: ShardChoice) => Promise<RunStore<Kind>>;
  readonly execute: (run: RunInStore<Kind>) => Promise<void>;
}

export interface RunInStore<Kind extends StudyKind> {
  readonly settings: JobSettings;
  readonly plan: RunOfKind[Kind]['plan'];
  readonly path: string;
  readonly store: RunStore<Kind>;
  readonly onProgress: RunStudyOptions['onProgress'];
}

/** Runs a study in its store, and returns what the store then holds. */
export async function runInStore<Kind extends StudyKind>(
  where: string,
  options: RunStudyOptions,
  run: RunOf<Kind>,
): Promise<AnyStudyDocument> {
  const { store: file, shards, shard, onProgress, ...job } = resolve(where, options, runStudyOptions);
  const plan = await run.resolve();
  const choice = resolveShard(where, { shards, shard }, process.env);
  const path = storePath(file, plan.name, choice);
  const settings = { where, ...job };
  if (settings.signal?.aborted) throw abortError(settings);
  const store = await run.open(path, plan, choice);
  let ended: RunEnd = 'failed';
  try {
    await run.execute({ settings, plan, path, store, onProgress });
    ended = 'finished';
  } catch (error) {
    if (error instanceof MadloopError && error.code === 'ERR_ABORTED') ended = 'stopped';
    throw error;
  } finally {
    await store.close(ended);
  }
  return storedStudy(where, path);
}
