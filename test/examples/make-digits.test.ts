import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { readMatrix } from '../../src/features/matrix-file.js';

const script = fileURLToPath(new URL('../../examples/make-digits.mjs', import.meta.url));
const fixture = fileURLToPath(new URL('../fixtures/digits-small.npy', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'madloop-digits-'));
afterAll(() => rmSync(folder, { recursive: true }));

function make(name: string, ...args: string[]): string {
  const path = join(folder, name);
  const { status, stderr } = spawnSync(process.execPath, [script, path, ...args], { encoding: 'utf8' });
  expect(stderr).toMatch(/^wrote /);
  expect(status).toBe(0);
  return path;
}

describe('examples/make-digits.mjs', () => {
  test('makes the committed fixture, byte for byte', () => {
    expect(readFileSync(make('small.npy', '--rows', '1000')).equals(readFileSync(fixture))).toBe(true);
  });

  test('makes block means of all 10,000 digits, of which the fixture has the first rows', async () => {
    const all = await readMatrix(make('all.npy'));
    const small = await readMatrix(fixture);
    expect([all.rows, all.cols]).toEqual([10_000, 49]);
    expect(all.data.subarray(0, small.data.length)).toEqual(small.data);
    const finer = await readMatrix(make('finer.npy', '--side', '14', '--rows', '5'));
    expect([finer.rows, finer.cols]).toEqual([5, 196]);
    // Four fine blocks make a coarse one.
    for (let i = 0; i < 5; i += 1) {
      for (let y = 0; y < 7; y += 1) {
        for (let x = 0; x < 7; x += 1) {
          const corner = i * 196 + 2 * y * 14 + 2 * x;
          const four = [0, 1, 14, 15].map((step) => finer.data[corner + step]!);
          // Float32 rounding of each of five numbers below 1.
          expect(Math.abs(four.reduce((a, b) => a + b, 0) / 4 - all.data[i * 49 + y * 7 + x]!)).toBeLessThan(
            2 ** -23,
          );
        }
      }
    }
  });

  test('refuses blocks that do not fit', () => {
    const { status, stderr } = spawnSync(process.execPath, [script, join(folder, 'x.npy'), '--side', '9'], {
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([1, 'make-digits: --side must divide 28, got 9\n']);
  });
});

test('examples/digits-go-mad.mjs draws its lines of digits', () => {
  const example = fileURLToPath(new URL('../../examples/digits-go-mad.mjs', import.meta.url));
  const { status } = spawnSync(process.execPath, [example, '--generations', '2', '-o', folder]);
  expect(status).toBe(0);
  const sheet = readFileSync(join(folder, 'digits-go-mad.svg'), 'utf8');
  const labels = ['real digits', 'fully synthetic, t = 1', 'fully synthetic, t = 2', 'fresh data, t = 2'];
  for (const label of labels) expect(sheet).toContain(label);
  expect(readFileSync(join(folder, 'digits-go-mad.png')).subarray(1, 4).toString()).toBe('PNG');
});
