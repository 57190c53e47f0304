// The files of the package beside its code: the addon, fonts, the program of the process that has a store. A bundle has none of
// them. Nothing here runs, or fails, when madloop is imported; and no bundler sees a pattern that it would replace by its own.

import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MadloopError } from './errors.js';

/** What is wrong where a file of the package is wanted in a bundle, and what to do. */
export const inBundle = {
  what: 'madloop runs from a bundle, without the files of its package',
  remedy:
    'Keep madloop out of the bundle, and node_modules/madloop and node_modules/@madloop beside it: esbuild --external:madloop, in webpack ' +
    "externals: { madloop: 'module madloop' }, in Rollup and Vite external: ['madloop'], in Next.js serverExternalPackages: ['madloop'].",
} as const;

/** What of a package.json is asked for here. */
export interface Manifest {
  readonly name?: unknown;
  readonly version?: unknown;
  readonly optionalDependencies?: object;
}

/** The package's own folder, the parent of src/ and dist/; undefined in a bundle, which may be anywhere, or say no place at all. */
export function packageRoot(): string | undefined {
  return own()?.root;
}

/** The package's package.json; undefined in a bundle. */
export function packageManifest(): Manifest | undefined {
  return own()?.manifest;
}

function own(): { root: string; manifest: Manifest } | undefined {
  try {
    const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
    const manifest = readManifest(join(root, 'package.json'));
    return manifest.name === 'madloop' ? { root, manifest } : undefined;
  } catch {
    return undefined;
  }
}

function readManifest(file: string): Manifest {
  return JSON.parse(readFileSync(file, 'utf8')) as Manifest;
}

/** A package that is installed for madloop, wherever the package manager puts it; undefined where it is not, and in a bundle. */
export function installedPackage(name: string): { folder: string; version: unknown } | undefined {
  const root = packageRoot();
  if (root === undefined) return undefined;
  try {
    const file = createRequire(join(root, 'package.json')).resolve(`${name}/package.json`);
    return { folder: dirname(file), version: readManifest(file).version };
  } catch {
    return undefined;
  }
}

/** The path of a file of the package, by the one that it has there. Throws ERR_FILE in a bundle. */
export function packageFile(path: string): string {
  const root = packageRoot();
  if (root === undefined) throw new MadloopError('ERR_FILE', `${path}: ${inBundle.what}. ${inBundle.remedy}`);
  return join(root, path);
}

let requireHere: NodeJS.Require | undefined;

/** A package that is installed for madloop, or for the bundle that it is part of. Throws ERR_MISSING_PACKAGE. */
export function requirePackage(name: string): unknown {
  const here: string | undefined = import.meta.url; // CommonJS has none
  try {
    requireHere ??= createRequire(here ?? resolve('anything'));
    return requireHere(name);
  } catch (error) {
    const cause = { cause: error };
    throw new MadloopError(
      'ERR_MISSING_PACKAGE',
      `the package ${name} could not be loaded. ${inBundle.remedy}`,
      cause,
    );
  }
}

/** `require` of a file, relative to the current folder. */
export function requireFile(path: string): unknown {
  return createRequire(resolve('anything'))(resolve(path));
}

function createRequire(from: string): NodeJS.Require {
  return process.getBuiltinModule('node:module').createRequire(from);
}
