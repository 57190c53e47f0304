// Stores, for the rest of madloop.

import { checkPath } from '../../base/check.js';
import { MadloopError } from '../../base/errors.js';
import type { StudyDocument } from '../definition/study-document.js';
import type { MadeBy } from '../definition/study-identity.js';
import type { StudyPlan } from '../definition/study-plan.js';
import type { StudyStatus } from '../store/read-store.js';
import type { ShardChoice } from '../store/shards.js';
import type { OpenedStudy, RunEnd, StoreChanges } from '../store/study-store.js';
import { type StoreProcess, startStoreProcess } from './store-process.js';

export type { StudyStatus } from '../store/read-store.js';
export type { OpenedStudy, RunEnd, StoreChanges, UniqueCell } from '../store/study-store.js';

/** What `readStudy` returns, for a call that is named `where`. */
export async function storedStudy(where: string, path: string): Promise<StudyDocument> {
  checkPath(where, 'path', path);
  return inTurn((process) => process.request(`${where}: ${path}`, 'read', where, path));
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

/** The store that a run writes. */
export class RunStore {
  /** What the run goes on from. */
  readonly content: OpenedStudy;
  readonly #subject: string;
  readonly #process: StoreProcess;

  private constructor(subject: string, process: StoreProcess, content: OpenedStudy) {
    this.#subject = subject;
    this.#process = process;
    this.content = content;
  }

  /**
   * Opens the store of a study, or makes it. Errors: ERR_STORE where the file is not that study's, is damaged or of another
   * format, cannot be written, or is in use.
   */
  static async open(
    where: string,
    path: string,
    plan: StudyPlan,
    madeBy: MadeBy,
    choice: ShardChoice,
  ): Promise<RunStore> {
    const subject = `${where}: ${path}`;
    const holder = takeProcess();
    try {
      const { pid } = process;
      const content = await holder.request(subject, 'open', where, path, plan, madeBy, choice, pid);
      return new RunStore(subject, holder, content);
    } catch (error) {
      giveBack(holder);
      throw error;
    }
  }

  /** Writes all of it or nothing: each cell whole, nothing twice. */
  commit(changes: StoreChanges): Promise<void> {
    return this.#process.request(this.#subject, 'commit', changes);
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
