// Bytes one after the other, checked at their end.

import { crc32 } from 'node:zlib';
import type { ByteSource } from './byte-source.js';
import { malformed } from './file-errors.js';

export interface ByteStream {
  /** Fills `target` with the next bytes. */
  read(target: Uint8Array): Promise<void>;
  /** To be called when all has been read: checks what shows at the end only. */
  finish(): Promise<void>;
}

/** `size` bytes from `position`, with the CRC-32 that they must have, if any. `name` is for messages. */
export class RangeStream implements ByteStream {
  readonly #source: ByteSource;
  readonly #name: string;
  readonly #expected: number | undefined;
  #position: number;
  #checksum = 0;

  constructor(source: ByteSource, name: string, position: number, expectedCrc32?: number) {
    this.#source = source;
    this.#name = name;
    this.#position = position;
    this.#expected = expectedCrc32;
  }

  async read(target: Uint8Array): Promise<void> {
    await this.#source.read(this.#position, target);
    this.#position += target.length;
    if (this.#expected !== undefined) this.#checksum = crc32(target, this.#checksum);
  }

  async finish(): Promise<void> {
    if (this.#expected !== undefined) checkCrc32(this.#name, this.#expected, this.#checksum);
  }
}

export function checkCrc32(name: string, expected: number, got: number): void {
  if (got === expected) return;
  const hexadecimal = (value: number) => value.toString(16).padStart(8, '0');
  throw malformed(name, `is damaged: expected CRC-32 ${hexadecimal(expected)}, got ${hexadecimal(got)}`);
}
