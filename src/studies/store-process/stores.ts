// Stores, for the rest of madloop.

import { checkPath } from '../../base/check.js';
import { MadloopError } from '../../base/errors.js';
import type { AnyStudyDocument } from '../definition/any-study.js';
import type { LoopStudyPlan } from '../definition/loop-study.js';
import type { MadeBy } from '../definition/study-identity.js';
import type { StudyKind } from '../definition/study-options.js';
import type { StudyPlan } from '../definition/study-plan.js';
import type { LoopChanges, OpenedLoops } from '../store/loop-store.js';
import type { StudyStatus } from '../store/read-store.js';
import type { RunEnd } from '../store/running-store.js';
import type { ShardChoice } from '../store/shards.js';
import type { OpenedStudy, StoreChanges } from '../store/study-store.js';
import { loopDocument } from './loop-document.js';
import { type StoreProcess, startStoreProcess } from './store-process.js';

export type { FinishedReplicate, OpenedLoop, OpenedLoops } from '../store/loop-store.js';
export type { StudyStatus } from '../store/read-store.js';
export type { RunEnd } from '../store/running-store.js';
export type { UniqueCell } from '../store/study-store.js';

/** What `readStudy` returns, for a call that is named `where`. */
export async function storedStudy(where: string, path: string): Promise<AnyStudyDocument> {
  checkPath(where, 'path', path);
  const stored = await inTurn((process) => process.request(`${where}: ${path}`, 'read', where, path));
  return stored.kind === 'loop' ? loopDocument(stored) : stored;
}

/** The status of a store, which may be in use. Errors: as `readStudy`. */
export async function studyStatus(where: string, path: string): Promise<StudyStatus> {
  return inTurn((process) => process.request(`${where}: ${path}`, 'status', where, path));
}

/**
 * Joins stores of one study, for instance of its shards, into one that can be resumed as a whole. The order does not
 * matter, nor whether a store comes twice. `output` must be a new file. Errors: ERR_STORE where a part is of another study
 * or engine, or two parts hold different results.
 */
export async function mergeStudies(where: string, paths: readonly string[], output: string): Promise<void> {
  return withProcess((process) => process.request(`${where}: ${output}`, 'merge', where, paths, output));
}

/** What a run of each kind of study goes on from, and what it writes. */
export interface RunOfKind {
  limit: { readonly plan: StudyPlan; readonly content: OpenedStudy; readonly changes: StoreChanges };
  loop: { readonly plan: LoopStudyPlan; readonly content: OpenedLoops; readonly changes: LoopChanges };
}

/** The store that a run writes. */
export class RunStore<Kind extends StudyKind> {
  /** What the run goes on from. */
  readonly content: RunOfKind[Kind]['content'];
  readonly #subject: string;
  readonly #process: StoreProcess;
  readonly #commit: (changes: RunOfKind[Kind]['changes']) => Promise<void>;

  private constructor(
    subject: string,
    process: StoreProcess,
    content: RunOfKind[Kind]['content'],
    commit: (changes: RunOfKind[Kind]['changes']) => Promise<void>,
  ) {
    this.#subject = subject;
    this.#process = process;
    this.content = content;
    this.#commit = commit;
  }

  /**
   * Opens the store of a study of limit points, or makes it. Errors: ERR_STORE where the file is not that study's, is damaged or of
   * another format, cannot be written, or is in use.
   */
  static open(
    where: string,
    path: string,
    plan: StudyPlan,
    madeBy: MadeBy,
    choice: ShardChoice,
  ): Promise<RunStore<'limit'>> {
    const subject = `${where}: ${path}`;
    return RunStore.#with<'limit'>(
      subject,
      (holder) => holder.request(subject, 'open', where, path, plan, madeBy, choice, process.pid),
      (holder, changes) => holder.request(subject, 'commit', changes),
    );
  }

  /** The same of a study of loops. */
  static openLoops(
    where: string,
    path: string,
    plan: LoopStudyPlan,
    madeBy: MadeBy,
    choice: ShardChoice,
  ): Promise<RunStore<'loop'>> {
    const subject = `${where}: ${path}`;
    return RunStore.#with<'loop'>(
      subject,
      (holder) => holder.request(subject, 'openLoops', where, path, plan, madeBy, choice, process.pid),
      (holder, changes) => holder.request(subject, 'commitLoops', changes),
    );
  }

  static async #with<Kind extends StudyKind>(
    subject: string,
    open: (holder: StoreProcess) => Promise<RunOfKind[Kind]['content']>,
    commit: (holder: StoreProcess, changes: RunOfKind[Kind]['changes']) => Promise<void>,
  ): Promise<RunStore<Kind>> {
    const holder = takeProcess();
    try {
      const content = await open(holder);
      return new RunStore<Kind>(subject, holder, content, (changes) => commit(holder, changes));
    } catch (error) {
      giveBack(holder);
      throw error;
    }
  }

  /** Writes all of it or nothing: each cell, and each replicate, whole, nothing twice. */
  commit(changes: RunOfKind[Kind]['changes']): Promise<void> {
    return this.#commit(changes);
  }

  /** Leaves one file. What fails here loses nothing: it was committed before. */
  async close(ended: RunEnd): Promise<void> {
    try {
      await this.#process.request(this.#subject, 'close', ended);
    } catch (error) {
      // Where the process has ended, that has been told.
      if (!(error instanceof MadloopError) || this.#process.isAlive) throw error;
    } finally {
      giveBack(this.#process);
    }
  }
}

let turn: Promise<unknown> = Promise.resolve();

/** One after the other, however many are asked for at once: each process takes some 50 MB. */
function inTurn<Result>(work: (process: StoreProcess) => Promise<Result>): Promise<Result> {
  const mine = turn.then(() => withProcess(work));
  turn = mine.catch(() => {});
  return mine;
}

async function withProcess<Result>(work: (process: StoreProcess) => Promise<Result>): Promise<Result> {
  const process = takeProcess();
  try {
    return await work(process);
  } finally {
    giveBack(process);
  }
}

/** A process takes a tenth of a second to start: one that has nothing to do stays for a while. */
const idleMs = 1_000;
let idle: { readonly process: StoreProcess; readonly timer: NodeJS.Timeout } | undefined;

function takeProcess(): StoreProcess {
  if (idle === undefined) return startStoreProcess();
  const { process, timer } = idle;
  clearTimeout(timer);
  idle = undefined;
  return process.isAlive ? process : startStoreProcess();
}

function giveBack(process: StoreProcess): void {
  if (idle !== undefined || !process.isAlive) {
    process.end();
    return;
  }
  const timer = setTimeout(() => {
    idle = undefined;
    process.end();
  }, idleMs);
  idle = { process, timer: timer.unref() };
}
