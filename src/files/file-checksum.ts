import { createHash } from 'node:crypto';
import { withFile } from './byte-source.js';

const hashedBytes = 2 ** 20;

/** The SHA-256 of a file's bytes, by which it is told later whether it is the same. Errors: ERR_FILE. */
export function fileChecksum(path: string): Promise<string> {
  return withFile(path, undefined, async (source) => {
    const hash = createHash('sha256');
    const buffer = new Uint8Array(hashedBytes);
    for (let position = 0; position < source.size; position += buffer.length) {
      const slice = buffer.subarray(0, source.size - position);
      await source.read(position, slice);
      hash.update(slice);
    }
    return hash.digest('hex');
  });
}
