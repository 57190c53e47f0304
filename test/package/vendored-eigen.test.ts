import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../../scripts/vendor-eigen.mjs', import.meta.url));
const vendored = fileURLToPath(new URL('../../native/vendor/eigen/', import.meta.url));
const temporary = mkdtempSync(join(tmpdir(), 'madloop-eigen-'));

afterAll(() => rmSync(temporary, { recursive: true }));

function check(folder: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, 'check', folder], {
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}

it('the vendored tree is what its manifest says', () => {
  const { status, output } = check(vendored);
  expect(output).toMatch(/^vendored Eigen: 2\d\d files as in the manifest\n$/);
  expect(status).toBe(0);
});

it('a changed, a missing and an added file are each found', () => {
  const copy = join(temporary, 'eigen');
  cpSync(vendored, copy, { recursive: true });
  appendFileSync(join(copy, 'Eigen/Core'), '\n');
  rmSync(join(copy, 'Eigen/LU'));
  writeFileSync(join(copy, 'Eigen/Extra'), '');
  const { status, output } = check(copy);
  expect(output.split('\n').sort()).toEqual([
    '',
    'vendored Eigen: changed: Eigen/Core',
    'vendored Eigen: missing: Eigen/LU',
    'vendored Eigen: not in the manifest: Eigen/Extra',
  ]);
  expect(status).toBe(1);
});
