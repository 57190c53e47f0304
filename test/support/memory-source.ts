import type { ByteSource } from '../../src/files/byte-source.js';

/** Bytes in memory as the readers of files see them. A read beyond the end is a defect of the reader. */
export function memorySource(bytes: Uint8Array, name = 'memory'): ByteSource {
  return {
    name,
    size: bytes.length,
    async read(position, target) {
      if (target.length === 0) return;
      if (!Number.isInteger(position) || position < 0 || position + target.length > bytes.length) {
        throw new RangeError(`read of ${target.length} bytes at ${position} of ${bytes.length}`);
      }
      target.set(bytes.subarray(position, position + target.length));
    },
  };
}
