// Densities in the plane as grey pictures side by side, in one SVG document that holds their pixels.

import { matrix } from '../base/matrix.js';
import type { Matrix } from '../base/shapes.js';
import { mixtureLogDensity } from '../distributions/mixture.js';
import type { JobOptions } from '../engine/job.js';
import { greyscalePng } from '../files/png.js';
import { escapedText, fontFamily } from './svg-text.js';
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

const margin = 14;
const panelSide = 230;
const axisRoom = 24; // left of a panel and below it
const labelRoom = 22; // above it
const gap = 14;
const circleColour = '#56B4E9';

export function densityPanelsSvg(figure: DensityPanels): string {
  const { title, subtitle, columns, panels } = figure;
  const top = margin + 24 + 15 * subtitle.length;
  const rows = Math.ceil(panels.length / columns);
  const stepX = axisRoom + panelSide + gap;
  const stepY = labelRoom + panelSide + axisRoom;
  const width = 2 * margin + columns * stepX - gap;
  const height = top + rows * stepY + margin;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${width}" height="${height}" ` +
      `viewBox="0 0 ${width} ${height}" font-family="${fontFamily}, sans-serif">`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    text(margin, margin + 13, 14, title),
    ...subtitle.map((line, i) => text(margin, margin + 31 + 15 * i, 11, line, '#555')),
    ...panels.flatMap((panel, i) => {
      const x = margin + axisRoom + (i % columns) * stepX;
      const y = top + labelRoom + Math.floor(i / columns) * stepY;
      return [`<g transform="translate(${x} ${y})">`, ...panelContent(panel, figure), '</g>'];
    }),
    '</svg>',
  ].join('\n');
}

/** A panel whose upper left corner is the origin. */
function panelContent({ label, pixels }: DensityPanel, { side, cells, circles }: DensityPanels): string[] {
  const scale = panelSide / (2 * side);
  const png = Buffer.from(greyscalePng(pixels, cells, cells)).toString('base64');
  const { centres, radius } = circles;
  const ticks = linearTicks(-side, side, 5);
  return [
    text(0, -7, 11.5, label),
    `<image width="${panelSide}" height="${panelSide}" xlink:href="data:image/png;base64,${png}"/>`,
    ...Array.from({ length: centres.rows }, (_, k) => {
      const [x, y] = [(centres.data[2 * k]! + side) * scale, (side - centres.data[2 * k + 1]!) * scale];
      return `<circle cx="${x}" cy="${y}" r="${radius * scale}" fill="none" stroke="${circleColour}" stroke-width="0.75"/>`;
    }),
    `<rect width="${panelSide}" height="${panelSide}" fill="none" stroke="#888"/>`,
    ...ticks.flatMap((tick) => {
      const at = (tick + side) * scale;
      return [
        text(at, panelSide + 14, 10, String(tick), '#555', 'middle'),
        text(-6, panelSide - at + 3.5, 10, String(tick), '#555', 'end'),
      ];
    }),
  ];
}

function text(
  x: number,
  y: number,
  size: number,
  content: string,
  colour = '#111',
  anchor: 'start' | 'middle' | 'end' = 'start',
): string {
  return `<text x="${x}" y="${y}" font-size="${size}" fill="${colour}" text-anchor="${anchor}">${escapedText(content)}</text>`;
}
