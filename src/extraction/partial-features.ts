// Features on their way into a file: the rows there are, and what they are of, so that an interrupted run goes on.

import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open, readFile, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { MadloopError } from '../base/errors.js';
import { writeFileAtomically } from '../files/atomic-write.js';
import { npyParts } from '../files/matrix.js';
import { npyPrefix } from '../files/npy-header.js';
import { textParts } from '../files/small-arrays.js';
import type { ImageFile } from './image-files.js';

/** What rows are made by, and of: another run goes on where all of it is the same. */
export interface Work {
  readonly protocol: string;
  /** Images at once, which may change last bits. */
  readonly batch: number;
  readonly images: readonly ImageFile[];
}

interface State {
  readonly format: 'madloop partial features 1';
  readonly protocol: string;
  readonly batch: number;
  readonly cols: number;
  /** Rows that are whole on the disk. */
  readonly done: number;
  /** SHA-256 of names, sizes and times of the images of these rows. */
  readonly images: string;
  /** The process that wrote it, for who finds it at work. */
  readonly writer: string;
}

const format = 'madloop partial features 1';
// Space for the header, which is known at the end; NumPy aligns elements to 64 bytes.
const headerBytes = 128;
const saveMs = 2_000;

/**
 * The file of an output that is not finished, `<output>.partial`, beside `<output>.partial.json`, which says how much of it is
 * whole. A crash loses at most the last seconds. One writer at a time: whoever opens it sees to that.
 */
export class PartialFeatures {
  readonly #where: string;
  readonly #output: string;
  readonly #work: Work;
  readonly #file: FileHandle;
  readonly #seen: Hash = createHash('sha256');
  #done = 0;
  #cols: number | undefined;
  #saved = Number.NEGATIVE_INFINITY;

  private constructor(where: string, output: string, work: Work, file: FileHandle) {
    this.#where = where;
    this.#output = output;
    this.#work = work;
    this.#file = file;
  }

  /** Errors: ERR_FILE; ERR_INVALID_INPUT where what is there is of another work, or damaged. */
  static async open(where: string, output: string, work: Work): Promise<PartialFeatures> {
    const refuse = (why: string) =>
      new MadloopError(
        'ERR_INVALID_INPUT',
        `${where}: ${output}.partial ${why}: give another output, or remove it and ${output}.partial.json to begin anew`,
      );
    const state = await readState(`${output}.partial.json`, refuse);
    if (state !== undefined) {
      if (state.protocol !== work.protocol)
        throw refuse(`holds features of another protocol (${state.protocol})`);
      if (state.batch !== work.batch) throw refuse(`was made in batches of ${state.batch}, not ${work.batch}`);
    }
    try {
      const file = await open(`${output}.partial`, state === undefined ? 'w' : 'r+');
      const partial = new PartialFeatures(where, output, work, file);
      if (state === undefined) return partial;
      try {
        partial.#see(state.done);
        const { size } = await file.stat();
        if (state.done > work.images.length || partial.#seenImages() !== state.images) {
          throw refuse('holds features of other images, or these have changed');
        }
        if (size < headerBytes + 4 * state.done * state.cols) throw refuse('is cut short');
        partial.#cols = state.cols;
        await partial.save(); // It is ours now.
        return partial;
      } catch (error) {
        await file.close();
        throw error;
      }
    } catch (error) {
      throw cannotKeep(output, error);
    }
  }

  /** Images whose rows are there. */
  get done(): number {
    return this.#done;
  }

  get cols(): number | undefined {
    return this.#cols;
  }

  /** Adds the rows of the next images. */
  async append(data: Float32Array, cols: number): Promise<void> {
    const count = data.length / cols;
    if (cols !== (this.#cols ?? cols)) {
      throw new MadloopError(
        'ERR_INVALID_INPUT',
        `${this.#where}: the network must give as many features for every image, got ${this.#cols} and ${cols}`,
      );
    }
    this.#cols = cols;
    try {
      let position = headerBytes + 4 * this.#done * cols;
      for (const part of npyParts(data, [count, cols]).slice(1)) {
        await writeAt(this.#file, part, position);
        position += part.length;
      }
      this.#see(count);
      if (performance.now() - this.#saved > saveMs) await this.save();
    } catch (error) {
      throw cannotKeep(this.#output, error);
    }
  }

  /** Makes sure that a later run can go on from here. */
  async save(): Promise<void> {
    const { protocol, batch } = this.#work;
    if (this.#cols === undefined) return;
    await this.#file.datasync();
    const state: State = {
      format,
      protocol,
      batch,
      cols: this.#cols,
      done: this.#done,
      images: this.#seenImages(),
      writer: `process ${process.pid} on ${hostname()}`,
    };
    await writeFileAtomically(`${this.#output}.partial.json`, `${JSON.stringify(state)}\n`);
    this.#saved = performance.now();
  }

  /** Where all is there: the file under its name, the protocol behind the rows. */
  async finish(): Promise<void> {
    const [rows, cols] = [this.#done, this.#cols!];
    const end = headerBytes + 4 * rows * cols;
    try {
      await this.#file.truncate(end);
      await writeAt(this.#file, npyPrefix('<f4', [rows, cols]), 0);
      await writeAt(this.#file, Buffer.concat(textParts(this.#work.protocol)), end);
      await this.#file.sync();
      await this.#file.close();
      await rename(`${this.#output}.partial`, this.#output);
      await rm(`${this.#output}.partial.json`, { force: true });
    } catch (error) {
      throw cannotKeep(this.#output, error);
    }
  }

  /** Leaves what there is for a later run; nothing where no row is there. */
  async leave(): Promise<void> {
    await this.save().finally(() => this.#file.close());
    if (this.#cols === undefined) await rm(`${this.#output}.partial`, { force: true });
  }

  #see(count: number): void {
    for (const { name, bytes, modified } of this.#work.images.slice(this.#done, this.#done + count)) {
      this.#seen.update(`${name}\0${bytes}\0${modified}\n`);
    }
    this.#done += count;
  }

  #seenImages(): string {
    return this.#seen.copy().digest('hex');
  }
}

/** " (process 123 on host)" of who is at work on an output, or "" as long as it has not said so. */
export async function writerOfPartial(output: string): Promise<string> {
  const state = await readState(`${output}.partial.json`, () => new Error()).catch(() => undefined);
  return state?.writer === undefined ? '' : ` (${state.writer})`;
}

async function readState(path: string, refuse: (why: string) => Error): Promise<State | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw cannotKeep(path, error);
  });
  if (text === undefined) return undefined;
  try {
    const state = JSON.parse(text) as State;
    const numbers = [state.batch, state.cols, state.done];
    if (state.format === format && numbers.every((value) => Number.isSafeInteger(value) && value > 0))
      return state;
  } catch {
    // Damaged.
  }
  throw refuse('stands beside a file that does not say what it holds');
}

async function writeAt(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}

function cannotKeep(path: string, error: unknown): Error {
  if (error instanceof MadloopError) return error;
  return new MadloopError('ERR_FILE', `cannot write ${path}: ${(error as Error).message}`, { cause: error });
}
