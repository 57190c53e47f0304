// Samples of some generations to look at, where rows are images.

import { invalid } from '../base/check.js';
import { derivedSeed } from '../base/derived-seed.js';
import { checked } from '../base/options.js';
import { entryOf, type Schedule } from '../base/schedule.js';
import type { Matrix } from '../base/shapes.js';
import type { JobOptions } from '../engine/job.js';
import type { Generation } from './autophagous-loop.js';

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
).optional();

/** Height and width from "28x28"; NaN from anything else. */
export function imageSizeOf(text: unknown): ImageSize {
  const parts = typeof text === 'string' ? /^([1-9]\d*)x([1-9]\d*)$/.exec(text) : null;
  return { height: Number(parts?.[1]), width: Number(parts?.[2]) };
}

const mostLines = 10;

/** Samples of a generation that are shown. */
export const samplesALine = 16;

/** The generations that are shown: at most 10, evenly spread, the first and the last among them. */
export function shownGenerations(generations: number): number[] {
  const lines = Math.min(mostLines, generations);
  return Array.from({ length: lines }, (_, i) =>
    lines === 1 ? 1 : Math.round(1 + (i * (generations - 1)) / (lines - 1)),
  );
}

/** Draws from the model with a seed of its own, and the bias of the next generation: the loop's random numbers stay what they are. */
export async function drawShown(
  { t, model }: Pick<Generation, 't' | 'model'>,
  { lambda, seed, job }: { readonly lambda: Schedule; readonly seed: bigint; readonly job: JobOptions },
): Promise<Matrix> {
  return model.sample(samplesALine, {
    ...job,
    lambda: entryOf(lambda, t),
    seed: derivedSeed(seed, 'sheet', t),
  });
}
