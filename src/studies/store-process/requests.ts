// What the process of a store is asked, and what it answers.

import type { StudyDocument } from '../definition/study-document.js';
import type { MadeBy } from '../definition/study-identity.js';
import type { StudyPlan } from '../definition/study-plan.js';
import type { StudyStatus } from '../store/read-store.js';
import type { ShardChoice } from '../store/shards.js';
import type { OpenedStudy, RunEnd, StoreChanges } from '../store/study-store.js';

/** `where` is the caller's function, for messages. Between `open` and `close` the process holds the store of one run. */
export interface StoreRequests {
  read(where: string, path: string): Promise<StudyDocument>;
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
  close(ended: RunEnd): Promise<void>;
}
