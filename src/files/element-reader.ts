import type { ByteStream } from './byte-stream.js';
import { decodeElements, type Elements, type ElementType, isPlain, toNativeOrder } from './elements.js';
import { malformed } from './file-errors.js';
import { checkElements, type StoredArray } from './stored-array.js';

// Elements converted, and bytes summed and swapped, at once: about a millisecond's work.
const chunkElements = 2 ** 16;
const sliceBytes = 2 ** 20;

/** Reads the elements of an array, in the order of the file, as float32 or float64. */
export class ElementReader {
  readonly #array: StoredArray;
  readonly #stream: ByteStream;
  readonly #type: ElementType;
  #index = 0;

  static async open(array: StoredArray): Promise<ElementReader> {
    const { type } = checkElements(array);
    return new ElementReader(array, await array.openElements(), type);
  }

  private constructor(array: StoredArray, stream: ByteStream, type: ElementType) {
    this.#array = array;
    this.#stream = stream;
    this.#type = type;
  }

  /** Fills `target`, of the type's own array type, with the next elements. */
  async read(target: Elements): Promise<void> {
    if (isPlain(this.#type)) {
      const { buffer, byteOffset, byteLength } = target;
      for (let begin = 0; begin < byteLength; begin += sliceBytes) {
        // Not a part of all bytes: more than 2^32 are no Uint8Array.
        const slice = new Uint8Array(buffer, byteOffset + begin, Math.min(sliceBytes, byteLength - begin));
        await this.#stream.read(slice);
        toNativeOrder(this.#type, slice);
      }
      this.#index += target.length;
      return;
    }
    let done = 0;
    for await (const chunk of this.chunks(target.length)) {
      target.set(chunk, done);
      done += chunk.length;
    }
  }

  /** The next `count` elements in pieces. */
  async *chunks(count: number): AsyncGenerator<Elements> {
    for (let begin = 0; begin < count; begin += chunkElements) {
      const length = Math.min(chunkElements, count - begin);
      const bytes = new Uint8Array(length * this.#type.bytes);
      await this.#stream.read(bytes);
      toNativeOrder(this.#type, bytes);
      yield decodeElements(this.#type, bytes, (index, digits) =>
        inexact(this.#array, this.#index + index, digits),
      );
      this.#index += length;
    }
  }

  /** After the last element: checks the checksum, where there is one. */
  async finish(): Promise<void> {
    await this.#stream.finish();
  }
}

/** The error for an integer beyond float64, the index-th of the file. */
export function inexact({ name, header }: StoredArray, index: number, digits: string): Error {
  const { shape, fortranOrder } = header;
  const [rows, cols] = shape;
  let where = `element ${index}`;
  if (shape.length === 2 && rows !== undefined && cols !== undefined) {
    const [row, col] = fortranOrder
      ? [index % rows, Math.floor(index / rows)]
      : [Math.floor(index / cols), index % cols];
    where = `row ${row}, column ${col}`;
  }
  return malformed(name, `holds ${digits} at ${where}, expected integers that float64 holds exactly`);
}
