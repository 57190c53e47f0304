import { allocateUnzeroed } from '../base/allocate.js';
import type { Matrix } from '../base/shapes.js';
import { concatenateRows, copyRows } from '../engine/rows.js';
import type { RowBlock } from '../models/generative-model.js';
import { addBlock } from '../models/row-blocks.js';

/** Where rows come from. */
export type Origin = Omit<RowBlock, 'rows'>;

/** Rows of one origin. */
export interface Part {
  readonly rows: Matrix;
  readonly origin: Origin;
}

/**
 * A training set in the making: its parts one after the other. They may be put in their place in it at once (`offer`), which
 * saves their copy; the result is the same.
 */
export class TrainingSet {
  readonly #cols: number;
  readonly #block: Float64Array | undefined;
  readonly #parts: Matrix[] = [];
  readonly #blocks: RowBlock[] = [];
  #rows = 0;

  /** `rows`: of all parts together, where they may be put in one block of memory. */
  constructor(cols: number, rows?: number) {
    this.#cols = cols;
    if (rows !== undefined)
      this.#block = allocateUnzeroed('autophagousLoop', 'the training set', Float64Array, rows * cols);
  }

  /** Memory for the next part, of so many rows, which is then to be added. */
  offer(rows: number): Float64Array | undefined {
    const begin = this.#rows * this.#cols;
    return this.#block?.subarray(begin, begin + rows * this.#cols);
  }

  add({ rows, origin }: Part): void {
    this.#parts.push(rows);
    this.#rows += rows.rows;
    addBlock(this.#blocks, { rows: rows.rows, ...origin });
  }

  /** Where the rows come from, in their order. */
  get blocks(): readonly RowBlock[] {
    return this.#blocks;
  }

  /** All rows: float32 where every part is, else float64. A single part is returned as it is. */
  async join(): Promise<Matrix> {
    const [parts, block] = [this.#parts, this.#block];
    // Nobody else has memory of the block.
    const inPlace = ({ data }: Matrix): boolean => data.buffer === block?.buffer;
    if (block === undefined || parts.length === 1 || !parts.some(inPlace))
      return concatenateRows(parts, this.#cols);
    let begin = 0;
    for (const part of parts) {
      if (!inPlace(part)) await copyRows(part, block, begin);
      begin += part.rows;
    }
    return { data: block, rows: this.#rows, cols: this.#cols };
  }
}
