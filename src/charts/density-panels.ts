// Densities in the plane as grey pictures side by side.

import { matrix } from '../base/matrix.js';
import type { Matrix } from '../base/shapes.js';
import { mixtureLogDensity } from '../distributions/mixture.js';
import type { JobOptions } from '../engine/job.js';
import { dataUrl, greyscalePng } from '../files/png.js';
import { type Axis, axes, roomLeft } from './axes.js';
import { type Block, below, beside, type Chart, chartOf } from './chart.js';
import { element, together } from './markup.js';
import { numberText } from './numbers.js';
import { linearTicks } from './ticks.js';

export interface PlaneComponent {
  readonly weight: number;
  readonly mean: readonly [number, number];
  /** Variance of x, covariance, variance of y. */
  readonly covariance: readonly [number, number, number];
}

/** A square of cells x cells pixels from -side to side on both axes. */
interface PictureGrid {
  readonly side: number;
  readonly cells: number;
}

/**
 * The logarithm of a mixture's density as grey values, the top row first: black at its greatest, white `decades` decades
 * below and less. The density is first convolved with a Gaussian of a pixel's standard deviation, so that a component
 * much smaller than a pixel shows, too.
 */
export async function densityPicture(
  components: readonly PlaneComponent[],
  { side, cells, decades }: PictureGrid & { readonly decades: number },
  job: JobOptions,
): Promise<Uint8Array> {
  const pixel = (2 * side) / cells;
  const points = new Float64Array(2 * cells * cells);
  for (let i = 0; i < cells * cells; i += 1) {
    points[2 * i] = ((i % cells) + 0.5) * pixel - side;
    points[2 * i + 1] = side - (Math.floor(i / cells) + 0.5) * pixel;
  }
  const mixture = {
    weights: Float64Array.from(components, ({ weight }) => weight),
    means: matrix(Float64Array.from(components.flatMap(({ mean }) => mean)), components.length, 2),
    covariance: 'full',
    covariances: Float64Array.from(
      components.flatMap(({ covariance: [xx, xy, yy] }) => [xx + pixel ** 2, xy, xy, yy + pixel ** 2]),
    ),
  } as const;
  const logDensities = await mixtureLogDensity(mixture, matrix(points, cells * cells, 2), job);
  const greatest = logDensities.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  return Uint8Array.from(logDensities, (value) =>
    Math.round(255 * Math.min(1, (greatest - value) / (decades * Math.LN10))),
  );
}

export interface DensityPanel {
  readonly label: string;
  /** Grey values, cells x cells, the top row first. */
  readonly pixels: Uint8Array;
}

export interface DensityPanels extends PictureGrid {
  readonly title: string;
  readonly subtitle: readonly string[];
  readonly columns: number;
  /** Row by row. */
  readonly panels: readonly DensityPanel[];
  /** Drawn around these points, in units of the data. */
  readonly circles: { readonly centres: Matrix; readonly radius: number };
}

const panelSide = 230;
const circleColour = '#56B4E9';

/** The pictures in rows, each with its axes and the circles. */
export function densityPanels({ title, subtitle, columns, panels, ...figure }: DensityPanels): Chart {
  const blocks = panels.map((panel) => panelBlock(panel, figure));
  const rows = Array.from({ length: Math.ceil(panels.length / columns) }, (_, row) =>
    beside(10, blocks.slice(row * columns, (row + 1) * columns)),
  );
  return chartOf(title, subtitle, below(8, rows));
}

function panelBlock(
  { label, pixels }: DensityPanel,
  { side, cells, circles }: Pick<DensityPanels, 'side' | 'cells' | 'circles'>,
): Block {
  const scale = panelSide / (2 * side);
  const { centres, radius } = circles;
  const numbers = linearTicks(-side, side, 5);
  const axis = (at: (tick: number) => number): Axis => ({
    title: '',
    ticks: numbers.map((tick) => ({ at: at(tick), label: numberText(tick) })),
  });
  const left = roomLeft(axis(() => 0));
  const top = 22;
  const frame = { left, top, right: left + panelSide, bottom: top + panelSide };
  return {
    width: frame.right,
    height: frame.bottom + 22,
    markup: together(
      element('text', { x: left, y: 14, 'font-size': 11.5 }, label),
      element('image', {
        x: left,
        y: top,
        width: panelSide,
        height: panelSide,
        'xlink:href': dataUrl(greyscalePng(pixels, cells, cells)),
      }),
      ...Array.from({ length: centres.rows }, (_, k) =>
        element('circle', {
          cx: left + (centres.data[2 * k]! + side) * scale,
          cy: top + (side - centres.data[2 * k + 1]!) * scale,
          r: radius * scale,
          fill: 'none',
          stroke: circleColour,
          'stroke-width': 0.75,
        }),
      ),
      element('path', { fill: 'none', stroke: '#888888', d: `M${left},${top}H${frame.right}V${frame.bottom}` }),
      axes(
        frame,
        axis((tick) => left + (tick + side) * scale),
        axis((tick) => top + (side - tick) * scale),
        false,
      ),
    ),
  };
}
