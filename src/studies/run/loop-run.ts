// One process's work on the store of a study of loops.

import { abortError } from '../../base/abortable.js';
import { MadloopError } from '../../base/errors.js';
import type { JobSettings } from '../../engine/job.js';
import { ProgressReporter } from '../../engine/progress.js';
import { DataFiles } from '../definition/data-files.js';
import { type LoopStudyDefinition, type LoopStudyPlan, resolveLoopStudy } from '../definition/loop-study.js';
import type { LoopStudyDocument } from '../definition/loop-study-document.js';
import { type FinishedReplicate, type OpenedLoop, RunStore } from '../store-process/stores.js';
import type { LoopEngine } from './loop-engine.js';
import { type Block, LoopSchedule } from './loop-schedule.js';
import { failures, loopRefusals } from './refusals.js';
import { type RunInStore, type RunStudyOptions, runInStore } from './run-in-store.js';
import type { StudyProgress } from './study-progress.js';

const commitMs = 100;

/** `runStudy` with an engine of the caller's, of loops. */
export async function runLoopStudyWith(
  where: string,
  engine: LoopEngine,
  definition: LoopStudyDefinition,
  options: RunStudyOptions,
): Promise<LoopStudyDocument> {
  const files = new DataFiles(where);
  const document = await runInStore<'loop'>(where, options, {
    resolve: () => resolveLoopStudy(where, definition, files),
    open: (path, plan, choice) => RunStore.openLoops(where, path, plan, engine.madeBy, choice),
    execute: (run) => new LoopRun({ ...run, engine, files }).execute(),
  });
  return document as LoopStudyDocument;
}

interface Work extends RunInStore<'loop'> {
  readonly engine: LoopEngine;
  readonly files: DataFiles;
}

/** Runs every replicate that waits, as many blocks at a time as there are threads, and commits them as they are finished. */
class LoopRun {
  readonly #settings: JobSettings;
  readonly #engine: LoopEngine;
  readonly #files: DataFiles;
  readonly #plan: LoopStudyPlan;
  readonly #store: RunStore<'loop'>;
  readonly #reporter: ProgressReporter<StudyProgress>;
  readonly #schedule: LoopSchedule;
  /** Ends all workers when one fails, or the store does. */
  readonly #ended = new AbortController();
  #failure: unknown;
  #storeFailure: { readonly error: unknown } | undefined;
  /** Runs of models in other processes that went wrong. */
  readonly #failed: MadloopError[] = [];
  /** Of each cell, by its first number: replicates that are not finished. */
  readonly #waiting: Map<OpenedLoop, number>;
  readonly #refused: Set<OpenedLoop>;
  readonly #counts: { readonly total: number; done: number; refused: number; readonly before: number };
  #unsaved: FinishedReplicate[] = [];
  #commit: Promise<void> = Promise.resolve();
  #isCommitting = false;

  constructor({ settings, engine, files, plan, store, onProgress }: Work) {
    const { loops } = store.content;
    const signals = [this.#ended.signal, ...(settings.signal ? [settings.signal] : [])];
    this.#settings = { ...settings, signal: AbortSignal.any(signals) };
    this.#engine = engine;
    this.#files = files;
    this.#plan = plan;
    this.#store = store;
    this.#reporter = new ProgressReporter(onProgress);
    this.#schedule = new LoopSchedule(loops, ({ first }) => engine.seconds(plan.cells[first]!.parameters));
    this.#waiting = new Map(loops.map((loop) => [loop, loop.waiting.length]));
    this.#refused = new Set(loops.filter(({ isRefused }) => isRefused));
    const cellsOf = (some: readonly OpenedLoop[]): number => some.reduce((sum, { cells }) => sum + cells, 0);
    const done = loops.filter(({ waiting }) => waiting.length === 0);
    this.#counts = {
      ...{ total: cellsOf(loops), done: cellsOf(done), before: cellsOf(done) },
      refused: cellsOf(done.filter(({ isRefused }) => isRefused)),
    };
  }

  async execute(): Promise<void> {
    const { threads } = this.#settings;
    const timer = setInterval(() => this.#commitSoon(), commitMs);
    const workers = await Promise.allSettled(Array.from({ length: threads }, () => this.#work()));
    clearInterval(timer);
    // What is finished is kept, whatever stopped the run; where the store itself failed, its error comes first.
    await this.#commit;
    this.#commitSoon();
    await this.#commit;
    if (this.#storeFailure !== undefined) throw this.#storeFailure.error;
    if (workers.some(({ status }) => status === 'rejected')) throw this.#failure;
    const [failed] = this.#failed;
    if (failed !== undefined) {
      const what = `${this.#settings.where}: ${this.#failed.length} runs failed, and the next call tries them again; the first`;
      throw new MadloopError(failed.code, `${what}: ${failed.message}`, { cause: failed });
    }
    this.#reporter.finish({ ...this.#progress(), fraction: 1, secondsLeft: 0 });
  }

  /** Takes one block after the other. The first failure ends all workers. */
  async #work(): Promise<void> {
    try {
      for (let block = this.#schedule.next(); block !== undefined; block = this.#schedule.next()) {
        if (this.#settings.signal?.aborted) throw abortError(this.#settings);
        const started = performance.now();
        const outcomes = await this.#outcomes(block);
        if (outcomes !== undefined) this.#take(block, outcomes);
        this.#schedule.finish(block, (performance.now() - started) / 1000);
        this.#reporter.report(this.#progress());
      }
    } catch (error) {
      this.#failure ??= error;
      this.#ended.abort(error);
      throw error;
    }
  }

  /** Undefined where the runs may go better another time. */
  async #outcomes({ loop, first, count }: Block): Promise<FinishedReplicate['outcome'][] | undefined> {
    const { seed, cells, timeLimits } = this.#plan;
    const { parameters } = cells[loop.first]!;
    const work = { parameters, seed, first, count, files: this.#files, timeLimits };
    try {
      return await this.#engine.runs(work, { ...this.#settings, threads: 1, onProgress: undefined });
    } catch (error) {
      if (!(error instanceof MadloopError)) throw error;
      if (parameters.model === 'process' && failures.has(error.code)) {
        this.#failed.push(error);
        return undefined;
      }
      if (!loopRefusals.has(error.code)) throw error;
      const outcome = { error: `${error.code}: ${error.message}` };
      return Array.from({ length: count }, () => outcome);
    }
  }

  #take({ loop, first, count }: Block, outcomes: readonly FinishedReplicate['outcome'][]): void {
    for (const [i, outcome] of outcomes.entries()) {
      this.#unsaved.push({ cell: loop.first, replicate: first + i, outcome });
      if (outcome.error !== undefined) this.#refused.add(loop);
    }
    const waiting = this.#waiting.get(loop)! - count;
    this.#waiting.set(loop, waiting);
    if (waiting > 0) return;
    this.#counts.done += loop.cells;
    if (this.#refused.has(loop)) this.#counts.refused += loop.cells;
  }

  /** Commits what is finished, unless a commit is under way; where one fails, the run does. */
  #commitSoon(): void {
    if (this.#unsaved.length === 0 || this.#isCommitting || this.#storeFailure !== undefined) return;
    const replicates = this.#unsaved;
    this.#unsaved = [];
    this.#isCommitting = true;
    const { fraction, secondsLeft } = this.#progress();
    const onFailure = (error: unknown): void => {
      this.#storeFailure = { error };
      this.#ended.abort(error);
    };
    this.#commit = this.#store
      .commit({ replicates, fraction, secondsLeft })
      .catch(onFailure)
      .finally(() => {
        this.#isCommitting = false;
      });
  }

  #progress(): StudyProgress {
    const { total, done, refused, before } = this.#counts;
    const share = total === 0 ? 1 : before / total;
    return {
      ...{ done, total, refused },
      fraction: Math.min(1, share + (1 - share) * this.#schedule.fraction),
      secondsLeft: this.#schedule.isMeasured ? this.#schedule.secondsLeft / this.#settings.threads : null,
      relativeError: null,
    };
  }
}
