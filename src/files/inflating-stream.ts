// Deflated bytes (RFC 1951), inflated piece by piece: never more at once than a piece can become.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { Inflate } from 'fflate';
import type { ByteSource } from './byte-source.js';
import { type ByteStream, checkCrc32 } from './byte-stream.js';
import { malformed } from './file-errors.js';

/** No deflated byte becomes more than this many: two bits are the least that a copy of 258 bytes takes. */
export const greatestExpansion = 1032;

// Deflated bytes inflated at once: many where little comes of them, few where much does, so that a megabyte or so does.
const [leastPiece, greatestPiece] = [2 ** 10, 2 ** 14];
const wantedOutput = 2 ** 20;
// Read at once, and inflated between turns of the event loop: about 2 ms.
const readBytes = 2 ** 17;
const outputBetweenTurns = 2 ** 20;

export interface DeflatedRange {
  readonly position: number;
  readonly compressedSize: number;
  /** Claimed, and checked: of the inflated bytes. */
  readonly size: number;
  readonly crc32: number;
}

export class InflatingStream implements ByteStream {
  readonly #source: ByteSource;
  readonly #name: string;
  readonly #range: DeflatedRange;
  readonly #inflate: Inflate;
  /** What is deflated: read, not yet inflated. */
  #compressed = new Uint8Array(0);
  #compressedRead = 0;
  #pieceBytes = leastPiece;
  /** What is inflated, not yet handed out; with more than one piece only in mid-push. */
  #inflated: Uint8Array[] = [];
  #produced = 0;
  #sinceTurn = 0;
  #checksum = 0;

  constructor(source: ByteSource, name: string, range: DeflatedRange) {
    this.#source = source;
    this.#name = name;
    this.#range = range;
    this.#inflate = new Inflate((piece) => this.#accept(piece));
  }

  async read(target: Uint8Array): Promise<void> {
    let done = 0;
    while (done < target.length) {
      const piece = this.#inflated[0];
      if (piece === undefined) {
        if (!(await this.#inflateMore())) throw this.#wrongLength();
        continue;
      }
      const part = piece.subarray(0, target.length - done);
      target.set(part, done);
      done += part.length;
      if (part.length < piece.length) this.#inflated[0] = piece.subarray(part.length);
      else this.#inflated.shift();
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
    const { position, compressedSize } = this.#range;
    if (this.#compressed.length === 0) {
      if (this.#compressedRead === compressedSize) return false;
      this.#compressed = new Uint8Array(Math.min(readBytes, compressedSize - this.#compressedRead));
      await this.#source.read(position + this.#compressedRead, this.#compressed);
      this.#compressedRead += this.#compressed.length;
    }
    if (this.#sinceTurn >= outputBetweenTurns) {
      this.#sinceTurn = 0;
      await nextTurn();
    }
    const piece = this.#compressed.subarray(0, this.#pieceBytes);
    const before = this.#produced;
    this.#compressed = this.#compressed.subarray(piece.length);
    const last = this.#compressed.length === 0 && this.#compressedRead === compressedSize;
    try {
      this.#inflate.push(piece, last);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw malformed(this.#name, `is damaged: it cannot be inflated (${reason})`);
    }
    if (this.#produced > this.#range.size) throw this.#wrongLength();
    const wanted = Math.floor((wantedOutput * piece.length) / Math.max(1, this.#produced - before));
    this.#pieceBytes = Math.min(Math.max(wanted, leastPiece), greatestPiece);
    return true;
  }

  #accept(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.#produced += piece.length;
    this.#sinceTurn += piece.length;
    this.#checksum = crc32(piece, this.#checksum);
    this.#inflated.push(piece);
  }

  #wrongLength() {
    const { size } = this.#range;
    const got = this.#produced > size ? 'more' : `${this.#produced}`;
    return malformed(this.#name, `is damaged: expected ${size} bytes once inflated, got ${got}`);
  }
}
