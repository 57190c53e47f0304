// The paper's Figure 14: what is left of the 25 modes in generations 1, 200 and 2,000.

import type { Chart } from '../../charts/chart.js';
import { type DensityPanel, densityPanels, densityPicture } from '../../charts/density-panels.js';
import type { JobOptions } from '../../engine/job.js';
import { progressOfParts } from '../../engine/progress-of-parts.js';
import { csvText } from '../../files/csv.js';
import type { FittedGaussianMixture } from '../../models/fitted-gaussian-mixture.js';
import { tableText, wrapped } from '../terminal/table.js';
import {
  centres,
  components,
  deviation,
  lambdas,
  mixtureLoop,
  mixtureLoopParameters,
  modesASide,
  samples,
  spacing,
} from './mixture-loop.js';

export interface Figure14Options {
  readonly generations: number;
  readonly seed: bigint;
}

interface Component {
  readonly weight: number;
  readonly mean: readonly [number, number];
  /** Variance of x, covariance, variance of y. */
  readonly covariance: readonly [number, number, number];
}

interface Picture {
  readonly lambda: number;
  readonly t: number;
  /** The model: those components that have a weight. */
  readonly components: readonly Component[];
}

export interface Figure14 {
  readonly parameters: typeof mixtureLoopParameters & { readonly generations: number; readonly seed: string };
  readonly pictures: readonly Picture[];
}

/** The models of generations 1, a tenth of all, and the last one. */
export async function computeFigure14(
  { generations, seed }: Figure14Options,
  job: JobOptions,
): Promise<Figure14> {
  const shown = new Set([1, Math.ceil(generations / 10), generations]);
  const progress = progressOfParts(
    job,
    lambdas.map(() => generations),
  );
  const pictures: Picture[] = [];
  for (const lambda of lambdas) {
    const loop = { lambda, generations, seed, replicates: 1, metrics: [] };
    const visitFirst = ({ t, model }: { t: number; model: FittedGaussianMixture }) => {
      if (shown.has(t)) pictures.push({ lambda, t, components: componentsOf(model) });
    };
    await mixtureLoop({ ...loop, visitFirst }, progress());
  }
  return { parameters: { ...mixtureLoopParameters, generations, seed: String(seed) }, pictures };
}

function componentsOf({ weights, means, covariances }: FittedGaussianMixture): Component[] {
  const all = Array.from(weights, (weight, k): Component => {
    const [xx, xy, , yy] = covariances.subarray(4 * k, 4 * k + 4);
    return {
      weight,
      mean: [means.data[2 * k]!, means.data[2 * k + 1]!],
      covariance: [xx!, xy!, yy!],
    };
  });
  return all.filter(({ weight }) => weight > 0);
}

/** Modes that have a component, and the components' variances. */
export function figure14Table({ pictures }: Figure14): string {
  const rows = pictures.map(({ lambda, t, components: alive }) => {
    const weights = alive.map(({ weight }) => weight);
    const variance = alive.reduce((sum, { covariance: [xx, , yy] }) => sum + xx + yy, 0) / alive.length;
    return [
      String(lambda),
      String(t),
      `${aliveModes(alive)} of ${components}`,
      `${Math.min(...weights).toPrecision(2)} to ${Math.max(...weights).toPrecision(2)}`,
      variance.toPrecision(3),
    ];
  });
  return [
    tableText(['lambda', 't', 'modes alive', 'their weights', 'average modal variance'], rows),
    '',
    wrapped(
      `Real: ${components} modes of weight ${1 / components} and variance ${(2 * deviation ** 2).toPrecision(2)}. One run of the loop for each lambda.`,
    ),
  ].join('\n');
}

/** Modes to whose centre some component is nearest. */
function aliveModes(alive: readonly Component[]): number {
  const nearest = alive.map(({ mean: [x, y] }) => `${step(x)} ${step(y)}`);
  return new Set(nearest).size;
}

/** The nearest step of the grid along an axis. */
function step(x: number): number {
  return Math.min(modesASide - 1, Math.max(0, Math.round(x / spacing + (modesASide - 1) / 2)));
}

export function figure14Csv({ pictures }: Figure14): string {
  return csvText(
    ['lambda', 't', 'weight', 'meanX', 'meanY', 'varianceX', 'covarianceXY', 'varianceY'],
    pictures.flatMap(({ lambda, t, components: alive }) =>
      alive.map(({ weight, mean, covariance }) => [lambda, t, weight, ...mean, ...covariance]),
    ),
  );
}

const side = 0.5 * spacing * modesASide + 2 * deviation; // half of a panel's, in units of the data
const cells = 400; // along each axis
const decades = 3;

export async function figure14Chart({ pictures }: Figure14, job: JobOptions): Promise<Chart> {
  const panels: DensityPanel[] = [];
  for (const { lambda, t, components: alive } of pictures) {
    panels.push({
      label: `λ = ${lambda}, t = ${t.toLocaleString('en-US')}: ${aliveModes(alive)} modes`,
      pixels: await densityPicture(alive, { side, cells, decades }, job),
    });
  }
  return densityPanels({
    title: 'Modes die out in the fully synthetic loop',
    subtitle: [
      `25 modes (blue circles: 3 standard deviations), mixture of 25 Gaussians, n = ${samples.toLocaleString('en-US')}, one run for each λ.`,
      `Logarithm of the model's density from a panel's greatest (black) down by ${decades} decades (white), smoothed over a pixel.`,
    ],
    columns: panels.length / lambdas.length,
    panels,
    side,
    cells,
    circles: { centres, radius: 3 * deviation },
  });
}
