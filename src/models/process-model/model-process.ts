import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { abortable } from '../../base/abortable.js';
import { MadloopError } from '../../base/errors.js';
import { withinTime } from '../time-limit.js';
import { atExit } from './at-exit.js';
import { readLines, Tail } from './output.js';
import { answerBegin, broken, ProtocolError, type Request, readAnswer, requestLine } from './protocol.js';

// What a screen has room for.
const shownStandardError = { characters: 4_000, lines: 30 };
const longestAnswer = 65_536; // characters
/** Seconds between the end of the process's input and its end by force. */
const graceSeconds = 2;
/** Milliseconds for what an ended process wrote to arrive; descendants that left its group may hold its pipes for ever. */
const lastWordsMilliseconds = 200;

export interface ProcessSettings {
  /** What messages call it. */
  readonly name: string;
  /** The program and its arguments. */
  readonly command: readonly string[];
  readonly cwd?: string | undefined;
  readonly env: Readonly<Record<string, string>>;
}

/** What goes before a request, and what after its answer. */
interface Around<Received> {
  readonly ready?: Promise<void>;
  /** Its signal is aborted when time is up, too. */
  readonly receive?: (signal: AbortSignal | undefined) => Promise<Received>;
}

/** The request that the process is at work on. */
interface Pending {
  readonly onLine: (line: string) => void;
  readonly onEnd: (error: MadloopError) => void;
}

/**
 * A process that answers requests, one at a time, until it is closed, breaks the protocol, or takes too long. It leads a
 * process group, so that whatever it starts ends with it. While it has nothing to do it does not keep Node running, and
 * it is killed when Node exits; should Node be killed, its input ends.
 */
export class ModelProcess {
  /** Settles when the process and its group are gone. */
  readonly ended: Promise<void>;
  readonly #settings: ProcessSettings;
  readonly #child: ChildProcess;
  readonly #standardError: Tail | undefined;
  readonly #cancelAtExit: () => void;
  #requests = 0;
  #queue: Promise<unknown> = Promise.resolve();
  #pending: Pending | undefined;
  #end: MadloopError | undefined;

  constructor(settings: ProcessSettings) {
    this.#settings = settings;
    const [program, ...args] = settings.command;
    const { cwd, env } = settings;
    // Detached: the leader of a process group of its own.
    const child = spawn(program!, args, {
      detached: true,
      stdio: 'pipe',
      env: { ...process.env, ...env },
      ...(cwd !== undefined && { cwd }),
    });
    this.#child = child;
    // A process that could not be started may have no streams.
    if (child.pid !== undefined) {
      this.#standardError = new Tail(child.stderr, shownStandardError);
      readLines(
        child.stdout,
        longestAnswer,
        (line) => this.#onLine(line),
        () => this.#breakOff(broken(`must answer in less than ${longestAnswer} characters`)),
      );
    }
    // A write to a process that has ended fails; its end says why.
    child.stdin?.on('error', () => {});
    this.#cancelAtExit = atExit(() => this.#killGroup());
    this.ended = this.#watch();
    this.#hold(false);
  }

  /** Whether it can still answer. */
  get isAlive(): boolean {
    return this.#end === undefined;
  }

  /**
   * Sends a request when its turn comes, in the order of these calls, and waits at most `seconds` from then on for the answer and
   * for what `receive` makes of it. Where nobody waits for the answer any more, because of the time or the signal, the process is
   * killed: there is no other way to stop it. A request that needs something first keeps its turn until that is `ready`.
   */
  async request<Received = void>(
    request: Request,
    seconds: number | undefined,
    signal?: AbortSignal,
    { ready, receive }: Around<Received> = {},
  ): Promise<Received> {
    const { name } = this.#settings;
    ready?.catch(() => {}); // told when the turn comes
    const turn = this.#queue.then(async () => {
      if (this.isAlive) await ready;
      return this.#exchange(request, seconds, signal, receive);
    });
    this.#queue = turn.catch(() => {});
    return abortable(`${name}: ${request.command}`, signal, () => turn);
  }

  /** Ends the process: by the end of its input if it is idle, else, and if it goes on for 2 s, by force. */
  async close(): Promise<void> {
    this.#hold(true);
    if (this.#pending === undefined) this.#child.stdin?.end();
    else this.#breakOff(new MadloopError('ERR_MODEL', 'the process was closed'));
    const patience = new AbortController();
    const force = delay(1000 * graceSeconds, undefined, { signal: patience.signal }).then(
      () => this.#killGroup(),
      () => {}, // it ended in time
    );
    await this.ended;
    patience.abort();
    await force;
  }

  async #exchange<Received>(
    request: Request,
    seconds: number | undefined,
    signal: AbortSignal | undefined,
    receive: Around<Received>['receive'],
  ): Promise<Received> {
    const { name } = this.#settings;
    const where = `${name}: ${request.command}`;
    if (this.#end !== undefined) throw this.#named(where, this.#end);
    this.#requests += 1;
    const id = this.#requests;
    try {
      return await withinTime(where, seconds, signal, async (limited) => {
        this.#hold(true);
        await this.#answer(id, request);
        return (await receive?.(limited)) as Received;
      });
    } catch (error) {
      if (!(error instanceof MadloopError)) throw error;
      const isAbort = error.code === 'ERR_ABORTED';
      if (this.#pending !== undefined) {
        this.#breakOff(isAbort ? new MadloopError('ERR_MODEL', 'the process was ended by an abort') : error);
      }
      throw isAbort ? error : this.#named(where, error);
    } finally {
      this.#pending = undefined;
      this.#hold(false);
    }
  }

  #answer(id: number, request: Request): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#pending = {
        onLine: (line) => {
          // What a program prints before it serves, or what it imports prints, is talk.
          const begin = request.command === 'start' ? answerBegin(line) : 0;
          if (begin !== 0) this.#standardError?.add(`${line.slice(0, begin)}\n`);
          if (begin === undefined) return;
          try {
            readAnswer(line.slice(begin), id, request);
            resolve();
          } catch (error) {
            if (error instanceof ProtocolError) this.#breakOff(error);
            reject(error);
          }
          this.#pending = undefined;
        },
        onEnd: reject,
      };
      this.#child.stdin?.write(requestLine(id, request));
    });
  }

  #onLine(line: string): void {
    if (this.#pending !== undefined) this.#pending.onLine(line);
    else
      this.#breakOff(
        broken(`must write nothing that was not asked for, got ${JSON.stringify(line.slice(0, 60))}`),
      );
  }

  /** Ends the process by force, for this reason. */
  #breakOff(reason: MadloopError): void {
    this.#end ??= reason;
    this.#killGroup();
  }

  /** Waits for the end of the process, then ends what is left of its group. */
  async #watch(): Promise<void> {
    const child = this.#child;
    const { command } = this.#settings;
    const lastWords = new Promise((resolve) => child.once('close', resolve));
    const how = await new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(`cannot be started: ${error.message}`));
      child.once('exit', (code, signal) => {
        resolve(signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`);
      });
    });
    this.#end ??= new MadloopError('ERR_MODEL', `the process ${command.join(' ')} ${how}`);
    if (child.pid !== undefined) {
      this.#killGroup();
      await Promise.race([lastWords, delay(lastWordsMilliseconds, undefined, { ref: false })]);
    }
    for (const stream of child.stdio ?? []) stream?.destroy();
    this.#cancelAtExit();
    this.#pending?.onEnd(this.#end);
  }

  #killGroup(): void {
    if (this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, 'SIGKILL');
    } catch (error) {
      // Nobody is left in it; macOS says EPERM where its last member has ended but not been waited for.
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ESRCH' && code !== 'EPERM') throw error;
    }
  }

  /** The same error as one of this call, with what the process had to say on standard error. */
  #named(where: string, error: MadloopError): MadloopError {
    const message = error.message.startsWith(where) ? error.message : `${where}: ${error.message}`;
    const text = this.#standardError?.text ?? '';
    const said = text === '' ? '' : `; its standard error ends with:\n${text}`;
    return new MadloopError(error.code, message + said, { cause: error });
  }

  /** Whether the process keeps Node running. */
  #hold(held: boolean): void {
    const { stdin, stdout, stderr } = this.#child;
    for (const part of [this.#child, stdin, stdout, stderr] as (
      | { ref?(): void; unref?(): void }
      | undefined
    )[]) {
      if (held) part?.ref?.();
      else part?.unref?.();
    }
  }
}
