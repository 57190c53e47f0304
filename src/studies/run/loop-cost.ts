// What a run of a loop takes, about: for plans and schedules alone. Constants are of one core of a server of 2020; they are right to
// a factor of three or so.

import { entriesOf, type Schedule } from '../../base/schedule.js';
import { heldOutOfReference } from '../../loops/named-reference.js';
import { asGiven } from '../definition/loop-cell.js';
import type { LoopParameters } from '../definition/loop-study-document.js';

interface Cost {
  readonly dim: number;
  readonly generations: number;
  readonly real: Schedule;
  readonly synthetic: Schedule;
  readonly memory: number;
  readonly pool: string;
  readonly engine?: string;
  readonly model?: string;
  readonly components?: number;
  readonly metrics?: readonly string[];
  readonly heldOut?: number;
}

/** Seconds, measured on one core at 1 to 100 dimensions. */
const seconds = {
  /** A generation on sufficient statistics: these, and so much a dimension and cubed dimension. */
  ofMoments: 2e-6,
  dimension: 3.4e-7,
  cube: 2e-10,
  /** A generation that draws samples: its calls, each number drawn, each product of a fit. */
  ofSamples: 2.5e-3,
  normal: 1e-8,
  product: 3e-10,
  /** Of a mixture: each component, row and squared dimension, all steps of a fit together. */
  mixture: 8e-9,
  /** Nobody knows what a program of the user's takes. */
  ofProcess: 5,
};

/** Seconds of one core for one run of a cell's loop. */
export function loopSeconds(parameters: LoopParameters): number {
  const cost = asGiven(parameters) as unknown as Cost;
  const { model, engine, generations, memory } = cost;
  if (model === 'process') return generations * seconds.ofProcess;
  if (model !== undefined) return generations * (seconds.ofSamples + ofRows(cost) + ofMetrics(cost));
  const drawn = engine === 'samples' ? ofRows(cost) : 0;
  return generations * (ofMoments(cost) * Math.min(memory, generations) + drawn);
}

function ofMoments({ dim }: Pick<Cost, 'dim'>): number {
  return seconds.ofMoments + seconds.dimension * dim + seconds.cube * dim ** 3;
}

/** To draw a training set, and to fit the model to it. */
function ofRows(cost: Cost): number {
  const { dim, model, components = 1 } = cost;
  const fit = model === 'gmm' ? seconds.mixture * components : seconds.product;
  return rowsOf(cost) * dim * (seconds.normal + fit * dim);
}

function ofMetrics({ dim, metrics = [], heldOut = heldOutOfReference }: Cost): number {
  const comparesPairs = metrics.some((name) => samplePairs.has(name));
  return ofMoments({ dim }) + (comparesPairs ? 3 * heldOut * heldOut * dim * seconds.product : 0);
}

/** Metrics that compare every pair of samples. */
const samplePairs: ReadonlySet<string> = new Set(['precision', 'recall', 'density', 'coverage']);

/** Rows of a training set, of the last generations. */
function rowsOf({ real, synthetic, pool, generations }: Cost): number {
  const pooled = pool === 'latest' ? 1 : generations / 2;
  return entriesOf(real).at(-1)! + pooled * entriesOf(synthetic).at(-1)!;
}
