// Bytes at positions: a file, as the readers of this folder see it.

import type { FileHandle } from 'node:fs/promises';
import { MadloopError } from '../base/errors.js';
import { cannotRead, malformed } from './file-errors.js';
import { openRegularFile } from './regular-file.js';

export interface ByteSource {
  /** What messages call it. */
  readonly name: string;
  readonly size: number;
  /** Fills `target` with the bytes from `position`. All of them are below `size`: the reader has checked that. */
  read(position: number, target: Uint8Array): Promise<void>;
}

// Bytes between two looks at the signal: a tenth of a second of a slow disk.
const sliceBytes = 4 * 2 ** 20;

/**
 * Opens a file for as long as `work` takes. An aborted signal ends the work at its next read.
 * Errors: ERR_FILE when the system does not let us read it, or it is no regular file (`ofFolder` is added for a folder);
 * ERR_INVALID_INPUT when it becomes shorter meanwhile.
 */
export async function withFile<Result>(
  path: string,
  signal: AbortSignal | undefined,
  work: (source: ByteSource) => Promise<Result>,
  ofFolder?: string,
): Promise<Result> {
  const { file, stats } = await openRegularFile(path, ofFolder).catch((error: unknown) => {
    throw cannotRead(path, error);
  });
  try {
    return await work(new FileSource(path, stats.size, file, signal));
  } catch (error) {
    // Only the system's own errors among those that `work` throws are about the file.
    throw error instanceof Error && 'syscall' in error ? cannotRead(path, error) : error;
  } finally {
    await file.close();
  }
}

class FileSource implements ByteSource {
  readonly name: string;
  readonly size: number;
  readonly #file: FileHandle;
  readonly #signal: AbortSignal | undefined;

  constructor(name: string, size: number, file: FileHandle, signal: AbortSignal | undefined) {
    this.name = name;
    this.size = size;
    this.#file = file;
    this.#signal = signal;
  }

  async read(position: number, target: Uint8Array): Promise<void> {
    // One read may return less than asked for.
    let done = 0;
    while (done < target.length) {
      if (this.#signal?.aborted) {
        throw new MadloopError('ERR_ABORTED', `${this.name}: aborted`, { cause: this.#signal.reason });
      }
      const length = Math.min(target.length - done, sliceBytes);
      const { bytesRead } = await this.#file.read(target, done, length, position + done);
      if (bytesRead === 0) throw malformed(this.name, 'became shorter while it was read');
      done += bytesRead;
    }
  }
}
