import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { MadloopError } from '../base/errors.js';
import { cannotRead } from '../files/file-errors.js';

export interface ImageFile {
  /** From the folder on, with slashes. */
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

/** What the decoder reads; a file is an image by its name. */
const endings = ['png', 'jpg', 'jpeg', 'webp', 'tif', 'tiff', 'gif', 'avif'];
const isImage = new RegExp(`\\.(${endings.join('|')})$`, 'i');

export interface FolderContent {
  /** By the code units of their names, whatever the system's order. */
  readonly images: readonly ImageFile[];
  /** Names of files that are no images by their names. */
  readonly others: readonly string[];
}

/**
 * The images in a folder and those below it. What begins with a dot is left out, as file managers hide it. Links to files count as
 * files; links to folders are not followed. Errors: ERR_FILE; ERR_INVALID_INPUT where there is none.
 */
export async function imageFiles(where: string, folder: string): Promise<FolderContent> {
  const names: string[] = [];
  await visit(folder, '', names).catch((error: unknown) => {
    throw cannotRead(folder, whyNoFolder(folder, error) ?? error);
  });
  names.sort((a, b) => (a < b ? -1 : 1));
  const images: ImageFile[] = [];
  for (const name of names.filter((each) => isImage.test(each))) {
    const path = join(folder, name);
    const { size, mtimeMs } = await stat(path);
    images.push({ name, path, bytes: size, modified: mtimeMs });
  }
  if (images.length === 0) {
    const seen = names.length === 0 ? 'no files' : `${names.length} files of other names`;
    const expected = endings.map((ending) => `.${ending}`).join(', ');
    throw new MadloopError(
      'ERR_INVALID_INPUT',
      `${where}: folder must hold images (${expected}), got ${seen} in ${folder}`,
    );
  }
  return { images, others: names.filter((each) => !isImage.test(each)) };
}

/** What is wrong with the folder itself, in words; undefined where that is something else. */
function whyNoFolder(folder: string, error: unknown): string | undefined {
  const { code, path } = error as NodeJS.ErrnoException;
  if (path !== folder) return undefined;
  if (code === 'ENOTDIR') return 'expected a folder of images, got a file';
  return code === 'ENOENT' ? 'expected a folder of images, there is none of this name' : undefined;
}

/** Adds the names of the files in `folder` and below, each behind `prefix`. */
async function visit(folder: string, prefix: string, names: string[]): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await visit(path, `${prefix}${entry.name}/`, names);
    else if (await isFile(entry, path)) names.push(prefix + entry.name);
  }
}

async function isFile(entry: Dirent, path: string): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isFile();
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}
