// The files of data that the cells of a study name, each read once.

import { mustError } from '../../base/check.js';
import type { Matrix } from '../../base/shapes.js';
import { checkFinite } from '../../engine/rows.js';
import { readFeatures } from '../../features/matrix-file.js';
import { fileChecksum } from '../../files/file-checksum.js';
import { type SplitRows, splitRows } from '../../loops/held-out.js';

export interface DataFile {
  readonly matrix: Matrix;
  /** Of the file's bytes: what a study is told by, wherever the file lies. */
  readonly sha256: string;
}

/** What is known of the files before cells are resolved. */
export type KnownFiles = ReadonlyMap<string, DataFile>;

// Rows to train on and rows to measure with, two each.
const fewestRows = 4;

export class DataFiles {
  readonly #where: string;
  readonly #files = new Map<string, DataFile>();
  readonly #splits = new Map<string, Promise<SplitRows>>();

  constructor(where: string) {
    this.#where = where;
  }

  /** Reads the files that are not known yet. Errors: those of readMatrix; ERR_INVALID_INPUT for NaN, infinities and too few rows. */
  async read(paths: Iterable<string>, array: string | undefined): Promise<KnownFiles> {
    for (const path of paths) {
      if (this.#files.has(path)) continue;
      const matrix = await readFeatures(path, { array });
      if (matrix.rows < fewestRows)
        throw mustError(this.#where, `data ${path}`, `have at least ${fewestRows} rows`, String(matrix.rows));
      await checkFinite(this.#where, `data ${path}`, matrix);
      this.#files.set(path, { matrix, sha256: await fileChecksum(path) });
    }
    return this.#files;
  }

  /** Rows of a file that was read, to train on and held out. */
  split(path: string, heldOut: number, seed: bigint): Promise<SplitRows> {
    const key = `${heldOut} ${seed} ${path}`;
    let split = this.#splits.get(key);
    if (split === undefined) {
      split = splitRows(this.#files.get(path)!.matrix, heldOut, seed);
      this.#splits.set(key, split);
    }
    return split;
  }
}
