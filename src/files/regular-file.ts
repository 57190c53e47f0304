import { constants, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/**
 * Opens a regular file for reading, with what the system knows of it. Anything else is refused, and at once: to open a FIFO waits for
 * a writer, for ever, in a thread that nobody can stop. Rejects with errors of the system, or one in their place, to which
 * `ofFolder` adds what to do about a folder.
 */
export async function openRegularFile(
  path: string,
  ofFolder?: string,
): Promise<{ file: FileHandle; stats: Stats }> {
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw notRegular(stats, ofFolder);
    return { file, stats };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The error for something that is no regular file. */
export function notRegular(stats: Stats, ofFolder = ''): Error {
  return new Error(`it is ${kindOf(stats)}, expected a regular file${stats.isDirectory() ? ofFolder : ''}`);
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a FIFO';
  if (stats.isSocket()) return 'a socket';
  if (stats.isCharacterDevice() || stats.isBlockDevice()) return 'a device';
  return 'something else';
}
