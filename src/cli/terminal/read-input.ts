import { MadloopError } from '../../base/errors.js';
import { rewordErrors } from './error-wording.js';

/**
 * What was read from a file that the user named; `nameOf` tells what the user calls an option of the reading. A file that is
 * not there is wrong usage (ERR_INVALID_INPUT), unlike one that fails while it is written.
 */
export async function readInput<Content>(
  reading: Promise<Content>,
  nameOf: (argument: string) => string | undefined = () => undefined,
): Promise<Content> {
  try {
    return await rewordErrors(nameOf, () => reading);
  } catch (error) {
    if (!(error instanceof MadloopError) || error.code !== 'ERR_FILE') throw error;
    throw new MadloopError('ERR_INVALID_INPUT', error.message, { cause: error });
  }
}
