/// <reference lib="esnext.disposable" preserve="true" />
// Kept in the declarations, so that programs which read them need not name the library of Symbol.asyncDispose.

import { rm, writeFile } from 'node:fs/promises';
import { checkList, checkMatrix, invalid } from '../../base/check.js';
import { MadloopError } from '../../base/errors.js';
import { type LambdaRange, lambdaRangeOption } from '../../base/lambda.js';
import { checked, group, resolve, type TableOf, type ValuesOf } from '../../base/options.js';
import type { Matrix } from '../../base/shapes.js';
import { mustBeLeftAlone } from '../../engine/snapshot.js';
import { readMatrix } from '../../features/matrix-file.js';
import { writtenParts } from '../../files/matrix.js';
import { checkSample } from '../external-model.js';
import {
  type ModelFitOptions,
  type ModelSampleOptions,
  resolveFitOptions,
  resolveSampleOptions,
} from '../fit-options.js';
import type { FittedModel, OpenModel } from '../generative-model.js';
import { checkSampleCount } from '../sample-count.js';
import { timeLimit } from '../time-limit.js';
import { Session } from './session.js';

export interface ProcessModelOptions {
  /** The program and its arguments; no shell is involved. */
  readonly command: readonly string[];
  /** What messages call it. Default 'processModel'. */
  readonly name?: string | undefined;
  /** The process's current folder. Default: the caller's. */
  readonly cwd?: string | undefined;
  /** Variables of its environment besides the caller's. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Where the working folder is made. Default: the system's folder for temporary files. */
  readonly folder?: string | undefined;
  /** The lambdas that the process can sample with, 1 among them. Default [0, 1]. */
  readonly lambdaRange?: LambdaRange | undefined;
  /** Seconds that a step may take. Defaults: 60 to start, no limit to fit and to sample. */
  readonly timeLimits?: ProcessTimeLimits | undefined;
}

export interface ProcessTimeLimits {
  readonly start?: number | undefined;
  readonly fit?: number | undefined;
  readonly sample?: number | undefined;
}

const plainText = checked('text without a zero character', checkText);

export const processModelOptions = {
  command: checked('array of texts', checkCommand).doc('the program and its arguments'),
  name: plainText.or((_: unknown, where) => where, 'processModel').doc('what messages call it'),
  cwd: plainText.optional("the caller's").doc("the process's current folder"),
  env: checked('object of texts', checkEnvironment)
    .or({}, 'none')
    .doc("variables of its environment besides the caller's"),
  folder: plainText.optional("the system's folder for temporary files").doc('where the working folder is made'),
  lambdaRange: lambdaRangeOption,
  timeLimits: group({
    start: timeLimit.or(60).doc('until it answers'),
    fit: timeLimit.doc('that a fit may take'),
    sample: timeLimit.doc('that a sample may take, with the reading of its file'),
  } satisfies TableOf<ProcessTimeLimits>),
} satisfies TableOf<ProcessModelOptions>;

type ResolvedOptions = ValuesOf<typeof processModelOptions>;

export interface FittedProcess extends FittedModel {
  /** Rejects once its process has ended: with the loop, by `close`, by an abort, or because of an error. */
  sample(count: number, options?: ModelSampleOptions): Promise<Matrix>;
}

/**
 * A generator in another process (a Python program, say) as a model for `autophagousLoop`.
 *
 * The process is started for the first fit, once a loop, and asked to fit and to sample by lines of JSON on its standard
 * input; training sets and samples are .npy files in a working folder. docs/models.md has the protocol, and a Python
 * module that speaks it is in examples/models. Each loop has a process of its own and ends it, whatever it started and the
 * working folder when it is done, left, aborted or fails; used without a loop, `close` does that. Node's exit ends
 * them, too; of a Node that a signal ends, the process sees the end of its standard input, and the folder stays.
 *
 * An abort or a time limit kills the process group at once. The process's `lambda` is that of its family: see externalModel.
 * Throws ERR_INVALID_INPUT. Fit and sample reject with ERR_MODEL (the process cannot be started, ended, refused, broke the
 * protocol, wrote the wrong samples; with its exit code and the end of its standard error), ERR_TIMEOUT, ERR_FILE (the
 * working folder), ERR_ABORTED.
 *
 * @example
 * const model = processModel({ command: ['python3', 'my_model.py'], timeLimits: { fit: 600, sample: 60 } });
 * const loop = autophagousLoop({ variant: 'fully-synthetic', reference, model, synthetic: 500, generations: 10 });
 * for await (const { t, metrics } of loop) console.log(t, metrics.distance);
 */
export function processModel(options: ProcessModelOptions): ProcessModel {
  const where = 'processModel';
  return new ProcessModel(resolve(where, options, processModelOptions));
}

/** The result of `processModel`. */
export class ProcessModel implements OpenModel<FittedProcess> {
  readonly #options: ResolvedOptions;
  /** Has the process forget a model that nobody can sample any more. */
  readonly #forgotten = new FinalizationRegistry<{ session: Session; model: string }>(({ session, model }) => {
    // Should it be unable to, the next request says why.
    if (session.process.isAlive)
      session.process.request({ command: 'forget', model }, undefined).catch(() => {});
  });
  #session: Promise<Session> | undefined;

  constructor(options: ResolvedOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  get lambdaRange(): LambdaRange {
    return this.#options.lambdaRange;
  }

  /** The same model with a process of its own: what a loop asks for. */
  open(): ProcessModel {
    return new ProcessModel(this.#options);
  }

  /** Has the process fit the rows of `data`, and starts it first if it is not running. */
  async fit(data: Matrix, options?: ModelFitOptions): Promise<FittedProcess> {
    const { name, timeLimits } = this.#options;
    const where = `${name}: fit`;
    const checked = checkMatrix(where, 'data', data);
    const { cols } = checked;
    const { seed, threads, signal, realCount, blocks, weights } = resolveFitOptions(where, options, data);
    if (weights !== undefined) throw invalid(where, 'weights', 'be left out: the protocol has none', weights);
    const session = await this.#running(signal);
    const { path, number } = session.newFile('data');
    const model = String(number);
    const told = { seed: String(seed), threads, realCount, blocks };
    const request = { command: 'fit', data: path, model, ...told } as const;
    // The turn is taken before the file is written: the order in which a process is asked is that of the calls.
    const written = writeTrainingSet(
      where,
      path,
      writtenParts(checked, () => mustBeLeftAlone(where, 'data')),
    );
    try {
      await session.process.request(request, timeLimits.fit, signal, { ready: written });
    } finally {
      await written.catch(() => {});
      await removed(path);
    }
    const fitted: FittedProcess = {
      sample: (count, asked) => sample(this.#options, session, { model, cols }, count, asked),
    };
    this.#forgotten.register(fitted, { session, model });
    return fitted;
  }

  /** Ends the process and removes its working folder. A later fit starts another. */
  async close(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    // One that never came to be has left nothing.
    await session?.then(
      (started) => started.close(),
      () => {},
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** The process, started now if there is none or it has ended. */
  #running(signal: AbortSignal | undefined): Promise<Session> {
    const { folder, timeLimits, lambdaRange: _, ...settings } = this.#options;
    const before = this.#session?.catch(() => undefined) ?? Promise.resolve(undefined);
    this.#session = before.then((running) =>
      running?.process.isAlive ? running : Session.start(settings, folder, timeLimits.start, signal),
    );
    return this.#session;
  }
}

async function writeTrainingSet(where: string, path: string, parts: Iterable<Uint8Array>): Promise<void> {
  // Only a new file: to open what the process might have put there could wait for ever.
  await writeFile(path, parts, { flag: 'wx' }).catch((error: unknown) => {
    if (error instanceof MadloopError) throw error; // of the content
    throw new MadloopError('ERR_FILE', `${where}: cannot write ${path}: ${(error as Error).message}`, {
      cause: error,
    });
  });
}

async function sample(
  { name, timeLimits, lambdaRange }: ResolvedOptions,
  session: Session,
  { model, cols }: { readonly model: string; readonly cols: number },
  count: number,
  options: ModelSampleOptions | undefined,
): Promise<Matrix> {
  const where = `${name}: sample`;
  checkSampleCount(where, count, cols);
  const { lambda, seed, threads, signal } = resolveSampleOptions(where, options, lambdaRange);
  const { path } = session.newFile('samples');
  try {
    const draw = { count, lambda, seed: String(seed), threads };
    const request = { command: 'sample', model, ...draw, output: path } as const;
    const samples = await session.process.request(request, timeLimits.sample, signal, {
      receive: (limited) => readSamples(where, path, limited),
    });
    return checkSample(name, samples, count, cols);
  } finally {
    await removed(path);
  }
}

/** A file of the working folder goes, whatever the process has put in its place. */
async function removed(path: string): Promise<void> {
  await rm(path, { force: true, recursive: true });
}

/** The file that the process was to write; what is wrong with it is the process's fault. */
async function readSamples(where: string, path: string, signal: AbortSignal | undefined): Promise<Matrix> {
  try {
    return await readMatrix(path, { signal });
  } catch (error) {
    if (!(error instanceof MadloopError) || error.code === 'ERR_ABORTED') throw error;
    throw new MadloopError('ERR_MODEL', `${where}: the samples of the process: ${error.message}`, {
      cause: error,
    });
  }
}

function checkCommand(where: string, argument: string, value: unknown): readonly string[] {
  const requirement = 'be an array of a program and its arguments';
  const command = checkList(where, argument, requirement, value, (part) => {
    if (!isPlainText(part)) throw invalid(where, argument, requirement, value);
    return part;
  });
  if (command.length === 0 || command[0] === '') throw invalid(where, argument, requirement, value);
  return command;
}

function checkText(where: string, argument: string, value: unknown): string {
  if (!isPlainText(value) || value === '') throw invalid(where, argument, 'be a text', value);
  return value;
}

function checkEnvironment(where: string, argument: string, value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null)
    throw invalid(where, argument, 'be an object of texts', value);
  const environment: Record<string, unknown> = { ...value };
  for (const [name, text] of Object.entries(environment)) {
    if (!isPlainText(text)) throw invalid(where, `${argument}.${name}`, 'be a text', text);
  }
  return environment as Record<string, string>;
}

/** Text that may be passed to a process: without a zero character. */
function isPlainText(value: unknown): value is string {
  return typeof value === 'string' && !value.includes('\0');
}
