// What users get: madloop and its prebuilt addon, installed by npm and pnpm from a registry, on a machine without a compiler.

import { execFile, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { version } from '../../src/engine/version.js';
import { type Registry, startRegistry } from '../support/registry.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'madloop prebuilt ')));
const platform = `${process.platform}-${process.arch}`;
const prebuilt = `@madloop/${platform}`;

/** The manifest in a tarball. */
function manifestOf(name: string): Record<string, unknown> {
  const path = join(folder, 'packages', `${name.replace('@', '').replace('/', '-')}-${version}.tgz`);
  const { stdout } = spawnSync('tar', ['-xzOf', path, 'package/package.json'], { encoding: 'utf8' });
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** A PATH with Node and a shell alone. */
const programs = join(folder, 'bin');
const environment = {
  PATH: programs,
  HOME: folder,
  npm_config_cache: join(folder, 'npm-cache'),
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_update_notifier: 'false',
};
const execute = promisify(execFile);

interface Outcome {
  readonly failed: boolean;
  readonly output: string;
}

async function run(cwd: string, args: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
  try {
    const { stdout, stderr } = await execute(process.execPath, [...args], {
      cwd,
      env: { ...environment, ...env },
    });
    return { failed: false, output: stdout + stderr };
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return { failed: true, output: stdout + stderr };
  }
}

function project(name: string, manifest: object = {}): string {
  const path = join(folder, name);
  mkdirSync(path);
  writeFileSync(
    join(path, 'package.json'),
    JSON.stringify({ name: 'empty', version: '1.0.0', private: true, ...manifest }),
  );
  return path;
}

/** The addon that an installed madloop loads and what it computes with it. */
async function use(path: string): Promise<Outcome> {
  const program = `import { expectedDistance, info } from 'madloop';
    console.log(info().why);
    console.log((await expectedDistance({ dim: 10, samples: 100 })).toFixed(9));`;
  return run(path, ['--input-type=module', '--eval', program]);
}

const works = (reason = prebuilt): Outcome => ({
  failed: false,
  output: expect.stringMatching(new RegExp(`prebuilt, in ${reason}\n0\\.381117146\n$`)) as unknown as string,
});

const found = (name: string) =>
  realpathSync(spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim());

describe.runIf(process.platform === 'linux')('madloop from a registry, without a compiler', () => {
  let registry: Registry;
  let npm: string;
  const pnpm = join(root, 'node_modules/pnpm/bin/pnpm.cjs');

  beforeAll(async () => {
    mkdirSync(programs);
    symlinkSync(process.execPath, join(programs, 'node'));
    symlinkSync(found('sh'), join(programs, 'sh'));
    npm = found('npm');
    const pack = ['scripts/pack-prebuilt.mjs', '--as-built', `--out=${join(folder, 'packages')}`];
    await execute(process.execPath, pack, { cwd: root });
    registry = await startRegistry(root);
    for (const name of readdirSync(join(folder, 'packages')))
      await registry.publish(join(folder, 'packages', name));
    Object.assign(environment, { npm_config_registry: registry.url });
  }, 180_000);
  afterAll(() => {
    registry.close();
    rmSync(folder, { recursive: true });
  });

  it('there is none', () => {
    for (const compiler of ['g++', 'gcc', 'cc', 'clang', 'make', 'python3', 'node-gyp']) {
      expect(spawnSync('sh', ['-c', `command -v ${compiler}`], { env: environment }).status).not.toBe(0);
    }
  });

  it.each([
    ['npm, scripts allowed', () => [npm, 'install', 'madloop', '--foreground-scripts']],
    ['npm, scripts refused', () => [npm, 'install', 'madloop', '--ignore-scripts']],
    ['pnpm, scripts allowed', () => [pnpm, 'add', 'madloop', '--allow-build=madloop']],
    ['pnpm, scripts refused', () => [pnpm, 'add', 'madloop']],
  ])('%s: it is installed and runs', async (name, command) => {
    const path = project(name);
    const pnpmFolders = { XDG_DATA_HOME: join(folder, 'data'), XDG_CACHE_HOME: join(folder, 'cache') };
    const installed = await run(path, command(), pnpmFolders);
    expect(installed).toMatchObject({ failed: false });
    expect(await use(path)).toEqual(works());
    expect(existsSync(join(path, 'node_modules/madloop/build'))).toBe(false);
  });

  it('the published manifest names the packages of platforms in exactly its own version', () => {
    expect(manifestOf('madloop').optionalDependencies).toMatchObject({ [prebuilt]: version });
    const { os, cpu, libc, scripts } = manifestOf(prebuilt);
    expect([os, cpu, libc, scripts]).toEqual([[process.platform], [process.arch], ['glibc'], undefined]);
  });

  it('the build from source is left out where a prebuilt addon runs, unless it is asked for', async () => {
    const path = join(folder, 'npm, scripts refused');
    const script = ['node_modules/madloop/scripts/install.mjs'];
    expect(await run(path, script)).toEqual({ failed: false, output: '' });
    for (const value of ['true', 'madloop', 'other,madloop']) {
      const forced = await run(path, script, { npm_config_build_from_source: value });
      expect(forced).toEqual({ failed: true, output: expect.stringContaining('node-gyp') });
    }
    expect((await run(path, script, { npm_config_build_from_source: 'false' })).failed).toBe(false);
  });

  it('a prebuilt addon of another version is not loaded', async () => {
    const path = join(folder, 'npm, scripts refused');
    const file = join(path, 'node_modules', prebuilt, 'package.json');
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), version: '0.0.9' }));
    const { failed, output } = await use(path);
    expect(failed).toBe(true);
    expect(output).toContain(`${prebuilt} is of version 0.0.9, but the package is madloop ${version}`);
    expect(output).toContain('install madloop anew');
  });

  it('where none is installed, what to do is said', async () => {
    const path = join(folder, 'npm, scripts refused');
    rmSync(join(path, 'node_modules', prebuilt), { recursive: true });
    const build = await run(path, ['node_modules/madloop/scripts/install.mjs']);
    expect(build).toEqual({ failed: true, output: expect.stringContaining('node-gyp') });
    const used = await use(path);
    expect(used.failed).toBe(true);
    expect(used.output).toContain(
      `The prebuilt addon, the package ${prebuilt} of version ${version}, is not installed`,
    );
    expect(used.output).toContain('g++');
  });
});
