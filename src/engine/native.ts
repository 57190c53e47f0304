import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { type LoadedAddon, loadAddon } from './native-loader.js';
import type { NativeAddon } from './native-types.js';

// The parent of both src/ and dist/.
const packageRoot = fileURLToPath(new URL('../..', import.meta.url));

let loaded: LoadedAddon | undefined;

/** The native addon, loaded on first use: importing madloop never fails for lack of it. Throws ERR_ADDON. */
export function native(): NativeAddon {
  return loadedAddon().addon;
}

/** The addon with the file it came from and why that one, for `madloop info`. Throws ERR_ADDON. */
export function loadedAddon(): LoadedAddon {
  loaded ??= loadAddon({
    root: packageRoot,
    version: packageVersion(),
    platform: process.platform,
    arch: process.arch,
    nodeVersion: process.version,
    env: process.env,
    load: createRequire(import.meta.url),
    list: (folder) => (existsSync(folder) ? readdirSync(folder) : []),
  });
  return loaded;
}

/** The version in package.json. */
export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(`${packageRoot}package.json`, 'utf8')) as { version: string };
  return version;
}
