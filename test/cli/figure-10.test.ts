import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repetitions } from '../support/sizes.js';
import { run, temporaryFolder } from './command.js';

interface Estimate {
  mean: number;
  standardError: number;
}

const z = (a: Estimate, mean: number, standardError = 0) =>
  Math.abs(a.mean - mean) / Math.hypot(a.standardError, standardError);

// 12 comparisons at z <= 4.5: a correct program fails one seed in 10,000.
test("'figure 10' has the paper's curves and limits", { timeout: 300_000 }, async () => {
  const folder = temporaryFolder();
  const { status, stdout } = await run(
    ['figure', '10', '--replicates', String(repetitions(60)), '-o', 'out'],
    folder,
  );
  expect(status).toBe(0);
  expect(stdout).toMatch(/lambda +n_ini +distance at t = 40 +limit +difference/);
  expect(readdirSync(join(folder, 'out'))).toEqual([
    'figure-10.csv',
    'figure-10.json',
    'figure-10.png',
    'figure-10.svg',
  ]);

  const { curves, limits } = JSON.parse(readFileSync(join(folder, 'out', 'figure-10.json'), 'utf8'));
  const curve = (lambda: number, initial: number): Estimate[] =>
    curves.find(
      (entry: { lambda: number; initial: number }) => entry.lambda === lambda && entry.initial === initial,
    ).distance;
  // E[distance(G(n), N(0, I))] at d = 100: 31.9364620755 for n = 100, 2.66001400164 for n = 1,000.
  for (const lambda of [1, 0.8]) {
    expect(z(curve(lambda, 100)[0]!, 31.9364620755)).toBeLessThan(4.5);
    expect(z(curve(lambda, 1000)[0]!, 2.66001400164)).toBeLessThan(4.5);
  }
  // An independent simulation, sample by sample.
  expect(z(limits[0].distance, 12.2935, 0.013)).toBeLessThan(4.5);
  expect(z(limits[1].distance, 20.6281, 0.0039)).toBeLessThan(4.5);
  // Whatever the start, the end is the limit: at t = 40 what is left is below 0.05.
  for (const { lambda, distance: limit } of limits as { lambda: number; distance: Estimate }[]) {
    for (const initial of [100, 1000]) {
      const end = curve(lambda, initial).at(-1)!;
      const error = Math.hypot(end.standardError, limit.standardError);
      expect(Math.abs(end.mean - limit.mean)).toBeLessThan(0.05 + 4.5 * error);
    }
  }
});
