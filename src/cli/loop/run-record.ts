// What is kept of a run of `madloop loop --process`, so that the same command goes on after any end: files, each whole or not there.
//
//   loop-run/run.json                          which run it is
//   loop-run/replicate-1/generation-3.json     the numbers of a finished generation, and checksums of what it left
//   loop-run/replicate-1/for-4-from-3.npy      samples of generation 3's model for the training set of generation 4
//   loop-run/replicate-1/samples-3.npy         samples of it to show, where rows are images

import { readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MadloopError } from '../../base/errors.js';
import type { Matrix } from '../../base/shapes.js';
import { readMatrix, writeMatrix } from '../../features/matrix-file.js';
import { makeFolders, writeFileAtomically } from '../../files/atomic-write.js';
import { fileChecksum } from '../../files/file-checksum.js';
import type { LoopRecord, MeasuredGeneration } from '../../loops/loop-record.js';
import { StoreLock } from '../../studies/store/store-lock.js';
import { jsonText, say } from '../terminal/output.js';
import { isObject } from '../terminal/read-document.js';

const where = 'loop';
const runFolder = 'loop-run';
const format = 1;

/** What tells a run from every other. */
export interface RunIdentity {
  readonly madloop: string;
  readonly instructionSet: string;
  /** As JSON can hold them. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Whether files that its command names may have changed since it was begun. */
  readonly anyProgram: boolean;
  readonly replicates: number;
  /** Whether later generations are trained on the synthetic samples of all earlier ones. */
  readonly isPooled: boolean;
}

export class RunRecord {
  readonly #folder: string;
  /** Those that it is in and that were not there before, the inmost one first. */
  readonly #newFolders: readonly string[];
  readonly #lock: StoreLock;
  readonly #replicates: readonly ReplicateRecord[];
  /** Checksums of files that made earlier generations, and are others now. */
  readonly earlierPrograms: readonly unknown[];

  private constructor(
    folder: string,
    newFolders: readonly string[],
    lock: StoreLock,
    replicates: readonly ReplicateRecord[],
    earlierPrograms: readonly unknown[],
  ) {
    this.#folder = folder;
    this.#newFolders = newFolders;
    this.#lock = lock;
    this.#replicates = replicates;
    this.earlierPrograms = earlierPrograms;
  }

  /** Whether any run has a record in a folder: a finished generation, or a process that is at work on the first. */
  static async isAnyIn(folder: string): Promise<boolean> {
    const place = join(folder, runFolder);
    if ((await readRun(join(place, 'run.json'))) === undefined) return false;
    if (await hasFinished(place)) return true;
    const lock = await StoreLock.take(where, place);
    lock?.release();
    return lock === undefined;
  }

  /** Whether this run has one. */
  static async isIn(folder: string, run: RunIdentity): Promise<boolean> {
    const known = await readRun(join(folder, runFolder, 'run.json'));
    return known !== undefined && differences(known, run).length === 0;
  }

  /**
   * The record in a folder, begun there if there is none with a finished generation. Errors: ERR_INVALID_INPUT where it is that of
   * another run, ERR_STORE where it is damaged or another process has it; it is left as it is.
   */
  static async open(folder: string, run: RunIdentity): Promise<RunRecord> {
    const place = join(folder, runFolder);
    const newFolders = await makeFolders(folder);
    await makeFolders(place);
    const lock = await StoreLock.take(where, place);
    if (lock === undefined) {
      const message = `${where}: ${place}: another process is at work on this run; wait for it, or give another --output`;
      throw new MadloopError('ERR_STORE', message);
    }
    try {
      const earlierPrograms = await begin(place, run);
      const replicates: ReplicateRecord[] = [];
      for (let i = 1; i <= run.replicates; i += 1) {
        replicates.push(await ReplicateRecord.open(join(place, `replicate-${i}`), run.isPooled));
      }
      return new RunRecord(place, newFolders, lock, replicates, earlierPrograms);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Where it is. */
  get folder(): string {
    return this.#folder;
  }

  /** Generations that are finished, of all replicates together. */
  get finished(): number {
    return this.#replicates.reduce((sum, { finished }) => sum + finished.length, 0);
  }

  /** That of a replicate, from 0. */
  replicate(index: number): ReplicateRecord {
    return this.#replicates[index]!;
  }

  /** Ends the work on it. Where no generation is finished there is nothing to go on from, and nothing is left. */
  async close(): Promise<void> {
    const isOfUse = await hasFinished(this.#folder).catch(() => true);
    // Where even this fails, what ended the run is to be told.
    if (!isOfUse) await rm(this.#folder, { recursive: true, force: true }).catch(() => {});
    this.#lock.release();
    if (!isOfUse) await removeEmpty(this.#newFolders);
  }
}

/** Removes folders, the inmost one first, up to one in which somebody else has put something. */
async function removeEmpty(folders: readonly string[]): Promise<void> {
  try {
    for (const folder of folders) await rmdir(folder);
  } catch {
    // That one stays, and so do those around it.
  }
}

/** The files of one replicate. */
export class ReplicateRecord implements LoopRecord {
  readonly #folder: string;
  readonly #isPooled: boolean;
  readonly #finished: KeptGeneration[];
  /** Of the generation that is at work. */
  #files: Record<string, string> = {};

  private constructor(folder: string, isPooled: boolean, finished: KeptGeneration[]) {
    this.#folder = folder;
    this.#isPooled = isPooled;
    this.#finished = finished;
  }

  static async open(folder: string, isPooled: boolean): Promise<ReplicateRecord> {
    await makeFolders(folder);
    const finished: KeptGeneration[] = [];
    for (;;) {
      const generation = await readGeneration(folder, finished.length + 1);
      if (generation === undefined) break;
      finished.push(generation);
    }
    const record = new ReplicateRecord(folder, isPooled, finished);
    await record.#removeLeft();
    return record;
  }

  get finished(): readonly MeasuredGeneration[] {
    return this.#finished;
  }

  keep(t: number, source: number, rows: Matrix): Promise<void> {
    return this.#write(drawName(t, source), rows);
  }

  kept(t: number, source: number): Promise<Matrix> {
    return this.#read(drawName(t, source), source);
  }

  /** Samples of a generation's model to show. */
  keepShown(t: number, rows: Matrix): Promise<void> {
    return this.#write(shownName(t), rows);
  }

  shown(t: number): Promise<Matrix> {
    return this.#read(shownName(t), t);
  }

  async finish({ t, realCount, syntheticCount, metrics }: MeasuredGeneration): Promise<void> {
    const generation = { t, realCount, syntheticCount, metrics, files: this.#files };
    this.#files = {};
    await writeFileAtomically(join(this.#folder, generationName(t)), `${jsonText(withWords(generation))}\n`);
    this.#finished.push(generation);
    await this.#removeUsed(t);
  }

  async #write(name: string, rows: Matrix): Promise<void> {
    const path = join(this.#folder, name);
    await writeMatrix(path, rows);
    this.#files[name] = await fileChecksum(path);
  }

  async #read(name: string, source: number): Promise<Matrix> {
    const path = join(this.#folder, name);
    const sha256 = this.#finished[source - 1]?.files[name] ?? this.#files[name];
    const found = sha256 === undefined ? undefined : await fileChecksum(path).catch(() => undefined);
    if (found === undefined) throw damaged(path, 'it is not there');
    if (found !== sha256) throw damaged(path, 'its SHA-256 is not that of what was written');
    return readMatrix(path);
  }

  /** Samples for generation t have done their duty, unless later ones are trained on them, too. */
  async #removeUsed(t: number): Promise<void> {
    if (this.#isPooled) return;
    const names = this.#finished.flatMap(({ files }) => Object.keys(files));
    for (const name of names.filter((name) => name.startsWith(drawsFor(t)))) {
      await rm(join(this.#folder, name), { force: true });
    }
  }

  /** What was being written, or was to be removed, when a process was killed. */
  async #removeLeft(): Promise<void> {
    for (const name of await readdir(this.#folder)) {
      if (/^\..*\.tmp$/.test(name)) await rm(join(this.#folder, name), { force: true });
    }
    for (const { t } of this.#finished) await this.#removeUsed(t);
  }
}

interface KeptGeneration extends MeasuredGeneration {
  /** Checksums of the files that it left. */
  readonly files: Readonly<Record<string, string>>;
}

const generationName = (t: number): string => `generation-${t}.json`;
const drawsFor = (t: number): string => `for-${t}-from-`;
const drawName = (t: number, source: number): string => `${drawsFor(t)}${source}.npy`;
const shownName = (t: number): string => `samples-${t}.npy`;

/** Writes down which run it is, or finds that it is this one; returns the checksums of programs that it had before. */
async function begin(place: string, run: RunIdentity): Promise<readonly unknown[]> {
  const path = join(place, 'run.json');
  let known = await readRun(path);
  if (known !== undefined && !(await hasFinished(place))) {
    // Of a process that was killed in its first generations: they are nobody's.
    await rm(place, { recursive: true });
    await makeFolders(place);
    known = undefined;
  }
  if (known !== undefined) {
    const found = differences(known, run);
    if (found.length > 0) {
      const hint = found.every((one) => one.startsWith('programSha256'))
        ? '--any-program goes on with the changed files'
        : 'give another --output, or remove that folder';
      const message = `${where}: ${place} is of another run; it was left as it is (${hint}):\n  ${found.join('\n  ')}`;
      throw new MadloopError('ERR_INVALID_INPUT', message);
    }
  }
  const { madloop, instructionSet, parameters } = run;
  const before = known?.parameters.programSha256;
  const isChanged = known !== undefined && JSON.stringify(before) !== JSON.stringify(parameters.programSha256);
  const earlierPrograms = [...(known?.earlierPrograms ?? []), ...(isChanged ? [before] : [])];
  if (isChanged)
    say(`${where}: files of the command have changed: generations from here on are another program's`);
  if (known === undefined || isChanged) {
    const document = { format, madloop, instructionSet, parameters, earlierPrograms };
    await writeFileAtomically(path, `${jsonText(document)}\n`);
  }
  return earlierPrograms;
}

/** Whether a generation is finished, of any replicate. */
async function hasFinished(place: string): Promise<boolean> {
  for (const name of await readdir(place)) {
    if (!/^replicate-\d+$/.test(name)) continue;
    const path = join(place, name);
    const files = await readdir(path).catch((error: Error) => {
      throw damaged(path, error.message);
    });
    if (files.includes(generationName(1))) return true;
  }
  return false;
}

interface KnownRun extends Pick<RunIdentity, 'madloop' | 'instructionSet' | 'parameters'> {
  readonly earlierPrograms: readonly unknown[];
}

async function readRun(path: string): Promise<KnownRun | undefined> {
  const content = await readJson(path);
  if (content === undefined) return undefined;
  const { madloop, instructionSet, parameters, earlierPrograms } = content;
  if (content.format !== format) throw damaged(path, `its format is not ${format}`);
  if (!isObject(parameters) || !Array.isArray(earlierPrograms))
    throw damaged(path, 'it does not say which run it is');
  return { madloop: String(madloop), instructionSet: String(instructionSet), parameters, earlierPrograms };
}

/** What is not the same, old -> new. */
function differences(known: KnownRun, now: RunIdentity): string[] {
  const flat = ({ madloop, instructionSet, parameters }: Omit<KnownRun, 'earlierPrograms'>) => ({
    ...parameters,
    ...{ madloop, 'instruction set': instructionSet },
  });
  const [old, new_] = [flat(known), flat(now)] as Record<string, unknown>[];
  return [...new Set([...Object.keys(old!), ...Object.keys(new_!)])]
    .filter((name) => !(now.anyProgram && name === 'programSha256'))
    .map((name) => [name, JSON.stringify(old![name]) ?? 'none', JSON.stringify(new_![name]) ?? 'none'] as const)
    .filter(([, a, b]) => a !== b)
    .map(([name, a, b]) => `${name}: ${a} -> ${b}`);
}

async function readGeneration(folder: string, t: number): Promise<KeptGeneration | undefined> {
  const path = join(folder, generationName(t));
  const content = await readJson(path);
  if (content === undefined) return undefined;
  const { realCount, syntheticCount, metrics, files } = content;
  const isText = (value: unknown): boolean => typeof value === 'string';
  const whole = content.t === t && [realCount, syntheticCount].every(Number.isSafeInteger);
  if (!whole || !isObject(metrics) || !isObject(files) || !Object.values(files).every(isText))
    throw damaged(path, `it is not generation ${t}`);
  const numbers = Object.entries(metrics).map(([name, value]) => [name, Number(value)] as const);
  return {
    ...{ t, realCount: realCount as number, syntheticCount: syntheticCount as number },
    metrics: Object.fromEntries(numbers),
    files: files as Record<string, string>,
  };
}

/** With numbers that JSON lacks as words: "NaN". */
function withWords(generation: KeptGeneration): object {
  const metrics = Object.entries(generation.metrics).map(([name, value]) => [
    name,
    Number.isFinite(value) ? value : String(value),
  ]);
  return { ...generation, metrics: Object.fromEntries(metrics) };
}

async function readJson(path: string): Promise<Record<string, unknown> | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw damaged(path, (error as Error).message);
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw damaged(path, (error as Error).message);
  }
  if (!isObject(content)) throw damaged(path, 'it holds no object');
  return content;
}

function damaged(path: string, how: string): MadloopError {
  const message = `${where}: ${path} is damaged: ${how}. Remove its folder to run again what is in it`;
  return new MadloopError('ERR_STORE', message);
}
