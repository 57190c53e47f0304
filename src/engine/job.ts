// The one way into a long native computation: threads, cancellation, progress and errors.
//
// A job runs on threads of its own and each call uses up to `threads` of them; calls made at the same time share the
// processors as the operating system sees fit. Run many small calls with threads: 1, or one after the other.

import { abortError } from '../base/abortable.js';
import { invalid } from '../base/check.js';
import { type ErrorCode, MadloopError } from '../base/errors.js';
import { callback, checked, integer, resolve, type TableOf } from '../base/options.js';
import { JobProgress } from './job-progress.js';
import type { NativeJob } from './native-types.js';
import type { OnProgress, Progress } from './progress.js';
import { defaultThreads, maximumThreads } from './threads.js';

/** What every heavy call takes among its options. */
export interface JobOptions {
  /** Threads to use, 1 to 1,024. Default: MADLOOP_THREADS if set, else all processors. Never changes a result. */
  readonly threads?: number | undefined;
  /** Aborting it rejects the call at once with code ERR_ABORTED, name AbortError, cause `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Called at most 20 times a second, with values that never fall, and a last time with done === total when the call
   * succeeds. What it throws stops the call and becomes its rejection.
   */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** The part of a table of options that every heavy call has. */
export const jobOptions = {
  threads: integer(1, maximumThreads)
    .or((_: unknown, where) => defaultThreads(where), 'MADLOOP_THREADS, else all processors')
    .doc('threads to use; never changes a result'),
  signal: checked('AbortSignal', checkSignal).optional().doc('aborting it rejects the call at once'),
  onProgress: callback<(progress: Progress) => void>()
    .optional()
    .doc('called at most 20 times a second, and a last time at the end'),
} satisfies TableOf<JobOptions>;

/** Checked job options, with the name of the call for messages. */
export interface JobSettings {
  readonly where: string;
  readonly threads: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress;
}

/** Reads and checks the options of a call that takes job options only. */
export function checkJobOptions(where: string, options: unknown): JobSettings {
  return { where, ...resolve(where, options, jobOptions) };
}

/**
 * Runs a native job. `start` prepares its input and starts it; between slices of long preparations it calls
 * `throwIfSettled`, which throws when nobody waits any more.
 */
export async function runJob<Result>(
  settings: JobSettings,
  start: (throwIfSettled: () => void) => Promise<NativeJob<Result>>,
): Promise<Result> {
  if (settings.signal?.aborted) throw abortError(settings);
  try {
    return await new Promise<Result>((resolve, reject) => {
      const run = new JobRun<Result>(settings, resolve, reject);
      void run.execute(start);
    });
  } catch (error) {
    throw asMadloopError(settings.where, error);
  }
}

/** One call in progress. It settles once: by its result, its error, an abort, or a throwing callback. */
class JobRun<Result> {
  readonly #settings: JobSettings;
  readonly #resolve: (result: Result) => void;
  readonly #reject: (error: unknown) => void;
  readonly #progress: JobProgress;
  readonly #onAbort = (): void => this.#fail(abortError(this.#settings));
  #native: NativeJob<Result> | undefined;
  #settled = false;

  constructor(settings: JobSettings, resolve: (result: Result) => void, reject: (error: unknown) => void) {
    this.#settings = settings;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#progress = new JobProgress(this.#listener());
    settings.signal?.addEventListener('abort', this.#onAbort);
  }

  async execute(start: (throwIfSettled: () => void) => Promise<NativeJob<Result>>): Promise<void> {
    try {
      const job = await start(() => this.#throwIfSettled());
      this.#native = job;
      if (this.#settled) job.cancel();
      else this.#progress.watch(job);
      const result = await job.promise;
      if (!this.#settled) this.#progress.finish();
      if (!this.#settled) this.#settle(() => this.#resolve(result));
    } catch (error) {
      this.#fail(error);
    }
  }

  /** What the callback throws becomes the call's rejection. */
  #listener(): OnProgress {
    const { onProgress } = this.#settings;
    return (
      onProgress &&
      ((progress) => {
        try {
          onProgress(progress);
        } catch (error) {
          this.#fail(error);
        }
      })
    );
  }

  /** The promise rejects now; the native job winds down by itself and its outcome is dropped. */
  #fail(error: unknown): void {
    if (this.#settled) return;
    this.#settle(() => this.#reject(error));
    this.#native?.cancel();
  }

  #settle(deliver: () => void): void {
    this.#settled = true;
    this.#progress.stop();
    this.#settings.signal?.removeEventListener('abort', this.#onAbort);
    deliver();
  }

  #throwIfSettled(): void {
    if (this.#settled) throw new MadloopError('ERR_ABORTED', `${this.#settings.where}: already settled`);
  }
}

/** Runs a synchronous native call, with its errors as MadloopErrors. */
export function callNative<Result>(where: string, call: () => Result): Result {
  try {
    return call();
  } catch (error) {
    throw asMadloopError(where, error);
  }
}

/** An error of the binding (a plain Error with a code) as a MadloopError that names the call; anything else as it is. */
function asMadloopError(where: string, error: unknown): unknown {
  if (error instanceof MadloopError || !(error instanceof Error) || !('code' in error)) return error;
  const { code, message } = error as Error & { code: unknown };
  if (typeof code !== 'string' || !nativeCodes.has(code)) return error;
  const prefix = `${where}: `;
  return new MadloopError(code as ErrorCode, message.startsWith(prefix) ? message : prefix + message);
}

// The codes of native/binding/errors.cc.
const nativeCodes: ReadonlySet<string> = new Set<ErrorCode>([
  'ERR_INVALID_INPUT',
  'ERR_NOT_POSITIVE_SEMIDEFINITE',
  'ERR_ABORTED',
  'ERR_NO_CONVERGENCE',
  'ERR_NO_VARIANCE',
  'ERR_OUT_OF_MEMORY',
  'ERR_OUT_OF_THREADS',
  'ERR_INTERNAL',
]);

function checkSignal(where: string, argument: string, value: unknown): AbortSignal {
  if (!isAbortSignal(value)) throw invalid(where, argument, 'be an AbortSignal', value);
  return value;
}

const abortedOf = Object.getOwnPropertyDescriptor(AbortSignal.prototype, 'aborted')!.get!;

/** An object with the prototype of one is none. */
function isAbortSignal(value: unknown): value is AbortSignal {
  if (!(value instanceof AbortSignal)) return false;
  try {
    abortedOf.call(value);
    return true;
  } catch {
    return false;
  }
}
