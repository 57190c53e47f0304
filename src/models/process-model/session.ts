import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MadloopError } from '../../base/errors.js';
import { atExit } from './at-exit.js';
import { ModelProcess, type ProcessSettings } from './model-process.js';

/** A process and its working folder, which goes when the process does. */
export class Session {
  readonly process: ModelProcess;
  readonly #folder: string;
  readonly #removed: Promise<void>;
  #files = 0;

  private constructor(folder: string, settings: ProcessSettings) {
    this.#folder = folder;
    const cancelAtExit = atExit(() => rmSync(folder, { recursive: true, force: true }));
    this.process = new ModelProcess(settings);
    this.#removed = this.process.ended.then(async () => {
      // What its group wrote as it was killed may still arrive: then once more.
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
      cancelAtExit();
    });
    // Told to whoever closes it.
    this.#removed.catch(() => {});
  }

  /** Starts a process and waits, at most `seconds`, until it has said that it speaks the protocol. */
  static async start(
    settings: ProcessSettings,
    parent = tmpdir(),
    seconds: number | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Session> {
    const folder = await mkdtemp(join(parent, 'madloop-model-')).catch((error: unknown) => {
      const reason = (error as Error).message;
      throw new MadloopError('ERR_FILE', `${settings.name}: cannot make a working folder: ${reason}`, {
        cause: error,
      });
    });
    const session = new Session(folder, settings);
    try {
      await session.process.request({ command: 'start', folder }, seconds, signal);
      return session;
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  /** A path in the working folder, with the number that makes it new. */
  newFile(what: string): { path: string; number: number } {
    this.#files += 1;
    return { path: join(this.#folder, `${what}-${this.#files}.npy`), number: this.#files };
  }

  async close(): Promise<void> {
    await this.process.close();
    await this.#removed;
  }
}
