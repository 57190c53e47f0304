// An addon that was copied in part is told of; loaded, it would end the process by a signal.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { loadedAddon } from '../../src/engine/native.js';
import { version } from '../../src/engine/version.js';

const folder = mkdtempSync(join(tmpdir(), 'madloop-cut-'));
afterAll(() => rmSync(folder, { recursive: true }));
const whole = readFileSync(loadedAddon().path);
const root = new URL('../../', import.meta.url);
const index = new URL('dist/index.js', root).href;

/** Loads an addon of these bytes in a process of its own. */
function load(bytes: Uint8Array) {
  const path = join(folder, 'x.node');
  writeFileSync(path, bytes);
  const program = `import { info } from ${JSON.stringify(index)};
    try { console.log(info().version); } catch (error) { console.log(error.code, error.message); }`;
  const { status, signal, stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    encoding: 'utf8',
    env: { ...process.env, MADLOOP_BINARY: path, MADLOOP_CPU: '' },
  });
  return { status, signal, stdout };
}

test.runIf(process.platform === 'linux').each([0.001, 0.01, 0.1, 0.5, 0.9, 0.9999])(
  'of %d of its length',
  (share) => {
    const { status, signal, stdout } = load(whole.subarray(0, Math.floor(share * whole.length)));
    expect([status, signal]).toEqual([0, null]);
    expect(stdout).toMatch(/^ERR_ADDON the native addon could not be loaded/);
    expect(stdout).toContain(`cut short: expected ${whole.length} bytes`);
  },
);

test.runIf(process.platform === 'linux')('one whose second half is zeros is told of', () => {
  const damaged = Uint8Array.from(whole).fill(0, whole.length / 2);
  const { status, signal, stdout } = load(damaged);
  expect([status, signal]).toEqual([0, null]);
  expect(stdout).toMatch(/^ERR_ADDON[\s\S]*the file is damaged/);
});

test.runIf(process.platform === 'linux').each(['FIFO', 'device', 'folder'])(
  'a %s is told of at once',
  (kind) => {
    const fifo = join(folder, 'fifo.node');
    if (kind === 'FIFO') spawnSync('mkfifo', [fifo]);
    const path = { FIFO: fifo, device: '/dev/zero', folder }[kind]!;
    const program = `import { info } from ${JSON.stringify(index)};
    try { console.log(info().version); } catch (error) { console.log(error.code, error.message); }`;
    const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
      encoding: 'utf8',
      timeout: 10_000,
      env: { ...process.env, MADLOOP_BINARY: path, MADLOOP_CPU: '' },
    });
    expect(status).toBe(0);
    expect(stdout).toMatch(/^ERR_ADDON[\s\S]*it is no regular file/);
  },
);

test('a whole copy is loaded', () => {
  expect(load(whole)).toEqual({ status: 0, signal: null, stdout: `${version}\n` });
});

test('the version that is compiled in is that of the package', () => {
  expect(version).toBe(JSON.parse(readFileSync(new URL('package.json', root), 'utf8')).version);
});

// rolldown comes with vite, which runs these tests.
test.each(['esm', 'cjs'] as const)('a bundle of all as %s says what it is and what to do', async (format) => {
  const { rolldown } = await import('rolldown');
  const bundle = await rolldown({
    input: new URL('dist/index.js', root).pathname,
    platform: 'node',
    logLevel: 'silent',
  });
  const file = join(folder, format === 'esm' ? 'bundle.mjs' : 'bundle.cjs');
  await bundle.write({ file, format, codeSplitting: false });
  writeFileSync(join(folder, 'package.json'), '{ "name": "application", "version": "1.0.0" }');
  const program = `const madloop = await import(${JSON.stringify(pathToFileURL(file).href)});
    const attempt = async (call) => {
      try { console.log(await call()); } catch (error) { console.log(error.code, error.message); }
    };
    await attempt(() => madloop.info().version);
    const curves = [{ points: [{ x: 1, y: 2 }, { x: 2, y: 3 }] }];
    await attempt(() => madloop.lineChart({ title: 't', xTitle: 'x', yTitle: 'y', curves }).svg.length > 100);
    await attempt(() => madloop.readStudy('none.sqlite'));`;
  const run = (env: Record<string, string>) =>
    spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
      encoding: 'utf8',
      env: { ...process.env, MADLOOP_BINARY: '', MADLOOP_CPU: '', ...env },
    }).stdout;
  const [addon, ...others] = run({})
    .trimEnd()
    .split(/\n(?=ERR_)/);
  expect(addon).toMatch(/^ERR_ADDON .*\(madloop \d+\.\d+\.\d+ .*: madloop runs from a bundle/);
  expect(addon).toContain('serverExternalPackages');
  // The d3 modules are not installed beside the bundle, and the program that has stores is not either.
  expect(others).toEqual([
    expect.stringMatching(
      /^ERR_MISSING_PACKAGE the package d3-scale could not be loaded.*serverExternalPackages/,
    ),
    expect.stringMatching(
      /^ERR_FILE dist.studies.store-process.main\.js: madloop runs from a bundle.*serverExternalPackages/,
    ),
  ]);
  expect(run({ MADLOOP_BINARY: loadedAddon().path })).toMatch(new RegExp(`^${version}\n`));
});
