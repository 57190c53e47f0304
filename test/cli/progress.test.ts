// How work comes along, as a terminal and a log see it.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { logLine, ProgressDisplay, terminalLine } from '../../src/cli/terminal/progress.js';
import { studyPart } from '../../src/cli/terminal/study-progress.js';
import { shortTime, TimeLeft } from '../../src/cli/terminal/time-left.js';
import { limitPoint, matrix, writeMatrix } from '../../src/index.js';
import { normals } from '../support/numbers.js';
import { main, run, temporaryFolder } from './command.js';

const said = vi.hoisted(() => [] as string[]);
vi.mock('../../src/cli/terminal/output.js', () => ({ say: (text: string) => said.push(text) }));

describe('the time left', () => {
  test('nobody can tell it at first; then it goes down as time does', () => {
    const left = new TimeLeft(0);
    expect(left.seconds(5_000)).toBeUndefined();
    left.report(0.001, 100);
    left.report(0.009, 900);
    expect(left.seconds(5_000)).toBeUndefined();
    left.report(0.1, 10_000);
    expect(left.seconds(10_000)).toBeCloseTo(90, 0);
    // No report for a while: time goes by.
    expect(left.seconds(15_000)).toBeCloseTo(85, 0);
    for (let at = 20_000; at <= 99_000; at += 1_000) {
      left.report(at / 100_000, at);
      expect(left.seconds(at + 400)).toBeCloseTo((100_000 - at - 400) / 1_000, 6);
    }
  });

  test('steps at the beginning that are slow for a moment do not make hours of a minute', () => {
    const left = new TimeLeft(0);
    left.report(0.015, 1_500);
    for (let at = 1_600; at <= 4_000; at += 100) left.report(0.015 + (at - 1_500) / 1e7, at); // nearly nothing
    expect(left.seconds(4_000)).toBeLessThan(300); // the average of all so far
  });

  test('work that turns slower is seen to, and a report that is late makes it longer, never negative', () => {
    const left = new TimeLeft(0);
    for (let at = 1_000; at <= 10_000; at += 1_000) left.report(at / 20_000, at); // half in 10 s
    for (let at = 11_000; at <= 40_000; at += 1_000) left.report(0.5 + (at - 10_000) / 200_000, at); // a tenth of the speed
    expect(left.seconds(40_000)).toBeGreaterThan(60); // really 70
    expect(left.seconds(40_000)).toBeLessThan(80);
    const late = new TimeLeft(0);
    late.report(0.5, 10_000);
    expect(late.seconds(19_000)).toBeCloseTo(1, 6);
    expect(late.seconds(40_000)).toBeCloseTo(40, 6);
  });

  test.each([
    [0.4, '0 s'],
    [59.4, '59 s'],
    [200, '3 min 20 s'],
    [3_599.6, '1 h 0 min'],
    [7_500, '2 h 5 min'],
  ])('%d s reads %s', (seconds, text) => {
    expect(shortTime(seconds)).toBe(text);
  });
});

describe('the line of a terminal', () => {
  const state = {
    title: 'study',
    details: '31 of 1200 cells, error 0.012 %',
    fraction: 0.256,
    time: '8 min 17 s left',
  };

  test('has the time first, and all of it in 80 columns', () => {
    expect(terminalLine(state, 80)).toBe(
      '8 min 17 s left  ===---------   26 %  study, 31 of 1200 cells, error 0.012 %',
    );
  });

  test.each([20, 40, 60, 79, 80, 100, 110, 200])('is never longer than %i columns', (columns) => {
    const line = terminalLine({ ...state, details: 'x'.repeat(300) }, columns);
    expect(line.length).toBeLessThan(columns);
    expect(line).toMatch(/^8 min 17 s left/);
  });

  test('a log has the same without a bar', () => {
    expect(logLine(state)).toBe('study: 26 %, 8 min 17 s left, 31 of 1200 cells, error 0.012 %');
    expect(logLine({ title: 'ess', details: '', fraction: 0, time: '12 s so far' })).toBe(
      'ess: 0.0 %, 12 s so far',
    );
  });

  test('a study that has done nothing yet has no empty fields', () => {
    const nothing = { done: 0, total: 88, fraction: 0, refused: 0, secondsLeft: null, relativeError: null };
    expect(studyPart(nothing)).toEqual({ done: 0, total: 1, details: '0 of 88 cells', secondsLeft: null });
  });
});

describe('where standard error is no terminal', () => {
  const { isTTY } = process.stderr;
  beforeEach(() => {
    vi.useFakeTimers();
    process.stderr.isTTY = false;
    said.length = 0;
  });
  afterEach(() => {
    vi.useRealTimers();
    process.stderr.isTTY = isTTY;
  });

  test('a line every ten seconds, also where nothing is heard of the work, and none after its end', () => {
    const display = new ProgressDisplay('ess');
    vi.advanceTimersByTime(9_999);
    expect(said).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(said).toEqual(['ess: 0.0 %, 10 s so far']);
    vi.advanceTimersByTime(5_000);
    display.update({ done: 15, total: 60, details: 'FD∞' });
    vi.advanceTimersByTime(5_000);
    expect(said.slice(1)).toEqual(['ess: 25 %, 40 s left, FD∞']);
    display.stop();
    vi.advanceTimersByTime(60_000);
    expect(said).toHaveLength(2);
  });

  test('who does the work may know better how long it takes', () => {
    const display = new ProgressDisplay('study');
    vi.advanceTimersByTime(8_000);
    display.update({ done: 1, total: 4, secondsLeft: 300 });
    vi.advanceTimersByTime(2_000);
    display.update({ done: 1, total: 4, secondsLeft: null });
    vi.advanceTimersByTime(10_000);
    expect(said).toEqual(['study: 25 %, 4 min 58 s left', 'study: 25 %, 20 s so far']);
    display.stop();
  });
});

test('a second stage of a limit point does not find all of the way gone already', async () => {
  const seen: { fraction: number; at: number }[] = [];
  const begun = performance.now();
  const { chains } = await limitPoint({
    ...{ dim: 2, real: 4, synthetic: 40, relativeError: 3e-3, threads: 1 },
    onProgress: ({ fraction }) => seen.push({ fraction, at: performance.now() - begun }),
  });
  expect(chains).toBeGreaterThan(1_800); // 1,200 in the first stage
  const late = seen.findLast(({ at }) => at < 0.8 * seen.at(-1)!.at)!;
  expect(late.fraction).toBeLessThan(0.97);
  expect(seen.map(({ fraction }) => fraction)).toEqual(
    seen.map(({ fraction }) => fraction).sort((a, b) => a - b),
  );
  expect(seen.at(-1)!.fraction).toBe(1);
});

const python = spawnSync('python3', ['--version']).status === 0;

/** What a command writes to standard error on a terminal of so many columns, frame by frame. */
function frames(columns: number, args: readonly string[], cwd: string): string[] {
  const script = `
import fcntl, os, pty, struct, sys, termios
ours, theirs = pty.openpty()
fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack('HHHH', 24, int(sys.argv[1]), 0, 0))
if os.fork() == 0:
    os.dup2(theirs, 2)
    os.close(theirs)
    os.close(ours)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.execv(sys.argv[2], sys.argv[2:])
os.close(theirs)
try:
    while chunk := os.read(ours, 65536):
        sys.stdout.buffer.write(chunk)
except OSError:
    pass
`;
  const { stdout } = spawnSync('python3', ['-c', script, String(columns), process.execPath, main, ...args], {
    cwd,
    encoding: 'utf8',
  });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal obeys
  return stdout.split(/\u001b(?:\[[0-9;?]*[A-Za-z]|[78])|[\r\n]+/).filter((frame) => frame.trim() !== '');
}

describe.runIf(python)('on a terminal', () => {
  test.each([80, 50])('of %i columns no line is longer, and the time comes first', (columns) => {
    const loop = ['--dim', '40', '--real', '60', '--synthetic', '100', '--replicates', '600', '--threads', '1'];
    const shown = frames(columns, ['loop', ...loop, '--json'], temporaryFolder());
    expect(shown.length).toBeGreaterThan(2);
    for (const frame of shown) {
      expect(frame.length).toBeLessThan(columns);
      expect(frame).toMatch(/^\d+ s (so far|left) /);
    }
  });

  test('all metrics of an evaluation share one bar, each with a part of it as long as it takes', async () => {
    const folder = temporaryFolder();
    const x = matrix(normals(1_000 * 300, 1), 1_000, 300);
    await writeMatrix(join(folder, 'x.npy'), x);
    const bars = frames(80, ['evaluate', 'x.npy', 'x.npy', '--threads', '1'], folder)
      .map((frame) => / (\d+|\d\.\d) % {2}evaluate, (.*)$/.exec(frame))
      .filter((match) => match !== null);
    const parts = bars.map(([, percent]) => Number(percent));
    expect(parts).toEqual([...parts].sort((a, b) => a - b));
    expect(bars.map(([, , title]) => title)).toContain('frechet distance');
    expect(bars.map(([, , title]) => title)).toContain('FD∞');
    // The distances take nearly all of the time, and about the same.
    const first = bars.find(([, , title]) => title === 'FD∞')!;
    expect(Number(first[1])).toBeGreaterThan(30);
    expect(Number(first[1])).toBeLessThan(70);
  });

  test('a study says from the first frame on how many cells there are, or nothing of them', () => {
    const cells = ['--dim', '20', '--real', '50:60:4', '--synthetic', '100:200:4', '--relative-error', '2e-3'];
    const shown = frames(80, ['study', ...cells], temporaryFolder());
    expect(shown.at(-1)).toMatch(/^16 of 16 cells done/);
    const bars = shown.filter((frame) => frame.includes(' %  '));
    expect(bars.length).toBeGreaterThan(1);
    for (const bar of bars) {
      expect(bar.length).toBeLessThan(80);
      expect(bar).toMatch(/ % {2}study(, \d+ of 16 cells(, error [\d.e-]+ %)?)?$/);
    }
  });
});

test('no progress on a standard error that is a file or a pipe, for what takes no time', async () => {
  const { stderr } = await run(
    ['loop', '--dim', '2', '--real', '5', '--synthetic', '5', '--json'],
    temporaryFolder(),
  );
  expect(stderr).toBe('');
});
