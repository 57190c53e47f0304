import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
} from 'node:fs';
import { packageRoot, requireFile } from '../base/package-files.js';
import type { Beginning } from './elf.js';
import { type LoadedAddon, loadAddon } from './native-loader.js';
import type { NativeAddon } from './native-types.js';
import { findPrebuilts } from './prebuilt.js';
import { version } from './version.js';

let loaded: LoadedAddon | undefined;

/** The native addon, loaded on first use: importing madloop never fails for lack of it. Throws ERR_ADDON. */
export function native(): NativeAddon {
  return loadedAddon().addon;
}

/** The addon with the file it came from and why that one, for `madloop info`. Throws ERR_ADDON. */
export function loadedAddon(): LoadedAddon {
  loaded ??= loadAddon({
    root: packageRoot(),
    version,
    platform: process.platform,
    arch: process.arch,
    nodeVersion: process.version,
    env: process.env,
    prebuilts: findPrebuilts(process.platform, process.arch),
    load: requireFile,
    list: (folder) => (existsSync(folder) ? readdirSync(folder) : []),
    beginning,
  });
  return loaded;
}

/** The first 4 KiB and the length of a file; undefined where it cannot be read, for whatever loads it to say why. */
function beginning(path: string): Beginning | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats !== undefined && !stats.isFile()) throw new Error('it is no regular file');
  try {
    const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const bytes = Buffer.alloc(4096);
      const { size } = fstatSync(file);
      const end = Buffer.alloc(Math.min(4096, size));
      return {
        bytes: bytes.subarray(0, readSync(file, bytes, 0, bytes.length, 0)),
        end: end.subarray(0, readSync(file, end, 0, end.length, size - end.length)),
        size,
      };
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}
