// The sheet of sample images of `madloop loop --data --image`.

import type { Schedule } from '../../base/schedule.js';
import type { Matrix } from '../../base/shapes.js';
import { extent } from '../../charts/ticks.js';
import type { JobOptions } from '../../engine/job.js';
import { firstRows } from '../../engine/rows.js';
import type { Generation } from '../../loops/autophagous-loop.js';
import { drawShown, type ImageSize, samplesALine, shownGenerations } from '../../loops/shown-samples.js';
import type { LoopResult } from './loop-result.js';

/** What keeps samples to show of a run that can go on later. */
export interface ShownSamples {
  keepShown(t: number, samples: Matrix): Promise<void>;
  shown(t: number): Promise<Matrix>;
}

/**
 * Collects the samples that are shown of one run. Of a run that can go on, perhaps to more generations, those of all are kept.
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
    this.#shown = shownGenerations(generations);
    this.#settings = settings;
    this.#kept = kept;
  }

  async visit({ t, model }: Generation): Promise<void> {
    if (this.#kept === undefined && !this.#shown.includes(t)) return;
    const samples = await drawShown({ t, model }, this.#settings);
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
