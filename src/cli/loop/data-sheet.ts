// The sheet of sample images of `madloop loop --data --image`.

import { invalid } from '../../base/check.js';
import { derivedSeed } from '../../base/derived-seed.js';
import { checked } from '../../base/options.js';
import { entryOf, type Schedule } from '../../base/schedule.js';
import type { Matrix } from '../../base/shapes.js';
import { extent } from '../../charts/ticks.js';
import type { JobOptions } from '../../engine/job.js';
import { firstRows } from '../../engine/rows.js';
import type { Generation } from '../../loops/autophagous-loop.js';
import type { LoopResult } from './loop-result.js';

export interface ImageSize {
  readonly height: number;
  readonly width: number;
}

export const imageOption = checked(
  'HEIGHTxWIDTH',
  (where, argument, value, { cols }: { readonly cols: number }) => {
    const { height, width } = imageSizeOf(value);
    if (height * width === cols) return `${height}x${width}`;
    const requirement = `be HEIGHTxWIDTH with a product of ${cols}, the columns of the data`;
    throw invalid(where, argument, requirement, value);
  },
)
  .optional()
  .doc('rows are images of this height and width, of which loop-samples.svg and .png show some')
  .flag('<HxW>');

/** Height and width from "28x28"; NaN from anything else. */
export function imageSizeOf(text: unknown): ImageSize {
  const parts = typeof text === 'string' ? /^([1-9]\d*)x([1-9]\d*)$/.exec(text) : null;
  return { height: Number(parts?.[1]), width: Number(parts?.[2]) };
}

const mostLines = 10;
const samplesALine = 16;

/** What keeps samples to show of a run that can go on later. */
export interface ShownSamples {
  keepShown(t: number, samples: Matrix): Promise<void>;
  shown(t: number): Promise<Matrix>;
}

/**
 * Collects samples of some generations of one run: at most 10, evenly spread, the first and the last among them. Of a run that can go on,
 * perhaps to more generations, those of all are kept.
 */
export class SheetCollector {
  readonly #shown: readonly number[];
  readonly #settings: { readonly lambda: Schedule; readonly seed: bigint; readonly job: JobOptions };
  readonly #kept: ShownSamples | undefined;
  readonly #samples = new Map<number, Matrix>();

  constructor(
    generations: number,
    settings: { lambda: Schedule; seed: bigint; job: JobOptions },
    kept: ShownSamples | undefined,
  ) {
    const lines = Math.min(mostLines, generations);
    this.#shown = Array.from({ length: lines }, (_, i) =>
      lines === 1 ? 1 : Math.round(1 + (i * (generations - 1)) / (lines - 1)),
    );
    this.#settings = settings;
    this.#kept = kept;
  }

  /** Draws from the model with a seed of its own: the loop's random numbers stay what they are. */
  async visit({ t, model }: Generation): Promise<void> {
    if (this.#kept === undefined && !this.#shown.includes(t)) return;
    const { lambda, seed, job } = this.#settings;
    const options = { ...job, lambda: entryOf(lambda, t), seed: derivedSeed(seed, 'sheet', t) };
    const samples = await model.sample(samplesALine, options);
    if (this.#kept === undefined) this.#samples.set(t, samples);
    else await this.#kept.keepShown(t, samples);
  }

  /** The sheet, real rows above; black is the smallest and white the greatest value of these. */
  async sheet(
    text: { readonly title: string; readonly subtitle: readonly string[] },
    size: ImageSize,
    real: Matrix,
  ): Promise<NonNullable<LoopResult['sheet']>> {
    const [black, white] = extent(real.data);
    const lines = [{ label: 'real', samples: firstRows(real, Math.min(samplesALine, real.rows)) }];
    for (const t of this.#shown) {
      lines.push({ label: `t = ${t}`, samples: this.#samples.get(t) ?? (await this.#kept!.shown(t)) });
    }
    // A picture of one grey needs two ends, too.
    return { lines, options: { ...text, ...size, black, white: white > black ? white : black + 1 } };
  }
}
