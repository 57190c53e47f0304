// Files that are either whole or not there.

import { randomBytes } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { access, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { MadloopError } from '../base/errors.js';
import { notRegular } from './regular-file.js';

/**
 * Writes a file so that no reader, and no crash, ever sees part of it under its name: to a temporary file in the
 * same folder, flushed to the disk, then renamed over `path`. Folders on the way are made. An existing file is replaced, and
 * its mode kept; anything else of that name, such as a device, is refused, also behind a symbolic link.
 * Errors: ERR_FILE; the temporary file is removed.
 */
export async function writeFileAtomically(path: string, content: string | Iterable<Uint8Array>): Promise<void> {
  // The suffix is random so that two writers of the same file cannot share a temporary one; it is in no result.
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const before = await replaceable(path);
    await makeFolders(dirname(path));
    const file = await open(temporary, 'wx');
    try {
      if (before !== undefined) await file.chmod(before.mode & 0o777);
      if (typeof content === 'string') await file.writeFile(content);
      // FileHandle.writeFile goes on where the last write ended, and splits what one write call cannot take.
      else for (const part of content) await file.writeFile(part);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    // Where even this fails, the first error is the one to tell.
    await rm(temporary, { force: true }).catch(() => {});
    throw cannotWrite(path, error);
  }
}

/** Rejects as writeFileAtomically would, where that is clear beforehand. Nothing is changed. Errors: ERR_FILE. */
export async function tryWriting(path: string): Promise<void> {
  try {
    await replaceable(path);
    await access(await nearestFolder(dirname(path)), constants.W_OK | constants.X_OK);
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

/** The regular file that is to be replaced, if there is one; anything else is an error. */
async function replaceable(path: string): Promise<Stats | undefined> {
  const stats = await statOf(path);
  if (stats !== undefined && !stats.isFile()) throw notRegular(stats);
  return stats;
}

/** The folder itself, or the nearest one above it that is there: the one that something is to be made in. */
async function nearestFolder(folder: string): Promise<string> {
  return (await statOf(folder)) === undefined ? nearestFolder(dirname(folder)) : folder;
}

/**
 * Makes a folder and those above it that are not there. Node's own recursive mkdir never returns where a system without such a folder
 * says so again and again, as that of /proc does. Returns those that it made, the inmost one first.
 */
export async function makeFolders(folder: string): Promise<string[]> {
  if ((await statOf(folder)) !== undefined) return [];
  const above = await makeFolders(dirname(folder));
  try {
    await mkdir(folder);
    return [folder, ...above];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return above; // made by somebody else meanwhile
  }
}

async function statOf(path: string): Promise<Stats | undefined> {
  return stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

function cannotWrite(path: string, error: unknown): MadloopError {
  if (error instanceof MadloopError) return error; // of the content
  const reason = error instanceof Error ? error.message : String(error);
  return new MadloopError('ERR_FILE', `cannot write ${path}: ${reason}`, { cause: error });
}
