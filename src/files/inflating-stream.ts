// Deflated bytes (RFC 1951), inflated off the event loop, a piece at a time.

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw } from 'node:zlib';
import type { ByteSource } from './byte-source.js';
import { type ByteStream, checkCrc32 } from './byte-stream.js';
import { malformed } from './file-errors.js';

/** No deflated byte becomes more than this many: two bits are the least that a copy of 258 bytes takes. */
export const greatestExpansion = 1032;

// Bytes read at once, and bytes inflated at once: the garbage of larger pieces is left lying longer (by Node 24: 30 MiB more at 64 KiB), smaller ones take
// more turns of the event loop (half as many bytes a second at 16 KiB).
const pieceBytes = 2 ** 15;

export interface DeflatedRange {
  readonly position: number;
  readonly compressedSize: number;
  /** Claimed, and checked: of the inflated bytes. */
  readonly size: number;
  readonly crc32: number;
}

export class InflatingStream implements ByteStream {
  readonly #name: string;
  readonly #range: DeflatedRange;
  readonly #pieces: AsyncIterator<Uint8Array>;
  /** Inflated, not yet handed out. */
  #inflated: Uint8Array = new Uint8Array(0);
  #produced = 0;
  #checksum = 0;

  constructor(source: ByteSource, name: string, range: DeflatedRange) {
    this.#name = name;
    this.#range = range;
    this.#pieces = inflatedPieces(source, range);
  }

  async read(target: Uint8Array): Promise<void> {
    let done = 0;
    while (done < target.length) {
      if (this.#inflated.length === 0 && !(await this.#inflateMore())) throw this.#wrongLength();
      const part = this.#inflated.subarray(0, target.length - done);
      target.set(part, done);
      done += part.length;
      this.#inflated = this.#inflated.subarray(part.length);
    }
  }

  async finish(): Promise<void> {
    // The last bits may hold no byte any more, but must be there.
    while (await this.#inflateMore());
    if (this.#produced !== this.#range.size) throw this.#wrongLength();
    checkCrc32(this.#name, this.#range.crc32, this.#checksum);
  }

  /** Inflates the next piece; false when there is none. */
  async #inflateMore(): Promise<boolean> {
    const next = await this.#pieces.next().catch((error: unknown) => {
      if (!isOfZlib(error)) throw error;
      throw malformed(this.#name, `is damaged: it cannot be inflated (${error.message})`);
    });
    if (next.done) return false;
    this.#inflated = next.value;
    this.#produced += next.value.length;
    if (this.#produced > this.#range.size) {
      await this.#pieces.return?.();
      throw this.#wrongLength();
    }
    this.#checksum = crc32(next.value, this.#checksum);
    return true;
  }

  #wrongLength() {
    const { size } = this.#range;
    const got = this.#produced > size ? 'more' : `${this.#produced}`;
    return malformed(this.#name, `is damaged: expected ${size} bytes once inflated, got ${got}`);
  }
}

function inflatedPieces(source: ByteSource, range: DeflatedRange): AsyncIterator<Uint8Array> {
  const inflating = createInflateRaw({ chunkSize: pieceBytes });
  // What fails, reading or inflating, is thrown where the pieces are taken, if they still are.
  inflating.on('error', () => {});
  pipeline(Readable.from(deflatedPieces(source, range), { highWaterMark: 1 }), inflating).catch(() => {});
  return inflating[Symbol.asyncIterator]();
}

async function* deflatedPieces(source: ByteSource, { position, compressedSize }: DeflatedRange) {
  for (let read = 0; read < compressedSize; ) {
    const piece = new Uint8Array(Math.min(pieceBytes, compressedSize - read));
    await source.read(position + read, piece);
    read += piece.length;
    yield piece;
  }
}

function isOfZlib(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
}
