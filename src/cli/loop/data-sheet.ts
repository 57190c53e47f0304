// The sheet of sample images of `madloop loop --data --image`.

import { invalid } from '../../base/check.js';
import { derivedSeed } from '../../base/derived-seed.js';
import type { Matrix } from '../../base/shapes.js';
import type { SampleLine } from '../../charts/sample-sheet.js';
import { extent } from '../../charts/ticks.js';
import type { JobOptions } from '../../engine/job.js';
import { firstRows } from '../../engine/rows.js';
import type { Generation } from '../../loops/autophagous-loop.js';
import type { LoopResult } from './loop-result.js';

export interface ImageSize {
  readonly height: number;
  readonly width: number;
}

/** Height and width from "28x28"; their product must be `dim`. */
export function checkImageSize(where: string, value: unknown, dim: number): ImageSize {
  const parts = typeof value === 'string' ? /^([1-9]\d*)x([1-9]\d*)$/.exec(value) : null;
  const [height, width] = [Number(parts?.[1]), Number(parts?.[2])];
  if (height * width !== dim) {
    throw invalid(where, 'image', `be HEIGHTxWIDTH with a product of ${dim}, the columns of the data`, value);
  }
  return { height, width };
}

const mostLines = 10;
const samplesALine = 16;

/** Collects samples of some generations of one run: at most 10, evenly spread, the first and the last among them. */
export class SheetCollector {
  readonly #shown: ReadonlySet<number>;
  readonly #settings: { readonly lambda: number; readonly seed: bigint; readonly job: JobOptions };
  readonly #lines: SampleLine[] = [];

  constructor(generations: number, settings: { lambda: number; seed: bigint; job: JobOptions }) {
    const lines = Math.min(mostLines, generations);
    this.#shown = new Set(
      Array.from({ length: lines }, (_, i) =>
        lines === 1 ? 1 : Math.round(1 + (i * (generations - 1)) / (lines - 1)),
      ),
    );
    this.#settings = settings;
  }

  /** Draws from the model with a seed of its own: the loop's random numbers stay what they are. */
  async visit({ t, model }: Generation): Promise<void> {
    if (!this.#shown.has(t)) return;
    const { lambda, seed, job } = this.#settings;
    const options = { ...job, lambda, seed: derivedSeed(seed, 'sheet', t) };
    this.#lines.push({ label: `t = ${t}`, samples: await model.sample(samplesALine, options) });
  }

  /** The sheet, real rows above; black is the smallest and white the greatest value of these. */
  sheet(
    text: { readonly title: string; readonly subtitle: readonly string[] },
    size: ImageSize,
    real: Matrix,
  ): NonNullable<LoopResult['sheet']> {
    const [black, white] = extent(real.data);
    const shownRows = firstRows(real, Math.min(samplesALine, real.rows));
    return {
      lines: [{ label: 'real', samples: shownRows }, ...this.#lines],
      // A picture of one grey needs two ends, too.
      options: { ...text, ...size, black, white: white > black ? white : black + 1 },
    };
  }
}
