import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { run, temporaryFolder } from './command.js';

const modes = 25;
const samples = 10_000;
const modalVariance = 2 * 0.1 ** 2;
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const read = (folder: string, name: string) => readFileSync(join(folder, 'out', name), 'utf8');

interface Picture {
  lambda: number;
  t: number;
  components: { weight: number; mean: number[]; covariance: number[] }[];
}

describe("'figure 14'", () => {
  test('shows three generations for each lambda, whose modes drift and shrink as they must', async () => {
    const folder = temporaryFolder();
    const { status, stdout } = await run(['figure', '14', '--generations', '30', '-o', 'out'], folder);
    expect(status).toBe(0);
    expect(stdout).toMatch(/lambda +t +modes alive/);
    expect(readdirSync(join(folder, 'out'))).toEqual(
      ['csv', 'json', 'png', 'svg'].map((extension) => `figure-14.${extension}`),
    );
    const { pictures } = JSON.parse(read(folder, 'figure-14.json')) as { pictures: Picture[] };
    expect(pictures.map(({ lambda, t }) => [lambda, t])).toEqual(
      [1, 0.99].flatMap((lambda) => [1, 3, 30].map((t) => [lambda, t])),
    );
    expect(read(folder, 'figure-14.csv').trim().split('\n')).toHaveLength(1 + 6 * modes);
    const svg = read(folder, 'figure-14.svg');
    expect(svg.match(/<image/g)).toHaveLength(6);
    expect(svg).toContain('λ = 0.99, t = 30: 25 modes');

    for (const { lambda, t, components } of pictures) {
      expect(components).toHaveLength(modes);
      // One component a mode, none of them far: their means wander by 0.1 sqrt(t / 400).
      const places = components.map(({ mean: [x, y] }) => `${Math.round(x!)} ${Math.round(y!)}`);
      expect(new Set(places).size).toBe(modes);
      // Weights are multinomial resampling t times over: E sum (w - 1/K)^2 = (1 - 1/K) (1 - (1 - 1/n)^t), and divided by that
      // times 1 / (K - 1) about chi-square distributed with 24 degrees of freedom: 4.5 standard deviations of ln chi-square.
      const squares = sum(components.map(({ weight }) => (weight - 1 / modes) ** 2));
      const expected = (1 - 1 / modes) * (1 - (1 - 1 / samples) ** t);
      expect(Math.abs(Math.log(squares / expected))).toBeLessThan(4.5 * Math.sqrt(2 / (modes - 1)));
      // A mode's variance: a maximum-likelihood fit to about 400 samples in each generation, with lambda in between. The trace
      // of one fit has the relative variance 1 / 400.
      const perMode = samples / modes;
      const variance =
        sum(components.map(({ covariance: [xx, , yy] }) => xx! + yy!)) / modes / (1 - 1 / perMode) ** t;
      const z = (variance / modalVariance / lambda ** (t - 1) - 1) / Math.sqrt(t / perMode / modes);
      expect(Math.abs(z)).toBeLessThan(4.5);
    }
  });

  test('is the same on any number of threads', async () => {
    const folder = temporaryFolder();
    const args = ['figure', '14', '--generations', '3', '--json', '--threads'];
    const [one, three] = [await run([...args, '1'], folder), await run([...args, '3'], folder)];
    expect(one.status).toBe(0);
    expect(three.stdout).toBe(one.stdout);
    expect(readdirSync(folder)).toEqual([]);
  });
});

test("'figure 15' has curves of variance, average modal variance, recall and modes", async () => {
  const folder = temporaryFolder();
  const args = ['figure', '15', '--generations', '3', '--replicates', '2', '-o', 'out'];
  const { status, stdout } = await run(args, folder);
  expect(status).toBe(0);
  expect(stdout).toMatch(/lambda +t +variance +averageModalVariance +recall +modesCovered/);
  expect(readdirSync(join(folder, 'out'))).toEqual(
    ['csv', 'json', 'png', 'svg'].map((extension) => `figure-15.${extension}`),
  );
  const { curves } = JSON.parse(read(folder, 'figure-15.json'));
  expect(curves.map(({ lambda }: { lambda: number }) => lambda)).toEqual([1, 0.99]);
  for (const { lambda, generations } of curves) {
    expect(generations.map(({ t }: { t: number }) => t)).toEqual([1, 2, 3]);
    for (const { t, metrics } of generations) {
      // Variance of the loop's samples over all generations, of 5,000 measured ones, for two runs.
      const draws = t / samples + 1 / 5000;
      // The trace of the 25 modes' scatter: 2 * 2, and per sample the variance 2 * 2.8 of its square.
      const total = 4 + modalVariance;
      expect(Math.abs(metrics.variance.mean - total)).toBeLessThan(
        4.5 * Math.sqrt((2 * 2.8 * draws) / 2) + 0.0025,
      );
      const shrunk = modalVariance * lambda ** t * (1 - modes / samples) ** t;
      const relativeError = Math.sqrt(draws / 2); // of a trace of n samples: 1 / n
      expect(Math.abs(metrics.averageModalVariance.mean / shrunk - 1)).toBeLessThan(4.5 * relativeError);
      expect(metrics.modesCovered).toEqual({ mean: modes, standardError: 0 });
      expect(metrics.recall.mean).toBeGreaterThan(0.95);
      expect(metrics.recall.mean).toBeLessThan(1);
    }
  }
  expect(read(folder, 'figure-15.svg')).toContain('average modal variance');
});

test.each<[string[], RegExp]>([
  [['14', '--replicates', '3'], /figure 14: there is no --replicates for this figure/],
  [['15', '--relative-error', '0.1'], /figure 15: there is no --relative-error for this figure/],
  [['10', '--generations', '3'], /figure 10: there is no --generations for this figure/],
  [['11', '--generations', '3'], /figure 11: there is no --generations for this figure/],
])('refuses figure %j', async (args, message) => {
  const { status, stderr } = await run(['figure', ...args], temporaryFolder());
  expect(status).toBe(2);
  expect(stderr).toMatch(message);
});
