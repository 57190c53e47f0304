import { numberText } from '../../charts/numbers.js';
import { defaultThreads } from '../../engine/threads.js';
import { say } from './output.js';
import { shortTime } from './time-left.js';

/** What a computation takes, and what would take less. */
export interface Cost {
  /** Seconds of one core, about. */
  readonly seconds: number;
  readonly dim?: number;
  /** "--method deterministic answers in a second". */
  readonly instead: string;
}

// Few mind waiting for less.
const longSeconds = 20;

/** Says on standard error, before it begins, that Monte Carlo will take long. */
export function warnOfCost(command: string, cost: Cost | undefined, threads = defaultThreads(command)): void {
  if (cost === undefined) return;
  const seconds = cost.seconds / threads;
  if (!(seconds > longSeconds)) return;
  const time = shortTime(Number(seconds.toPrecision(1)));
  const where = cost.dim === undefined ? '' : ` in ${numberText(cost.dim)} dimensions`;
  const processors = threads === 1 ? 'one thread' : `${threads} threads`;
  say(`${command}: Monte Carlo${where} takes ${time} or more on ${processors}; ${cost.instead}`);
}
