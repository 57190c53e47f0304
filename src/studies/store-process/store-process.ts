import { type ChildProcess, fork } from 'node:child_process';
import { MadloopError } from '../../base/errors.js';
import { packageFile } from '../../base/package-files.js';
import type { Answer, Request, StoreRequests } from './requests.js';

const main = 'dist/studies/store-process/main.js';

/**
 * A process that answers requests about stores, one at a time. It does not keep Node running while it has none, and ends with its
 * caller's process or thread, however that ends.
 */
export class StoreProcess {
  readonly #child: ChildProcess;
  #pending: { readonly onAnswer: (answer: Answer) => void; readonly onEnd: () => void } | undefined;
  /** How it ended, or why it did not start. */
  #end: string | undefined;

  constructor() {
    // Messages go over a pipe of their own. What the SQLite library says before it gives up is for the caller's eyes.
    const stdio = ['ignore', 'ignore', 'inherit', 'ipc'] as const;
    this.#child = fork(packageFile(main), {
      // The collector ends connections that have been closed (study-store.ts).
      execArgv: [...resolvingOptions(), '--expose-gc'],
      serialization: 'advanced',
      stdio: [...stdio],
    });
    this.#child.on('message', (answer: Answer) => this.#pending?.onAnswer(answer));
    this.#child.on('error', (error) => this.#onEnd(error.message));
    this.#child.on('exit', (code, signal) => this.#onEnd(signal ?? `status ${code}`));
    this.#hold(false);
  }

  get isAlive(): boolean {
    return this.#end === undefined;
  }

  /** Errors: those of the work; ERR_STORE where the process cannot be started or ends. */
  async request<Name extends keyof StoreRequests>(
    where: string,
    path: string,
    name: Name,
    ...parameters: Parameters<StoreRequests[Name]>
  ): Promise<Awaited<ReturnType<StoreRequests[Name]>>> {
    this.#hold(true);
    try {
      const answer = await this.#exchange({ name, parameters, folder: currentFolder() });
      if (answer === undefined) {
        throw new MadloopError(
          'ERR_STORE',
          `${where}: ${path}: the process that holds the store ended (${this.#end})`,
        );
      }
      if ('value' in answer) return answer.value as Awaited<ReturnType<StoreRequests[Name]>>;
      const { code, message, cause } = answer;
      if (code !== undefined) throw new MadloopError(code, message, { cause });
      throw new MadloopError('ERR_INTERNAL', `${where}: ${path}: ${message}, please report`, { cause });
    } finally {
      this.#pending = undefined;
      this.#hold(false);
    }
  }

  end(): void {
    if (this.#child.connected) this.#child.disconnect();
  }

  /** The answer; undefined where the process ended without one. */
  #exchange(request: Request): Promise<Answer | undefined> {
    return new Promise((resolve) => {
      const onEnd = (): void => resolve(undefined);
      this.#pending = { onAnswer: resolve, onEnd };
      if (this.isAlive) this.#child.send(request, (error) => error !== null && this.#onEnd(error.message));
      else onEnd();
    });
  }

  #onEnd(how: string): void {
    this.#end ??= how;
    this.#pending?.onEnd();
  }

  #hold(hold: boolean): void {
    if (hold) {
      this.#child.ref();
      this.#child.channel?.ref();
    } else {
      this.#child.unref();
      this.#child.channel?.unref();
    }
  }
}

function currentFolder(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined; // It was removed; whole paths still work.
  }
}

/** Of the options that Node was started with those by which packages are found; others may fit no second process. */
function resolvingOptions(): string[] {
  const { execArgv } = process;
  return execArgv.flatMap((option, index) => {
    if (
      !/^(-r|-C|--(require|import|loader|experimental-loader|conditions)(=.*)?|--preserve-symlinks)$/s.test(
        option,
      )
    )
      return [];
    const isWhole = option.includes('=') || option === '--preserve-symlinks';
    return isWhole ? [option] : [option, execArgv[index + 1] ?? ''];
  });
}
