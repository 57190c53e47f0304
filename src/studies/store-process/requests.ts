// What the process of a store is asked, and what it answers.

import type { LoopStudyPlan } from '../definition/loop-study.js';
import type { StudyDocument } from '../definition/study-document.js';
import type { MadeBy } from '../definition/study-identity.js';
import type { StudyPlan } from '../definition/study-plan.js';
import type { LoopChanges, OpenedLoops } from '../store/loop-store.js';
import type { StoredLoopStudy } from '../store/loop-study-of.js';
import type { StudyStatus } from '../store/read-store.js';
import type { RunEnd } from '../store/running-store.js';
import type { ShardChoice } from '../store/shards.js';
import type { OpenedStudy, StoreChanges } from '../store/study-store.js';

/** `where` is the caller's function, for messages. Between `open` and `close` the process holds the store of one run. */
export interface StoreRequests {
  read(where: string, path: string): Promise<StudyDocument | StoredLoopStudy>;
  status(where: string, path: string): Promise<StudyStatus>;
  merge(where: string, paths: readonly string[], output: string): Promise<void>;
  open(
    where: string,
    path: string,
    plan: StudyPlan,
    madeBy: MadeBy,
    choice: ShardChoice,
    pid: number,
  ): Promise<OpenedStudy>;
  commit(changes: StoreChanges): Promise<void>;
  openLoops(
    where: string,
    path: string,
    plan: LoopStudyPlan,
    madeBy: MadeBy,
    choice: ShardChoice,
    pid: number,
  ): Promise<OpenedLoops>;
  commitLoops(changes: LoopChanges): Promise<void>;
  close(ended: RunEnd): Promise<void>;
}
