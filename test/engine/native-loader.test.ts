import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MadloopError } from '../../src/base/errors.js';
import { type LoaderHost, loadAddon } from '../../src/engine/native-loader.js';
import { findPrebuilts, prebuiltNames } from '../../src/engine/prebuilt.js';

const built = (name: string) => join('/package', 'build', 'Release', `${name}.node`);

function addon(variant: string, version = '1.2.3') {
  return {
    buildInfo: () => ({ version, variant, eigen: '3.4.0', kernels: {} }),
    limitKernels: ({ largest }: { largest: string }) => {
      if (largest !== 'avx2') throw new Error(`this processor does not run ${largest}`);
    },
  };
}

function failure(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

/** A machine with these files: a value is what `require` gives, an Error is what it throws. */
function host(files: Record<string, unknown>, changes: Partial<LoaderHost> = {}): LoaderHost {
  return {
    root: '/package',
    version: '1.2.3',
    platform: 'linux',
    arch: 'x64',
    nodeVersion: 'v20.19.0',
    env: {},
    prebuilts: [],
    load(path) {
      if (!(path in files)) throw failure('MODULE_NOT_FOUND', `Cannot find module '${path}'`);
      const file = files[path];
      if (file instanceof Error) throw file;
      return file;
    },
    beginning: () => undefined,
    list: (folder) =>
      Object.keys(files)
        .filter((path) => dirname(path) === folder)
        .map((path) => basename(path)),
    ...changes,
  };
}

function processor(x86Level: number, variants: string[] = ['v2', 'v3', 'v4']): Record<string, unknown> {
  const files = Object.fromEntries(variants.map((variant) => [built(`madloop-${variant}`), addon(variant)]));
  return { [built('cpu_probe')]: { x86Level }, ...files };
}

function errorOf(run: () => unknown): MadloopError {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(MadloopError);
    expect((error as MadloopError).code).toBe('ERR_ADDON');
    return error as MadloopError;
  }
  throw new Error('nothing was thrown');
}

describe('the choice of the build', () => {
  it.each([
    [2, 'v2'],
    [3, 'v3'],
    // Processors of both kinds must agree to the last bit in one cluster, so v4 is never taken unasked.
    [4, 'v3'],
  ])('on an x86-64-v%i processor is %s', (level, variant) => {
    const loaded = loadAddon(host(processor(level)));
    expect(loaded.path).toBe(built(`madloop-${variant}`));
    expect(loaded.addon.buildInfo().variant).toBe(variant);
    expect(loaded.reason).toBe(`the processor supports x86-64-v${level}`);
    expect(loaded.refused).toEqual([]);
    expect(loaded.built).toEqual(['v2', 'v3', 'v4']);
  });

  it('is the v2 build where the v3 build is missing, and says so', () => {
    const loaded = loadAddon(host(processor(3, ['v2'])));
    expect(loaded.path).toBe(built('madloop-v2'));
    expect(loaded.reason).toContain('a better build could not be loaded');
    expect(loaded.refused).toEqual([`${built('madloop-v3')}: no such file`]);
  });

  it('is the baseline where the processor cannot be probed', () => {
    const files = processor(3);
    delete files[built('cpu_probe')];
    const loaded = loadAddon(host(files));
    expect(loaded.path).toBe(built('madloop-v2'));
    expect(loaded.refused).toEqual([`${built('cpu_probe')}: no such file`]);
  });

  it('on other architectures is the generic one', () => {
    const files = { [built('madloop-generic')]: addon('generic') };
    expect(loadAddon(host(files, { arch: 'arm64' })).path).toBe(built('madloop-generic'));
  });

  it('refuses a processor below the baseline', () => {
    expect(errorOf(() => loadAddon(host(processor(1)))).message).toContain('x86-64-v2');
  });
});

describe('prebuilt packages', () => {
  const name = '@madloop/linux-x64';
  const installed = (version: unknown = '1.2.3', packageName = name) => ({
    name: packageName,
    installed: { folder: '/prebuilt', version },
  });
  const absent = { name, installed: undefined };
  const inPackage = (file: string) => join('/prebuilt', `${file}.node`);
  const files = (x86Level: number, variants = ['v2', 'v3']): Record<string, unknown> =>
    Object.fromEntries([
      [inPackage('cpu_probe'), { x86Level }],
      ...variants.map((variant) => [inPackage(`madloop-${variant}`), addon(variant)]),
    ]);

  it.each([
    [2, 'v2'],
    [4, 'v3'],
  ])(
    'of the same version are loaded where nothing was built: on an x86-64-v%i processor %s',
    (level, variant) => {
      const loaded = loadAddon(host(files(level), { prebuilts: [installed()] }));
      expect(loaded.path).toBe(inPackage(`madloop-${variant}`));
      expect(loaded.reason).toBe(`the processor supports x86-64-v${level}; prebuilt, in ${name}`);
      expect(loaded.refused).toEqual([]);
      expect(loaded.built).toEqual(['v2', 'v3']);
    },
  );

  it('come after what was built here, level by level', () => {
    const both = { ...files(3), ...processor(3, ['v3']) };
    const own = loadAddon(host(both, { prebuilts: [installed()] }));
    expect([own.path, own.reason, own.refused]).toEqual([
      built('madloop-v3'),
      'the processor supports x86-64-v3',
      [],
    ]);
    const lower = { ...files(3), ...processor(3, ['v2']) };
    const prebuilt = loadAddon(host(lower, { prebuilts: [installed()] }));
    expect(prebuilt.path).toBe(inPackage('madloop-v3'));
    expect(prebuilt.refused).toEqual([`${built('madloop-v3')}: no such file`]);
    expect(prebuilt.built).toEqual(['v2', 'v3']);
  });

  it('are taken where what was built here does not load', () => {
    const both = { ...files(3), ...processor(3, ['v3']), [built('madloop-v3')]: addon('v3', '1.2.2') };
    const loaded = loadAddon(host(both, { prebuilts: [installed()] }));
    expect(loaded.path).toBe(inPackage('madloop-v3'));
    expect(loaded.refused).toEqual([expect.stringContaining('built from madloop 1.2.2')]);
  });

  it.each(['1.2.2', '1.2.3-rc.1', '1.2.4', undefined])(
    'of another version (%s) are not, and it is said',
    (version) => {
      const { message } = errorOf(() => loadAddon(host(files(3), { prebuilts: [installed(version ?? null)] })));
      expect(message).toContain(
        `/prebuilt: ${name} is of version ${version ?? null}, but the package is madloop 1.2.3`,
      );
      expect(message).toContain('install madloop anew');
      expect(message).not.toContain('g++');
    },
  );

  it('of another version do not hinder those of the C library that is there', () => {
    const loaded = loadAddon(host(files(3), { prebuilts: [absent, installed('1.2.3', `${name}-musl`)] }));
    expect(loaded.reason).toContain(`prebuilt, in ${name}-musl`);
  });

  it('whose addon says another version than its manifest are refused', () => {
    const other = { ...files(3, []), [inPackage('madloop-v3')]: addon('v3', '1.2.2') };
    expect(errorOf(() => loadAddon(host(other, { prebuilts: [installed()] }))).message).toContain(
      'built from madloop 1.2.2',
    );
  });

  it('on other architectures have the generic level', () => {
    const arm = { [inPackage('madloop-generic')]: addon('generic') };
    const loaded = loadAddon(host(arm, { arch: 'arm64', prebuilts: [installed()] }));
    expect([loaded.path, loaded.built]).toEqual([inPackage('madloop-generic'), ['generic']]);
  });

  it('obey MADLOOP_CPU', () => {
    const forced = (level: string) => host(files(4), { prebuilts: [installed()], env: { MADLOOP_CPU: level } });
    expect(loadAddon(forced('v2')).path).toBe(inPackage('madloop-v2'));
    expect(errorOf(() => loadAddon(forced('v4'))).message).toContain('--variants=v2,v3,v4');
  });

  it('that are not installed are named first, with what leaves them out; building is the other way', () => {
    const { message } = errorOf(() => loadAddon(host({}, { prebuilts: [absent] })));
    expect(message).toMatch(
      /What to do:\n {2}- The prebuilt addon, the package @madloop\/linux-x64 of version 1\.2\.3, is not/,
    );
    for (const word of ['--omit=optional', 'rm -r node_modules', 'g++', 'npm rebuild madloop']) {
      expect(message).toContain(word);
    }
    // A clone, and a platform without one, have none to miss.
    expect(errorOf(() => loadAddon(host({}))).message).not.toContain('prebuilt');
  });

  it('a deployment that took the files it saw imported is told to take all', () => {
    const traced = { '/package/package.json': {} };
    const { message } = errorOf(() => loadAddon(host(traced, { prebuilts: [absent] })));
    expect(message).toContain('outputFileTracingIncludes');
    expect(message).not.toContain('npm install');
    const whole = { ...traced, '/package/binding.gyp': {} };
    expect(errorOf(() => loadAddon(host(whole, { prebuilts: [absent] }))).message).toContain('npm install');
  });

  it('have a name for each platform, and on Linux for each C library', () => {
    expect(prebuiltNames('linux', 'arm64')).toEqual(['@madloop/linux-arm64', '@madloop/linux-arm64-musl']);
    expect(prebuiltNames('darwin', 'arm64')).toEqual(['@madloop/darwin-arm64']);
    expect(prebuiltNames('win32', 'x64')).toEqual(['@madloop/win32-x64']);
  });

  it('are none in a clone', () => {
    expect(findPrebuilts(process.platform, process.arch)).toEqual([]);
  });
});

describe('MADLOOP_KERNELS', () => {
  it('limits the kernels of the addon that is loaded', () => {
    expect(loadAddon(host(processor(4), { env: { MADLOOP_KERNELS: 'avx2' } })).path).toBe(built('madloop-v3'));
  });

  it('is refused, not ignored, where the addon refuses it', () => {
    const error = errorOf(() => loadAddon(host(processor(3), { env: { MADLOOP_KERNELS: 'avx512' } })));
    expect(error.message).toBe('MADLOOP_KERNELS: this processor does not run avx512');
  });
});

describe('MADLOOP_CPU', () => {
  it.each(['v2', 'v3', 'v4'])('forces %s', (variant) => {
    const loaded = loadAddon(host(processor(4), { env: { MADLOOP_CPU: variant } }));
    expect(loaded.path).toBe(built(`madloop-${variant}`));
    expect(loaded.reason).toBe(`MADLOOP_CPU=${variant}`);
  });

  it('is refused when unknown, with the names there are', () => {
    const error = errorOf(() => loadAddon(host(processor(3), { env: { MADLOOP_CPU: 'avx2' } })));
    expect(error.message).toBe("MADLOOP_CPU must be one of v2, v3, v4 on x64, got 'avx2'");
  });

  it('is refused when the processor lacks the level', () => {
    const error = errorOf(() => loadAddon(host(processor(3), { env: { MADLOOP_CPU: 'v4' } })));
    expect(error.message).toBe('MADLOOP_CPU=v4, but this processor supports only x86-64-v3');
  });

  it('is refused, not replaced by another, when that build is missing', () => {
    const files = processor(4, ['v2', 'v3']);
    const error = errorOf(() => loadAddon(host(files, { env: { MADLOOP_CPU: 'v4' } })));
    expect(error.message).toContain(`${built('madloop-v4')}: no such file`);
    expect(error.message).toContain('`npm run build:native -- --variants=v2,v3,v4` in /package');
  });

  it('knows only generic on other architectures', () => {
    const arm = host(
      { [built('madloop-generic')]: addon('generic') },
      { arch: 'arm64', env: { MADLOOP_CPU: 'v3' } },
    );
    expect(errorOf(() => loadAddon(arm)).message).toContain("one of generic on arm64, got 'v3'");
  });
});

describe('MADLOOP_BINARY', () => {
  const env = { MADLOOP_BINARY: '/elsewhere/madloop.node' };

  it('is loaded in place of everything else', () => {
    const loaded = loadAddon(host({ ...processor(3), [env.MADLOOP_BINARY]: addon('v2') }, { env }));
    expect(loaded.path).toBe(env.MADLOOP_BINARY);
    expect(loaded.reason).toBe('MADLOOP_BINARY names it');
  });

  it('has nothing to fall back on', () => {
    const { message } = errorOf(() => loadAddon(host(processor(3), { env })));
    expect(message).toContain('/elsewhere/madloop.node: no such file');
    expect(message).toContain('Let MADLOOP_BINARY name a file that exists');
    expect(message).not.toContain('npm');
  });

  it('must be of the variant that MADLOOP_CPU asks for', () => {
    const both = { ...env, MADLOOP_CPU: 'v3' };
    const error = errorOf(() => loadAddon(host({ [env.MADLOOP_BINARY]: addon('v2') }, { env: both })));
    expect(error.message).toContain('built for v2, but MADLOOP_CPU=v3');
  });
});

describe('the error when nothing loads', () => {
  it('collects every cause, and keeps the errors', () => {
    const dlopen = failure('ERR_DLOPEN_FAILED', 'invalid ELF header');
    const files = { ...processor(3, []), [built('madloop-v3')]: dlopen };
    const error = errorOf(() => loadAddon(host(files)));
    expect(error.message).toContain('madloop 1.2.3 on linux x64, Node v20.19.0');
    expect(error.message).toContain(`${built('madloop-v3')}: invalid ELF header`);
    expect(error.message).toContain(`${built('madloop-v2')}: no such file`);
    expect((error.cause as AggregateError).errors).toContain(dlopen);
  });

  it('says to build it when it was not built, once', () => {
    const { message } = errorOf(() => loadAddon(host({})));
    expect(message).toContain('scripts switched off');
    expect(message.match(/npm rebuild madloop/g)).toHaveLength(1);
  });

  it('names the levels to build where the processor is not the one that it was installed on', () => {
    const { message } = errorOf(() => loadAddon(host(processor(2, ['v3']))));
    expect(message).toContain(`${built('madloop-v2')}: no such file`);
    expect(message).toContain('Only v3 is built here');
    expect(message).toContain('`npm run build:native -- --variants=v2,v3` in /package');
    expect(message).not.toContain('scripts switched off');
  });

  it('does not miss other levels where one is there and does not load', () => {
    const files = { ...processor(3, []), [built('madloop-v3')]: failure('ERR_DLOPEN_FAILED', 'damaged') };
    const { message } = errorOf(() => loadAddon(host(files)));
    expect(message).toContain('is damaged');
    expect(message).not.toContain('--variants');
    expect(message).not.toContain('scripts switched off');
  });

  it.each(['GLIBC_2.38', 'GLIBCXX_3.4.32', 'CXXABI_1.3.15'])(
    'names a system library that is too old: %s',
    (symbol) => {
      const text = `/lib/libx.so.6: version \`${symbol}' not found (required by madloop-v3.node)`;
      const files = { ...processor(3, []), [built('madloop-v3')]: failure('ERR_DLOPEN_FAILED', text) };
      expect(errorOf(() => loadAddon(host(files))).message).toContain(`it needs ${symbol}`);
    },
  );

  it('explains a process without native addons', () => {
    const disabled = failure(
      'ERR_DLOPEN_DISABLED',
      'Cannot load native addon because loading addons is disabled.',
    );
    const files = { [built('cpu_probe')]: disabled, [built('madloop-v2')]: disabled };
    const { message } = errorOf(() => loadAddon(host(files)));
    expect(message).toContain('--no-addons');
    expect(message).not.toContain('npm rebuild');
  });

  it('refuses a binary of another version', () => {
    const files = { ...processor(3, []), [built('madloop-v3')]: addon('v3', '1.2.2') };
    const { message } = errorOf(() => loadAddon(host(files)));
    expect(message).toContain('built from madloop 1.2.2, but the package is madloop 1.2.3');
    expect(message).toContain('npm rebuild madloop');
  });

  it('refuses a file that is no addon of ours', () => {
    const files = { ...processor(3, []), [built('madloop-v3')]: {} };
    expect(errorOf(() => loadAddon(host(files))).message).toContain('not the one that belongs to this package');
  });
});

describe('a bundle, which has no place of its own', () => {
  it('is named as the cause, with what keeps madloop out of it', () => {
    const { message } = errorOf(() => loadAddon(host(processor(3), { root: undefined })));
    expect(message).toMatch(
      /^the native addon could not be loaded \(madloop 1\.2\.3 on linux x64, Node v20\.19\.0\): madloop runs/,
    );
    for (const name of [
      'bundle',
      '--external:madloop',
      'externals',
      'serverExternalPackages',
      'MADLOOP_BINARY',
    ])
      expect(message).toContain(name);
    expect(message).not.toContain('npm rebuild');
  });

  it('takes the addon that MADLOOP_BINARY names', () => {
    const loaded = loadAddon(
      host(
        { '/elsewhere/x.node': addon('v3') },
        { root: undefined, env: { MADLOOP_BINARY: '/elsewhere/x.node' } },
      ),
    );
    expect([loaded.path, loaded.built]).toEqual(['/elsewhere/x.node', []]);
  });
});

describe('a file that is cut short', () => {
  /** An ELF file of two segments and three sections, the last of which ends at byte 10,000. */
  function library(sections = true): Buffer {
    const bytes = Buffer.alloc(4096);
    bytes.write('\x7fELF\x02\x01', 'latin1');
    bytes.writeBigUInt64LE(64n, 0x20);
    bytes.writeBigUInt64LE(sections ? 9808n : 0n, 0x28);
    bytes.writeUInt16LE(56, 0x36);
    bytes.writeUInt16LE(2, 0x38);
    bytes.writeUInt16LE(64, 0x3a);
    bytes.writeUInt16LE(sections ? 3 : 0, 0x3c);
    bytes.writeBigUInt64LE(4000n, 64 + 56 + 0x08);
    bytes.writeBigUInt64LE(5000n, 64 + 56 + 0x20);
    return bytes;
  }
  const withSize = (size: number, sections = true) => ({
    beginning: (path: string) =>
      path.endsWith('madloop-v3.node') ? { bytes: library(sections).subarray(0, size), size } : undefined,
  });

  it.each([
    [9999, true, 10_000],
    [8999, true, 10_000],
    [8999, false, 9000],
    [64, true, 10_000],
  ])('of %i bytes is not loaded, and both lengths are told', (size, sections, expected) => {
    const files = { ...processor(3, ['v3']), [built('madloop-v3')]: new Error('it was loaded') };
    const { message } = errorOf(() => loadAddon(host(files, withSize(size, sections))));
    expect(message).toContain(
      `madloop-v3.node: the file is cut short: expected ${expected} bytes, got ${size}`,
    );
    expect(message).toContain('copied in part');
    expect(message).not.toContain('it was loaded');
  });

  it.each([
    [10_000, true],
    [9000, false],
  ])('a whole one of %i bytes is loaded', (size, sections) => {
    expect(loadAddon(host(processor(3), withSize(size, sections))).path).toBe(built('madloop-v3'));
  });
});
