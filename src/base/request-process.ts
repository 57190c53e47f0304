// Another process of this package that answers requests, one at a time: for libraries that may end the process they are in.

import { type ChildProcess, fork } from 'node:child_process';
import { type ErrorCode, MadloopError } from './errors.js';
import { packageFile } from './package-files.js';

/** What such a process is asked by name, and how it answers. */
export type Requests<All> = { [Name in keyof All]: (...parameters: never[]) => Promise<unknown> };

export interface Request<All extends Requests<All>, Name extends keyof All = keyof All> {
  readonly name: Name;
  readonly parameters: Parameters<All[Name]>;
  /** Where relative paths begin; undefined where the caller's folder is gone. */
  readonly folder: string | undefined;
}

export type Answer =
  | { readonly value: unknown }
  | { readonly code: ErrorCode | undefined; readonly message: string; readonly cause: unknown };

export interface Program {
  /** The path in the package of what calls answerRequests. */
  readonly main: string;
  /** Options of Node for it. */
  readonly options?: readonly string[];
  /** The error where the process cannot be started or ends; `subject` is what the request was about. */
  readonly ended: (subject: string, how: string) => MadloopError;
}

/** The process. It does not keep Node running while it has no request, and ends with its caller's process or thread, however that ends. */
export class RequestProcess<All extends Requests<All>> {
  readonly #ended: Program['ended'];
  readonly #child: ChildProcess;
  #pending: { readonly onAnswer: (answer: Answer) => void; readonly onEnd: () => void } | undefined;
  /** How it ended, or why it did not start. */
  #end: string | undefined;

  constructor({ main, options = [], ended }: Program) {
    this.#ended = ended;
    // Messages go over a pipe of their own. What a library says before it gives up is for the caller's eyes.
    const stdio = ['ignore', 'ignore', 'inherit', 'ipc'] as const;
    this.#child = fork(packageFile(main), {
      execArgv: [...resolvingOptions(), ...options],
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

  /** `subject` is what it is about, for messages. Errors: those of the work; that of `ended`. */
  async request<Name extends keyof All>(
    subject: string,
    name: Name,
    ...parameters: Parameters<All[Name]>
  ): Promise<Awaited<ReturnType<All[Name]>>> {
    this.#hold(true);
    try {
      const answer = await this.#exchange({ name, parameters, folder: currentFolder() });
      if (answer === undefined) throw this.#ended(subject, this.#end ?? 'for no reason');
      if ('value' in answer) return answer.value as Awaited<ReturnType<All[Name]>>;
      const { code, message, cause } = answer;
      if (code !== undefined) throw new MadloopError(code, message, { cause });
      throw new MadloopError('ERR_INTERNAL', `${subject}: ${message}, please report`, { cause });
    } finally {
      this.#pending = undefined;
      this.#hold(false);
    }
  }

  /** Lets it end, after what it is at. */
  end(): void {
    if (this.#child.connected) this.#child.disconnect();
  }

  /** Ends it at once. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** The answer; undefined where the process ended without one. */
  #exchange(request: Request<All>): Promise<Answer | undefined> {
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
