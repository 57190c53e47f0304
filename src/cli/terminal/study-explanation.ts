// What a study will take, for reading.

import { numberText } from '../../charts/numbers.js';
import { defaultThreads } from '../../engine/threads.js';
import type { LoopAxisValue } from '../../studies/definition/loop-study-document.js';
import type { StudyExplanation } from '../../studies/index.js';
import { shownSchedule } from './loop-words.js';
import { resultText, tableText } from './table.js';
import { shortTime } from './time-left.js';

const kinds = { limit: 'limit points', loop: 'loops' };

/** A line an axis, and what all of it takes. */
export function explanationText(explanation: StudyExplanation): string {
  const { kind, title, axes, cells, different, refused, replicates, seconds, longest, bytes } = explanation;
  const rows = axes.map(({ axis, values }) => [
    axis,
    String(values.length),
    shownSchedule(values.map(shownValue)),
  ]);
  const table =
    rows.length === 0 ? 'a list of cells' : tableText(['axis', 'values', ''], rows, { words: true });
  const threads = defaultThreads('study explain');
  const runs = replicates === undefined ? '' : `, ${counted(cells * replicates, 'run')}`;
  const equal =
    different + refused < cells
      ? `, of which ${numberText(cells - different - refused, 9)} are equal to others`
      : '';
  const none = refused > 0 ? `; ${counted(refused, 'cell')} can have no result` : '';
  const at = Object.entries(longest.at).map(([name, value]) => `${name} ${shownValue(value)}`);
  return resultText(`${title}: a study of ${kinds[kind]}`, table, [
    `${counted(cells, 'cell')}${equal}${runs}${none}`,
    `about ${time(seconds)} on one core, ${time(seconds / threads)} on ${counted(threads, 'thread')}` +
      `; the longest cell${at.length > 0 ? ` (${at.join(', ')})` : ''} takes ${time(longest.seconds)}`,
    `about ${size(bytes)} of disk`,
  ]);
}

function time(seconds: number): string {
  return seconds < 1 ? 'less than a second' : shortTime(Number(seconds.toPrecision(2)));
}

function shownValue(value: LoopAxisValue): string {
  return typeof value === 'object' ? shownSchedule(value.schedule) : String(value);
}

function counted(count: number, what: string): string {
  return `${numberText(count, 9)} ${what}${count === 1 ? '' : 's'}`;
}

function size(bytes: number): string {
  const units = ['kB', 'MB', 'GB', 'TB'];
  let [value, unit] = [bytes / 1000, 0];
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${numberText(Number(value.toPrecision(2)))} ${units[unit]}`;
}
