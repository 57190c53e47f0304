// The one name of a store's file.

import { lstatSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { refused, withFile } from './store-file.js';

/**
 * The name by which a store is made and locked, behind all symbolic links; a link to a file that is not there yet names the file.
 * Refuses a file that has several names (hard links), of which each would have a lock and a log of its own.
 */
export function onlyName(where: string, path: string): string {
  const { name, links } = withFile(where, path, () => {
    const status = statSync(path, { throwIfNoEntry: false });
    return {
      name: status === undefined ? nameToBe(path) : realpathSync(path),
      links: status?.isFile() ? status.nlink : 1,
    };
  });
  if (links === 1) return name;
  throw refused(
    where,
    path,
    `the file has ${links} names (hard links), and a writer by each of them would destroy it`,
  );
}

/** Where writing to `path` would make a file. A circle of links is an error of `statSync` already. */
function nameToBe(path: string): string {
  const name = join(realpathSync(dirname(path)), basename(path));
  const status = lstatSync(name, { throwIfNoEntry: false });
  return status?.isSymbolicLink() ? nameToBe(resolve(dirname(name), readlinkSync(name))) : name;
}
