import { MadloopError } from '../../base/errors.js';

/**
 * What was read from a file that the user named. One that is not there is wrong usage (ERR_INVALID_INPUT), unlike one that
 * fails while it is written.
 */
export async function readInput<Content>(reading: Promise<Content>): Promise<Content> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof MadloopError) || error.code !== 'ERR_FILE') throw error;
    throw new MadloopError('ERR_INVALID_INPUT', error.message, { cause: error });
  }
}
