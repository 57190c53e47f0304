// How work comes along, on standard error: a line that is drawn anew on a terminal, else a line every 10 seconds.

import cliProgress from 'cli-progress';
import { say } from './output.js';
import { shortTime, TimeLeft } from './time-left.js';

/** Part of some work, in units of the worker's choice. */
export interface Part {
  readonly done: number;
  readonly total: number;
  /** What is being done, or what of it is done: "FD∞", "3 of 88 cells". */
  readonly details?: string;
  /** Where the worker knows better than the time so far can tell; null where it does not know yet. */
  readonly secondsLeft?: number | null;
}

/** Shows how `work` comes along while it runs. */
export async function withProgressBar<T>(
  title: string,
  work: (onProgress: (part: Part) => void) => Promise<T>,
): Promise<T> {
  const display = new ProgressDisplay(title);
  try {
    return await work((part) => display.update(part));
  } finally {
    display.stop();
  }
}

const logIntervalMs = 10_000;

/** The same where the work is no single call. */
export class ProgressDisplay {
  readonly #title: string;
  readonly #begun = performance.now();
  readonly #timeLeft = new TimeLeft(this.#begun);
  #last: Part = { done: 0, total: 1 };
  #updated = this.#begun;
  readonly stop: () => void;

  constructor(title: string) {
    this.#title = title;
    if (process.stderr.isTTY) {
      const bar = new cliProgress.SingleBar({
        stream: process.stderr,
        format: () => terminalLine(this.#state(), process.stderr.columns || usualColumns),
        hideCursor: true,
        clearOnComplete: true,
      });
      bar.start(1, 0);
      this.stop = () => bar.stop();
    } else {
      const timer = setInterval(() => say(logLine(this.#state())), logIntervalMs).unref();
      this.stop = () => clearInterval(timer);
    }
  }

  update(part: Part): void {
    this.#last = part;
    this.#updated = performance.now();
    this.#timeLeft.report(fractionOf(part), this.#updated);
  }

  #state(): ProgressState {
    const now = performance.now();
    const left = this.#secondsLeft(now);
    return {
      title: this.#title,
      details: this.#last.details ?? '',
      fraction: fractionOf(this.#last),
      time: left === undefined ? `${shortTime((now - this.#begun) / 1_000)} so far` : `${shortTime(left)} left`,
    };
  }

  #secondsLeft(now: number): number | undefined {
    const { secondsLeft } = this.#last;
    if (secondsLeft === undefined) return this.#timeLeft.seconds(now);
    return secondsLeft === null ? undefined : Math.max(0, secondsLeft - (now - this.#updated) / 1_000);
  }
}

function fractionOf({ done, total }: Part): number {
  return total > 0 ? done / total : 0;
}

export interface ProgressState {
  readonly title: string;
  readonly details: string;
  readonly fraction: number;
  /** "8 min 17 s left", or, as long as nobody can tell, "12 s so far". */
  readonly time: string;
}

/** Of a terminal that does not say. */
export const usualColumns = 80;

/** The line of a terminal of so many columns: the time first, and never longer. */
export function terminalLine({ title, details, fraction, time }: ProgressState, columns: number): string {
  const width = Math.min(30, columns - 68);
  const full = Math.round(width * fraction);
  const bar = width < 5 ? [] : ['='.repeat(full) + '-'.repeat(width - full)];
  const rest = [`${percent(fraction)} %`.padStart(5), details === '' ? title : `${title}, ${details}`];
  // A terminal goes to the next line after its last column.
  return [time.padEnd(15), ...bar, ...rest].join('  ').slice(0, columns - 1);
}

export function logLine({ title, details, fraction, time }: ProgressState): string {
  return `${title}: ${percent(fraction)} %, ${time}${details === '' ? '' : `, ${details}`}`;
}

function percent(fraction: number): string {
  return (100 * fraction).toFixed(fraction < 0.1 ? 1 : 0);
}
