// Files that are either whole or not there.

import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { MadloopError } from '../base/errors.js';

/**
 * Writes a file so that no reader, and no crash, ever sees part of it under its name: to a temporary file in the
 * same folder, flushed to the disk, then renamed over `path`. Folders on the way are made. An existing file is replaced.
 * Errors: ERR_FILE; the temporary file is removed.
 */
export async function writeFileAtomically(path: string, content: string | Iterable<Uint8Array>): Promise<void> {
  // The suffix is random so that two writers of the same file cannot share a temporary one; it is in no result.
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, 'wx');
    try {
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
    if (error instanceof MadloopError) throw error; // of the content
    const reason = error instanceof Error ? error.message : String(error);
    throw new MadloopError('ERR_FILE', `cannot write ${path}: ${reason}`, { cause: error });
  }
}
