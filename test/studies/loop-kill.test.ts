// kill -9 at random moments through the real command, of a study of loops: no finished run of a loop is lost, none counts twice,
// and the results are those of an uninterrupted study, byte for byte.

import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { LoopStudyDocument } from '../../src/studies/definition/loop-study-document.js';
import { readStudy } from '../../src/studies/index.js';
import { run, start, temporaryFolder } from '../cli/command.js';
import { uniform } from '../support/numbers.js';
import { fullSize } from '../support/sizes.js';

const kills = Number(process.env.MADLOOP_KILLS ?? (fullSize ? 50 : 3));

const replicates = fullSize ? 150 : 80;

// Some seconds of work: many runs of less than a block, and some that take several.
const study = [
  ...['study', '--kind', 'loop', '--variant', 'fully-synthetic,fresh-data', '--dim', '5,30', '--real', '60'],
  ...['--synthetic', '60,200', '--generations', '80', '--replicates', String(replicates), '--seed', '11'],
];
const runs = 8 * replicates;

const finishedIn = async (store: string): Promise<number> => {
  const { cells } = (await readStudy(store)) as LoopStudyDocument;
  return cells.reduce((sum, cell) => sum + cell.finished, 0);
};

/** Until `store` holds more than `kept` finished runs, or what fills it ends. */
const somethingMore = async (store: string, kept: number, end: Promise<unknown>): Promise<void> => {
  let ended = false;
  end.then(() => {
    ended = true;
  });
  while (!ended) {
    // Before its schema is there a store is none yet.
    if (existsSync(store) && (await finishedIn(store).catch(() => 0)) > kept) return;
    await delay(20);
  }
};

test(`killed ${kills} times, a study of loops resumes to the same bytes`, {
  timeout: 60_000 + kills * 12_000,
}, async () => {
  const folder = temporaryFolder();
  const before = performance.now();
  const whole = await run([...study, '-s', 'whole.sqlite', '--json'], folder);
  expect([whole.status, whole.stderr]).toEqual([0, '8 of 8 cells done; kept in whole.sqlite\n']);
  const longestLife = performance.now() - before;

  const store = join(folder, 'killed.sqlite');
  const args = [...study, '-s', 'killed.sqlite', '--json'];
  const next = uniform(2026);
  let kept = 0;
  let killedInMidStudy = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    const { child, outcome } = start([...args, '--threads', String(1 + (kill % 2))], folder);
    // Every second one at any moment; the others at one after something more is kept, which is mid-study on any machine.
    if (kill % 2 === 0) await somethingMore(store, kept, outcome);
    await Promise.race([delay(longestLife * (kill % 2 === 0 ? 0.1 : 1) * next()), outcome]);
    child.kill('SIGKILL');
    const { status, stdout } = await outcome;
    if (status === 0) {
      expect(stdout).toBe(whole.stdout);
      rmSync(store);
      kept = 0;
    }
    if (!existsSync(store)) continue;
    const finished = await finishedIn(store);
    expect(finished).toBeGreaterThanOrEqual(kept);
    if (finished > kept && finished < runs) killedInMidStudy += 1;
    kept = finished;
  }
  const last = await run(args, folder);
  expect([last.status, last.stdout === whole.stdout]).toEqual([0, true]);
  const csv = await run(['study', 'export', 'killed.sqlite'], folder);
  expect(csv.stdout).toBe((await run(['study', 'export', 'whole.sqlite'], folder)).stdout);
  // The test is about kills in mid-study.
  expect(killedInMidStudy).toBeGreaterThan(0);
});
