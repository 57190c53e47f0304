import { abortError, turn } from '../../base/abortable.js';
import { MadloopError } from '../../base/errors.js';
import type { JobSettings } from '../../engine/job.js';
import { ProgressReporter } from '../../engine/progress.js';
import type { LimitPoint } from '../../limits/limit-point-result.js';
import type { StudyCellResult, StudyDocument } from '../definition/study-document.js';
import { resolveStudy, type StudyDefinition, type StudyPlan } from '../definition/study-plan.js';
import type { ChainSums } from '../store/store-sql.js';
import { RunStore, type UniqueCell } from '../store-process/stores.js';
import { refusals } from './refusals.js';
import { type RunInStore, type RunStudyOptions, runInStore } from './run-in-store.js';
import { type RoundWork, Schedule, type ScheduledCell } from './schedule.js';
import type { CellEstimator, SampleSize, StudyEngine } from './study-engine.js';
import type { StudyProgress } from './study-progress.js';

// Long enough that what happens between rounds is little, short enough that a finished cell is committed within 250 ms.
const roundSeconds = 0.15;
const commitMs = 100;
/**
 * Between commits of the chains of cells that are not finished: at first after every round, so that runs that are killed soon get
 * somewhere, then twice as long each time, up to a second.
 */
const chainCommitMs = { first: roundSeconds * 500, longest: 1_000 };

/** Cells without chains that are computed and stored as one: about half a second on one core. */
const portionCells = 1_000;

/** `runStudy` with an engine of the caller's, of limit points. */
export async function runStudyWith(
  where: string,
  engine: StudyEngine,
  definition: StudyDefinition,
  options: RunStudyOptions,
): Promise<StudyDocument> {
  const document = await runInStore<'limit'>(where, options, {
    resolve: async () => resolveStudy(where, definition),
    open: (path, plan, choice) => RunStore.open(where, path, plan, engine.madeBy, choice),
    execute: (run) => new StudyRun({ ...run, engine }).execute(),
  });
  return document as StudyDocument;
}

interface Work extends RunInStore<'limit'> {
  readonly engine: StudyEngine;
}

/** One process's work on one store. */
class StudyRun {
  readonly #settings: JobSettings;
  readonly #engine: StudyEngine;
  readonly #plan: StudyPlan;
  readonly #path: string;
  readonly #store: RunStore<'limit'>;
  readonly #reporter: ProgressReporter<StudyProgress>;
  readonly #schedule = new Schedule();
  /** Chains that are not in the store yet, by cell. */
  readonly #unsaved = new Map<UniqueCell, ChainSums[]>();
  /** At their precision, but without n_e. */
  #reached: { unique: UniqueCell; limit: LimitPoint }[] = [];
  #finished: { unique: UniqueCell; result: StudyCellResult }[] = [];
  #refused: { unique: UniqueCell; error: string }[] = [];
  #counts = { total: 0, done: 0, refused: 0, doneBefore: 0 };
  readonly #started = performance.now();
  #lastCommit = performance.now();
  #lastChainCommit = performance.now();
  #chainCommitMs = chainCommitMs.first;
  /** Seconds of the clock that one estimated second of one core takes on one thread. */
  #slowness = 1;
  #rounds = 0;
  /** The largest of the cells finished; 0 before the first. */
  #finishedRelativeError = 0;

  constructor({ settings, engine, plan, path, store, onProgress }: Work) {
    this.#settings = settings;
    this.#engine = engine;
    this.#plan = plan;
    this.#path = path;
    this.#store = store;
    this.#reporter = new ProgressReporter(onProgress);
  }

  async execute(): Promise<void> {
    try {
      if (this.#plan.method === 'deterministic') await this.#determine();
      else await this.#open();
      await this.#commit(true);
      while (!this.#schedule.empty || this.#reached.length > 0) {
        if (this.#settings.signal?.aborted) throw abortError(this.#settings);
        await this.#size();
        // The engine computes while the disk is waited for. Both are waited for, whichever fails.
        const [round, commit] = await Promise.allSettled([this.#round(), this.#commit(false)]);
        for (const part of [commit, round]) if (part.status === 'rejected') throw part.reason;
        this.#reporter.report(this.#progress());
      }
      await this.#commit(true);
    } catch (error) {
      await this.#rescue();
      throw error;
    }
    const progress = this.#progress();
    this.#reporter.finish({ ...progress, done: progress.total, fraction: 1, secondsLeft: 0 });
  }

  /** The cells that have no result yet, equal ones as one. */
  #waiting(): readonly UniqueCell[] {
    const { waiting, done, refused } = this.#store.content.counts;
    const before = done + refused;
    this.#counts = { total: waiting + before, done: before, refused, doneBefore: before };
    return this.#store.content.waiting;
  }

  /** All results of a study without chains, stored in portions. */
  async #determine(): Promise<void> {
    const waiting = this.#waiting();
    for (let begin = 0; begin < waiting.length; begin += portionCells) {
      if (this.#settings.signal?.aborted) throw abortError(this.#settings);
      const portion = waiting.slice(begin, begin + portionCells);
      const cells = portion.map(({ first }) => this.#plan.cells[first]!.parameters);
      const limits = await this.#engine.deterministicLimits(cells, this.#settings);
      for (const [index, limit] of limits.entries()) {
        const unique = portion[index]!;
        if (limit instanceof MadloopError) this.#refuse(unique, limit);
        else this.#reached.push({ unique, limit });
      }
      await this.#size();
      await this.#commit(false);
      this.#reporter.report(this.#progress());
    }
  }

  /** An estimator for each cell that has no result yet, with the chains that an earlier run left. */
  async #open(): Promise<void> {
    const waiting = this.#waiting();
    const saved = this.#store.content.chains;
    let lastTurn = performance.now();
    for (const unique of waiting) {
      // Every cell has its moments computed: of many, that takes a while.
      if (performance.now() - lastTurn > 10) {
        await turn(this.#settings);
        lastTurn = performance.now();
      }
      const chains = saved.get(unique.first) ?? [];
      try {
        const { parameters } = this.#plan.cells[unique.first]!;
        const estimator = this.#engine.estimator(this.#settings.where, parameters);
        for (const portion of chains) this.#restore(estimator, portion);
        const scheduled = { unique, estimator };
        if (!this.#schedule.add(scheduled, chains.length > 0)) this.#reach(scheduled);
      } catch (error) {
        this.#refuse(unique, error);
      }
    }
    this.#schedule.start();
  }

  #restore(estimator: CellEstimator, { first, count, sums }: ChainSums): void {
    const wanted = estimator.next();
    if (wanted?.first !== first || sums.length !== count * estimator.width) {
      const { where } = this.#settings;
      throw new MadloopError(
        'ERR_STORE',
        `${where}: ${this.#path}: the file is damaged (chains ${first} to ${first + count - 1} do not fit their cell)`,
      );
    }
    estimator.add(first, sums);
  }

  async #round(): Promise<void> {
    const { threads } = this.#settings;
    const work = this.#schedule.nextRound(threads, roundSeconds / this.#slowness);
    if (work.length === 0) return;
    const spentBefore = this.#schedule.seconds().spent;
    const started = performance.now();
    const sums = await this.#engine.simulateChains(work, this.#settings);
    const seconds = (performance.now() - started) / 1000;
    this.#keep(work, sums);
    const finished = this.#schedule.take(work, sums, (scheduled, error) => {
      this.#unsaved.delete(scheduled.unique);
      this.#refuse(scheduled.unique, error);
    });
    for (const scheduled of finished) this.#reach(scheduled);
    const estimated = this.#schedule.seconds().spent - spentBefore;
    this.#calibrate(estimated > 0 ? (seconds * threads) / estimated : this.#slowness);
  }

  /** One round in three at first, later one in ten, is new: a hiccup of the machine does not change the plan. */
  #calibrate(measured: number): void {
    this.#rounds += 1;
    const weight = Math.max(0.1, 1 / this.#rounds);
    // Within bounds, so that a clock that jumps cannot make rounds of an hour.
    const bounded = Math.min(100, Math.max(0.01, measured));
    this.#slowness = this.#slowness ** (1 - weight) * bounded ** weight;
  }

  #keep(work: readonly RoundWork[], sums: readonly Float64Array[]): void {
    for (const [index, { scheduled, first, count }] of work.entries()) {
      const kept = { cell: scheduled.unique.first, first, count, sums: sums[index]! };
      const others = this.#unsaved.get(scheduled.unique);
      if (others === undefined) this.#unsaved.set(scheduled.unique, [kept]);
      else others.push(kept);
    }
  }

  #reach({ unique, estimator }: ScheduledCell): void {
    this.#reached.push({ unique, limit: estimator.result() });
  }

  /** n_e of the cells that have reached their precision. */
  async #size(): Promise<void> {
    if (this.#reached.length === 0) return;
    const limits = this.#reached.map(({ limit, unique }) => ({
      limit,
      parameters: this.#plan.cells[unique.first]!.parameters,
    }));
    const sizes = await this.#engine.effectiveSampleSizes(limits, this.#settings);
    for (const [index, { unique, limit }] of this.#reached.entries()) {
      this.#unsaved.delete(unique);
      this.#finished.push({ unique, result: resultOf(limit, sizes[index]!) });
      this.#counts.done += unique.cells.length;
      const relativeError = finite(limit.standardError / limit.distance) ?? 0;
      this.#finishedRelativeError = Math.max(this.#finishedRelativeError, relativeError);
    }
    this.#reached = [];
  }

  /** A cell that can have no result is no failure of the study; any other error is. */
  #refuse(unique: UniqueCell, error: unknown): void {
    if (!(error instanceof MadloopError) || !refusals.has(error.code)) throw error;
    this.#refused.push({ unique, error: `${error.code}: ${error.message}` });
    this.#counts.done += unique.cells.length;
    this.#counts.refused += unique.cells.length;
  }

  async #commit(all: boolean): Promise<void> {
    const now = performance.now();
    const withChains = all || now - this.#lastChainCommit >= this.#chainCommitMs;
    const due = this.#finished.length + this.#refused.length > 0 && now - this.#lastCommit >= commitMs;
    if (!withChains && !due) return;
    const { fraction, secondsLeft } = this.#progress();
    const outcome = {
      finished: this.#finished,
      refused: this.#refused,
      chains: withChains ? [...this.#unsaved.values()].flat() : [],
      ...{ fraction, secondsLeft },
    };
    this.#finished = [];
    this.#refused = [];
    this.#lastCommit = now;
    if (withChains) {
      this.#lastChainCommit = now;
      this.#chainCommitMs = Math.min(
        chainCommitMs.longest,
        this.#chainCommitMs * (this.#unsaved.size > 0 ? 2 : 1),
      );
      this.#unsaved.clear();
    }
    await this.#store.commit(outcome);
  }

  /** What is finished is kept, whatever stops the run; where the store itself fails, its error comes first. */
  async #rescue(): Promise<void> {
    try {
      await this.#commit(true);
    } catch {
      // The error that led here says more.
    }
  }

  /** Without rounds, by what a part of the work has taken so far. */
  #secondsLeft(part: number): number | null {
    return part > 0 ? ((performance.now() - this.#started) / 1000) * (1 / part - 1) : null;
  }

  #progress(): StudyProgress {
    const { total, done, refused, doneBefore } = this.#counts;
    const { spent, left } = this.#schedule.seconds();
    const before = total === 0 ? 0 : doneBefore / total;
    const part =
      spent + left > 0 ? spent / (spent + left) : (done - doneBefore) / Math.max(1, total - doneBefore);
    return {
      ...{ done, total, refused },
      fraction: Math.min(1, before + (1 - before) * part),
      secondsLeft:
        this.#rounds > 0 ? (left * this.#slowness) / this.#settings.threads : this.#secondsLeft(part),
      relativeError: Math.max(this.#finishedRelativeError, this.#schedule.largestRelativeError()) || null,
    };
  }
}

function resultOf(limit: LimitPoint, size: SampleSize): StudyCellResult {
  return {
    distance: limit.distance,
    standardError: finite(limit.standardError),
    effectiveSampleSize: finite(size.effectiveSampleSize),
    low: finite(size.interval[0]),
    high: finite(size.interval[1]),
    ratio: finite(size.ratio),
    ratioLow: finite(size.ratioInterval[0]),
    ratioHigh: finite(size.ratioInterval[1]),
    admissible: size.admissible,
    bounded: size.bounded,
    generations: limit.generations,
    chains: limit.chains,
    varianceReduction: finite(limit.varianceReduction),
  };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
