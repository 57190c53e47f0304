// kill -9 at random moments, again and again, through the real command: no finished cell is lost, nothing counts twice, and
// the results are those of an uninterrupted run, byte for byte. The full run has 100 of them; MADLOOP_KILLS any number.

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { readStudy } from '../../src/studies/index.js';
import { studyStatus } from '../../src/studies/store-process/stores.js';
import { run, start, temporaryFolder } from '../cli/command.js';
import { uniform } from '../support/numbers.js';
import { fullSize } from '../support/sizes.js';

const kills = Number(process.env.MADLOOP_KILLS ?? (fullSize ? 100 : 4));

// Some seconds of work: cells that finish many at a time, and some that take many rounds.
const study = [
  ...[
    'study',
    '--dim',
    fullSize ? '60,100' : '60',
    '--real',
    '40:400:4:log',
    '--synthetic',
    '40:1000:8:log',
    '--lambda',
    '0.8,1',
  ],
  ...['--relative-error', '0.002', '--seed', '11'],
];

test(`killed ${kills} times, a study resumes to the same bytes`, {
  timeout: 60_000 + kills * 12_000,
}, async () => {
  const folder = temporaryFolder();
  const before = performance.now();
  const whole = await run([...study, '-s', 'whole.sqlite', '--json'], folder);
  expect([whole.status, whole.stderr]).toEqual([
    0,
    expect.stringMatching(/(64|128) of \1 cells done; kept in whole\.sqlite\n$/),
  ]);
  const longestLife = performance.now() - before;
  const expected = JSON.parse(whole.stdout).cells;

  const store = join(folder, 'killed.sqlite');
  const args = [...study, '-s', 'killed.sqlite', '--json'];
  const next = uniform(2026);
  let killed = 0;
  let killedInMidStudy = 0;
  let finished = 0;
  let doneBefore = 0;
  let started: string | undefined;
  while (killed < kills) {
    // Any number of threads, another one every time.
    const { child, outcome } = start([...args, '--threads', String(1 + (killed % 3))], folder);
    await Promise.race([delay(longestLife * next()), outcome]);
    child.kill('SIGKILL');
    const { status, stdout } = await outcome;
    if (status === 0) {
      expect(stdout).toBe(whole.stdout);
      finished += 1;
      rmSync(store);
      doneBefore = 0;
      continue;
    }
    expect(status).toBe(null);
    killed += 1;
    if (!existsSync(store)) continue;
    const { lastRun } = await studyStatus('study status', store);
    if (lastRun !== undefined && lastRun.ended === null && lastRun.started !== started) killedInMidStudy += 1;
    started = lastRun?.started;
    // What a reader sees now is finished for good.
    const { cells } = await readStudy(store);
    const done = cells.filter(({ result }) => result !== null).length;
    expect(done).toBeGreaterThanOrEqual(doneBefore);
    for (const [index, { result }] of cells.entries()) {
      if (result !== null) expect(result).toEqual(expected[index].result);
    }
    doneBefore = done;
  }
  const last = await run(args, folder);
  expect([last.status, last.stdout === whole.stdout]).toEqual([0, true]);
  const csv = await run(['study', 'export', 'killed.sqlite'], folder);
  expect(csv.stdout).toBe((await run(['study', 'export', 'whole.sqlite'], folder)).stdout);
  // The test is about kills in mid-study.
  expect(killedInMidStudy).toBeGreaterThan(kills / 4);
  console.log(`${kills} kills, ${killedInMidStudy} in mid-study, ${finished} studies finished between them`);
  expect(readFileSync(store).subarray(0, 15).toString()).toBe('SQLite format 3');
});
