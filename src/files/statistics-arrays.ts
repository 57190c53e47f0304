// Which arrays of an .npz file are statistics: a mean and a covariance.

import { turn } from '../base/abortable.js';
import type { Matrix } from '../base/shapes.js';

/** The names of a mean and a covariance. */
export interface StatisticsNames {
  readonly mean: string;
  readonly covariance: string;
  /** What made the features, where the names say it. */
  readonly model?: string;
}

/** Names of statistics of no model: of pytorch-fid, clean-fid, TTUR and ADM's evaluator, and of chainer-gan-lib. */
const plainNames: readonly StatisticsNames[] = [
  { mean: 'mu', covariance: 'sigma' },
  { mean: 'mean', covariance: 'cov' },
];

/** The statistics among arrays of these names: all plain ones, else those of each model, as fadtk names them. */
export function statisticsAmong(arrayNames: readonly string[]): StatisticsNames[] {
  const has = (name: string) => arrayNames.includes(name);
  const plain = plainNames.filter(({ mean, covariance }) => has(mean) && has(covariance));
  if (plain.length > 0) return plain;
  return arrayNames
    .map((mean) => statisticsNames(mean, mean.replace(/\.mu$/, '.cov')))
    .filter(({ model, covariance }) => model !== undefined && has(covariance));
}

/** A mean and a covariance of these names, and the model in them: "clap" of clap.mu and clap.cov. */
export function statisticsNames(mean: string, covariance: string): StatisticsNames {
  const model = /^(.+)\.mu$/su.exec(mean)?.[1];
  return model !== undefined && covariance === `${model}.cov`
    ? { mean, covariance, model }
    : { mean, covariance };
}

/** Entries looked at between turns of the event loop: every second one lies in another line of the cache. */
const entriesInTurn = 2 ** 16;

/**
 * Whether a matrix may be a covariance, as features are not by chance: square, symmetric up to the rounding of float32 or of entries in
 * float16, and no minor of one or two rows negative.
 */
export async function mayBeCovariance({ data, rows, cols }: Matrix): Promise<boolean> {
  if (rows !== cols) return false;
  let largest = 0;
  for (let i = 0; i < rows; i += 1) largest = Math.max(largest, Math.abs(data[i * cols + i]!));
  // In arrays of any type, since wider ones may hold what was rounded. Float32 as the engine judges it.
  const tolerance = Math.max(2 * (rows + 8) * 2 ** -23, 2 ** -9) * largest;
  let looked = 0;
  for (let i = 0; i < rows; i += 1) {
    const variance = data[i * cols + i]!;
    if (!(variance >= 0)) return false;
    for (let j = 0; j < i; j += 1) {
      const below = data[i * cols + j]!;
      const above = data[j * cols + i]!;
      if (!(Math.abs(below - above) <= tolerance)) return false;
      if (!(Math.abs(below) <= Math.sqrt(variance) * Math.sqrt(data[j * cols + j]!) + tolerance)) return false;
    }
    looked += i;
    if (looked > entriesInTurn) {
      looked = 0;
      await turn();
    }
  }
  return true;
}
