import { allocateUnzeroed } from '../allocate.js';
import type { Matrix } from '../matrix.js';
import { MemoryOffer } from '../models/sample-memory.js';
import { concatenateRows, copyRows } from '../rows.js';

/**
 * A training set in the making: its parts one after the other. They may be put in their place in it at once (`offer`), which
 * saves their copy; the result is the same.
 */
export class TrainingSet {
  readonly #cols: number;
  readonly #block: Float64Array | undefined;
  readonly #parts: { readonly part: Matrix; readonly offer: MemoryOffer | undefined }[] = [];
  #rows = 0;

  /** `rows`: of all parts together, where they may be put in one block of memory. */
  constructor(cols: number, rows?: number) {
    this.#cols = cols;
    if (rows !== undefined)
      this.#block = allocateUnzeroed('autophagousLoop', 'the training set', Float64Array, rows * cols);
  }

  /** Memory for the next part, of so many rows, which is then to be added. */
  offer(rows: number): MemoryOffer | undefined {
    const begin = this.#rows * this.#cols;
    return this.#block && new MemoryOffer(this.#block.subarray(begin, begin + rows * this.#cols));
  }

  add(part: Matrix, offer?: MemoryOffer): void {
    this.#parts.push({ part, offer });
    this.#rows += part.rows;
  }

  /** All rows: float32 where every part is, else float64. A single part is returned as it is. */
  async join(): Promise<Matrix> {
    const parts = this.#parts.map(({ part }) => part);
    const inPlace = this.#parts.map(({ part, offer }) => offer?.holds(part.data) === true);
    if (parts.length === 1 || !inPlace.includes(true)) return concatenateRows(parts, this.#cols);
    let begin = 0;
    for (const [i, part] of parts.entries()) {
      if (!inPlace[i]) await copyRows(part, this.#block!, begin);
      begin += part.rows;
    }
    return { data: this.#block!, rows: this.#rows, cols: this.#cols };
  }
}
