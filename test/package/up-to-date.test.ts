// What an installation in a clone leaves alone, so that npx does not build madloop anew each time it is asked for.

import { accessSync, constants, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';

const { isUpToDate } = (await import(new URL('../../scripts/up-to-date.mjs', import.meta.url).href)) as {
  isUpToDate(products: readonly string[], sources: readonly string[]): boolean;
};

const folder = mkdtempSync(join(tmpdir(), 'madloop-up-to-date-'));
afterAll(() => rmSync(folder, { recursive: true }));

const at = (path: string, seconds: number): string => {
  utimesSync(path, seconds, seconds);
  return path;
};

it('products are up to date until something among their sources is newer, or one of them is gone', () => {
  const [source, product, other] = ['src', 'product', 'other'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(join(source, 'inner'), { recursive: true });
  const deep = join(source, 'inner/deep.ts');
  for (const path of [deep, product, other]) writeFileSync(path, '');
  for (const path of [deep, join(source, 'inner'), source]) at(path, 1000);
  at(product, 2000);
  at(other, 2000);
  expect(isUpToDate([product, other], [source])).toBe(true);
  at(deep, 3000);
  expect(isUpToDate([product, other], [source])).toBe(false);
  at(deep, 1000);
  at(other, 500);
  expect(isUpToDate([product, other], [source])).toBe(false);
  expect(isUpToDate([product], [source])).toBe(true);
  // What was taken out of a folder makes it newer.
  rmSync(deep);
  expect(isUpToDate([product], [source])).toBe(false);
  expect(isUpToDate([join(folder, 'absent')], [source])).toBe(false);
});

it('the command line may be run as it is built', () => {
  accessSync(fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url)), constants.X_OK);
});
