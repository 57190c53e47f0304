// Whether what was built is newer than what it is built from.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * All products are there, and none is older than a source. Sources are files and folders; a folder stands for all in it, and itself: it
 * is newer than what was built once something has been taken out of it.
 *
 * @param {readonly string[]} products
 * @param {readonly string[]} sources
 */
export function isUpToDate(products, sources) {
  try {
    const oldest = Math.min(...products.map((path) => statSync(path).mtimeMs));
    return products.length > 0 && Math.max(...sources.map(newest)) <= oldest;
  } catch (error) {
    if (error.code === 'ENOENT') return false;
    throw error;
  }
}

function newest(path) {
  const status = statSync(path);
  const within = status.isDirectory() ? readdirSync(path).map((name) => newest(join(path, name))) : [];
  return Math.max(status.mtimeMs, ...within);
}
