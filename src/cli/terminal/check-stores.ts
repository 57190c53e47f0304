import { stat } from 'node:fs/promises';
import { MadloopError } from '../../base/errors.js';

/** Throws ERR_INVALID_INPUT where a store to be read is not there: wrong usage, as any input that is missing. */
export async function checkStores(stores: readonly string[]): Promise<void> {
  for (const store of stores) {
    try {
      await stat(store);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') continue; // which reading it tells
      throw new MadloopError('ERR_INVALID_INPUT', `${store}: there is no such file`, { cause: error });
    }
  }
}
