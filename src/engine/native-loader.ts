import { join } from 'node:path';
import { MadloopError } from '../base/errors.js';
import { inBundle } from '../base/package-files.js';
import { type Beginning, bytesOfCutLibrary, hasLostItsEnd } from './elf.js';
import type { NativeAddon } from './native-types.js';

/** What the loader sees of the world; tests give their own. */
export interface LoaderHost {
  /** The package's root folder; undefined where madloop is part of a bundle. */
  readonly root: string | undefined;
  /** The package's version, which the addon must have too. */
  readonly version: string;
  readonly platform: string;
  readonly arch: string;
  readonly nodeVersion: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The packages with addons for this platform that this version was published with; a clone has none. */
  readonly prebuilts: readonly PrebuiltPackage[];
  /** `require` of a .node file. */
  load(path: string): unknown;
  /** The names in a folder; none where there is no such folder. */
  list(folder: string): readonly string[];
  /** The beginning of a file; undefined where there is none. Throws for what is no regular file: to load a FIFO waits for ever. */
  beginning(path: string): Beginning | undefined;
}

/** A package that has addons built for one platform, at all levels that are chosen unasked. */
export interface PrebuiltPackage {
  readonly name: string;
  /** Undefined where it is not installed: it is an optional dependency. */
  readonly installed: { readonly folder: string; readonly version: unknown } | undefined;
}

export interface LoadedAddon {
  readonly addon: NativeAddon;
  readonly path: string;
  /** Why this file, in words. */
  readonly reason: string;
  /** What was tried before it and why it was not taken, in words. */
  readonly refused: readonly string[];
  /** The levels a build of which is in the package's folder or in that of a prebuilt package. */
  readonly built: readonly string[];
}

/** A folder that has addons and the probe of the processor. */
interface Place {
  readonly folder: string;
  /** The package that it is, where that is not madloop itself. */
  readonly prebuilt?: string;
}

interface Choice {
  readonly path: string;
  readonly reason: string;
}

interface Failure {
  readonly path: string;
  readonly error: Error;
}

/** The levels a build can be for on x86-64, and the number the processor must reach for each. */
const x86Levels = { v2: 2, v3: 3, v4: 4 } as const;
/** What is taken by itself, best first. v4 is taken only where it is asked for, so that mixed clusters agree. */
const preferred = ['v3', 'v2'] as const;

/**
 * Finds and loads the addon: the file that MADLOOP_BINARY names, or else the one that fits the processor (or that MADLOOP_CPU
 * names), from the package's own folder, where it was built from source, or else from the prebuilt package of the same version.
 * A build from source is of its own processor's level, so in a cluster of different ones the fitting build may be missing. Throws
 * ERR_ADDON with every cause and what to do about it.
 */
export function loadAddon(host: LoaderHost): LoadedAddon {
  const failures: Failure[] = [];
  let loaded: LoadedAddon | undefined;
  for (const choice of choices(host, failures)) {
    try {
      const addon = loadWhole(host, choice.path) as NativeAddon;
      checkIdentity(host, addon);
      loaded = { addon, ...choice, refused: failures.map(describe), built: builtVariants(host) };
      break;
    } catch (error) {
      failures.push({ path: choice.path, error: asError(error) });
    }
  }
  if (loaded === undefined) throw loadError(host, failures);
  limitKernels(host, loaded.addon);
  return loaded;
}

/** As MADLOOP_KERNELS says: for comparisons of the kernels, which give the same bits. */
function limitKernels({ env: { MADLOOP_KERNELS: largest } }: LoaderHost, addon: NativeAddon): void {
  if (!largest) return;
  try {
    addon.limitKernels({ largest });
  } catch (error) {
    throw new MadloopError('ERR_ADDON', `MADLOOP_KERNELS: ${asError(error).message}`, { cause: error });
  }
}

function choices(host: LoaderHost, failures: Failure[]): Choice[] {
  const binary = host.env.MADLOOP_BINARY;
  if (binary) return [{ path: binary, reason: 'MADLOOP_BINARY names it' }];
  const { root } = host;
  if (root === undefined) throw bundled(host);

  const places = placesOf(host, root, failures);
  const inPlaces = (variant: string, reason: string) =>
    places.map(({ folder, prebuilt }) => ({
      path: join(folder, `madloop-${variant}.node`),
      reason: prebuilt === undefined ? reason : `${reason}; prebuilt, in ${prebuilt}`,
    }));
  const forced = host.env.MADLOOP_CPU;
  if (host.arch !== 'x64') {
    if (forced && forced !== 'generic') throw unknownVariant(forced, host, ['generic']);
    return inPlaces('generic', `the only build for ${host.arch}`);
  }

  if (forced && !(forced in x86Levels)) throw unknownVariant(forced, host, Object.keys(x86Levels));
  const level = probe(host, places, failures);
  if (forced) {
    const needed = x86Levels[forced as keyof typeof x86Levels];
    if (level !== undefined && level < needed) {
      throw new MadloopError(
        'ERR_ADDON',
        `MADLOOP_CPU=${forced}, but this processor supports only x86-64-v${level}`,
      );
    }
    return inPlaces(forced, `MADLOOP_CPU=${forced}`);
  }
  if (level === undefined) {
    return inPlaces('v2', 'the baseline, since the processor could not be probed');
  }
  if (level < x86Levels.v2) {
    throw new MadloopError('ERR_ADDON', 'madloop needs an x86-64-v2 processor (SSE4.2), got one of x86-64-v1');
  }
  return preferred
    .filter((variant) => x86Levels[variant] <= level)
    .flatMap((variant, index) =>
      inPlaces(
        variant,
        index === 0
          ? `the processor supports x86-64-v${level}`
          : `the processor supports x86-64-v${level}, but a better build could not be loaded`,
      ),
    );
}

/** Where there may be an addon: what was built here comes first, in a clone and where the build from source was asked for. */
function placesOf(host: LoaderHost, root: string, failures: Failure[]): Place[] {
  const own = { folder: buildFolder(root) };
  const places: Place[] = host.list(own.folder).length > 0 ? [own] : [];
  for (const { name, installed } of host.prebuilts) {
    if (installed === undefined) continue;
    const { folder, version } = installed;
    if (version === host.version) places.push({ folder, prebuilt: name });
    else failures.push({ path: folder, error: anotherVersion(host, name, version) });
  }
  return places.length > 0 ? places : [own];
}

/** The x86-64 level of the processor; undefined, with the failures noted, where no probe can be loaded. */
function probe(host: LoaderHost, places: readonly Place[], failures: Failure[]): number | undefined {
  for (const { folder } of places) {
    const path = join(folder, 'cpu_probe.node');
    try {
      return (loadWhole(host, path) as { x86Level: number }).x86Level;
    } catch (error) {
      failures.push({ path, error: asError(error) });
    }
  }
  return undefined;
}

const cutShort = 'ERR_CUT_SHORT';

/** Loads a file, unless a part of it is missing. */
function loadWhole(host: LoaderHost, path: string): unknown {
  const beginning = host.beginning(path);
  const expected = beginning && bytesOfCutLibrary(beginning);
  if (expected !== undefined) {
    const message = `the file is cut short: expected ${expected} bytes, got ${beginning!.size}`;
    throw Object.assign(new Error(message), { code: cutShort });
  }
  if (beginning && hasLostItsEnd(beginning)) {
    const message = 'the file is damaged: its end is not that of the library that it begins as';
    throw Object.assign(new Error(message), { code: cutShort });
  }
  return host.load(path);
}

function buildFolder(root: string): string {
  return join(root, 'build', 'Release');
}

/** The levels that the places have. */
function builtVariants(host: LoaderHost): string[] {
  if (host.root === undefined) return [];
  const names = placesOf(host, host.root, []).flatMap(({ folder }) => host.list(folder));
  return [...new Set(names.flatMap((name) => variantOf(name) ?? []))].sort();
}

function variantOf(path: string): string | undefined {
  return /\bmadloop-(\w+)\.node$/.exec(path)?.[1];
}

/** A binary left over from another version would have other functions, or give other numbers. */
function checkIdentity(host: LoaderHost, addon: NativeAddon): void {
  const { version, variant } = addon.buildInfo();
  if (version !== host.version) {
    throw new Error(`built from madloop ${version}, but the package is madloop ${host.version}`);
  }
  const forced = host.env.MADLOOP_CPU;
  if (forced && variant !== forced) throw new Error(`built for ${variant}, but MADLOOP_CPU=${forced}`);
}

const ofAnotherVersion = 'ERR_ANOTHER_VERSION';

function anotherVersion(host: LoaderHost, name: string, version: unknown): Error {
  const error = new Error(
    `${name} is of version ${String(version)}, but the package is madloop ${host.version}`,
  );
  return Object.assign(error, { code: ofAnotherVersion });
}

function unknownVariant(forced: string, host: LoaderHost, known: string[]): MadloopError {
  return new MadloopError(
    'ERR_ADDON',
    `MADLOOP_CPU must be one of ${known.join(', ')} on ${host.arch}, got '${forced}'`,
  );
}

/** Where madloop is part of a bundle, the addon is wherever it was installed, if it is there at all. */
function bundled(host: LoaderHost): MadloopError {
  const message = [
    `${couldNotBeLoaded(host)}: ${inBundle.what}`,
    'What to do:',
    `  - ${inBundle.remedy}`,
    `  - Or let MADLOOP_BINARY name the addon: madloop-v3.node of the package @madloop/${host.platform}-${host.arch}, or in build/Release`,
    '    of the package madloop where it was built from source.',
  ].join('\n');
  return new MadloopError('ERR_ADDON', message);
}

function couldNotBeLoaded({ version, platform, arch, nodeVersion }: LoaderHost): string {
  return `the native addon could not be loaded (madloop ${version} on ${platform} ${arch}, Node ${nodeVersion})`;
}

function loadError(host: LoaderHost, failures: Failure[]): MadloopError {
  const message = [
    couldNotBeLoaded(host),
    ...failures.map((failure) => `  ${describe(failure)}`),
    'What to do:',
    ...remedies(host, failures).map((remedy) => `  - ${remedy}`),
  ].join('\n');
  const errors = failures.map(({ error }) => error);
  return new MadloopError('ERR_ADDON', message, {
    cause: errors.length === 1 ? errors[0] : new AggregateError(errors, 'every file that was tried'),
  });
}

const rebuild = '`npm rebuild madloop` (in a clone of the repository `npm run build:native`)';

function remedies(host: LoaderHost, failures: Failure[]): string[] {
  const present = failures.filter(({ error }) => !isMissing(error));
  // Where a file is there and does not load, others are not missed.
  if (present.length > 0) return [...new Set(present.map(({ error }) => remedy(error)))];
  if (host.env.MADLOOP_BINARY) return ['Let MADLOOP_BINARY name a file that exists, or unset it.'];
  const built = builtVariants(host);
  if (built.length > 0) return [missingVariantRemedy(host, built, failures)];
  if (isInPart(host)) return [takeWholePackages];
  const prebuilts = host.prebuilts.map(({ name }) => name).join(' or ');
  return [
    ...(prebuilts === ''
      ? []
      : [
          `The prebuilt addon, the package ${prebuilts} of version ${host.version}, is not installed. It is an optional dependency: ` +
            '--omit=optional and --no-optional leave it out, and a lock file or a node_modules folder of another platform lacks it. ' +
            'Install madloop here without these: `rm -r node_modules package-lock.json && npm install`.',
        ]),
    'The addon has not been built here: there was no C++20 compiler, or the package was installed with scripts ' +
      `switched off. Install Python 3, make and g++ (11 or newer) or clang (14 or newer), then run ${rebuild}.`,
    'Where the package manager runs install scripts of approved packages only, approve madloop: `pnpm approve-builds`, ' +
      '`npm install-scripts approve madloop` (npm 11.19 or newer), `bun pm trust madloop`, in Yarn dependenciesMeta: { madloop: { built: true } }.',
  ];
}

/** Whether the package's folder has not all of its files, as where a deployment took those that it saw imported. */
function isInPart({ root, list }: LoaderHost): boolean {
  const names = root === undefined ? [] : list(root);
  return names.includes('package.json') && !names.includes('binding.gyp');
}

const takeWholePackages =
  "Of madloop only some files are here: a deployment took those that it saw imported (Next.js with output: 'standalone', hosts of " +
  'functions). Let it take all: in Next.js outputFileTracingIncludes: ' +
  "{ '/*': ['node_modules/madloop/**/*', 'node_modules/@madloop/**/*'] }, elsewhere copy both folders.";

function missingVariantRemedy(host: LoaderHost, built: string[], failures: Failure[]): string {
  const missed = failures.flatMap(({ path }) => variantOf(path) ?? []).filter((name) => name !== 'generic');
  const variants = [...new Set([...built, ...missed])].sort().join(',');
  return (
    `Only ${built.join(' and ')} is built here, since an installation builds the level of its own processor. For machines ` +
    `with others run \`npm run build:native -- --variants=${variants}\` in ${host.root}.`
  );
}

function remedy(error: Error): string {
  const code = codeOf(error);
  if (code === 'ERR_DLOPEN_DISABLED') {
    return 'This process may not load native addons: run it without --no-addons, and with --allow-addons under --permission.';
  }
  if (code === cutShort) {
    return `The addon was copied in part, by an interrupted copy or onto a full disk: copy it again, or build it with ${rebuild}.`;
  }
  const library = /\b(GLIBC|GLIBCXX|CXXABI)_[\d.]+/.exec(error.message)?.[0];
  if (library) {
    return `The addon was built on a newer system (it needs ${library}): build it on this one with ${rebuild}.`;
  }
  if (code === ofAnotherVersion) {
    return 'The prebuilt addon is of another version than madloop, by an override or an interrupted update: install madloop anew.';
  }
  if (code === 'ERR_DLOPEN_FAILED') {
    return `The addon was built for another platform, or is damaged: build it here with ${rebuild}.`;
  }
  return `The addon is not the one that belongs to this package: build it anew with ${rebuild}.`;
}

function describe({ path, error }: Failure): string {
  return `${path}: ${isMissing(error) ? 'no such file' : error.message}`;
}

function isMissing(error: Error): boolean {
  return codeOf(error) === 'MODULE_NOT_FOUND';
}

function codeOf(error: Error): unknown {
  return (error as NodeJS.ErrnoException).code;
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
