// Charts of curves.

import { resolve } from '../base/options.js';
import { type Frame, roomBelow, roomLeft } from './axes.js';
import { type Block, beside, type Chart, chartOf } from './chart.js';
import { type Legend, legendBlock } from './legend.js';
import {
  type CheckedLineChart,
  type LineChart,
  type LineCharts,
  lineChartOptions,
  lineChartsOptions,
} from './line-chart-data.js';
import { curveLook, labelsOf, linePlot, linePlotScales } from './line-plot.js';
import { element, together } from './markup.js';

/**
 * Draws curves over one axis: lines with bands of error, or points with error bars, and a legend.
 *
 * The vertical axis is logarithmic where the values (with the levels) span more than a factor of 30, else it begins at
 * zero; where a curve has two finite `bounds` it is linear and has both. There are six colours and shapes of points and four dash patterns; more labels than these begin again.
 *
 * Throws ERR_INVALID_INPUT: a member that is missing, unknown or of another type, no curve, a curve without points, an x
 * that is not finite (or, on a logarithmic axis, not positive), a negative error.
 *
 * @example
 * const { svg } = lineChart({
 *   xTitle: 'generation t',
 *   yTitle: 'distance',
 *   curves: [{ points: [{ x: 1, y: 2.5, error: 0.2 }, { x: 2, y: 3.1, error: 0.2 }] }],
 * });
 */
export function lineChart(chart: LineChart): Chart {
  const checked = resolve({ where: 'lineChart', argument: 'chart', required: true }, chart, lineChartOptions);
  const plot = plotBlock({ ...checked, title: '' }, 480, 300);
  return chartOf(checked.title, checked.subtitle, beside(18, [plot, legendBlock(legendsOf(checked))]));
}

/**
 * Draws line charts beside each other under one title. Charts whose legends are the same share one.
 *
 * Throws ERR_INVALID_INPUT as `lineChart` does.
 *
 * @example
 * const { svg } = lineCharts({ title: 'Quality and diversity', charts: [precisionChart, recallChart] });
 */
export function lineCharts(charts: LineCharts): Chart {
  const checked = resolve(
    { where: 'lineCharts', argument: 'charts', required: true },
    charts,
    lineChartsOptions,
  );
  const plots = checked.charts.map((chart) => plotBlock(chart, 236, 220));
  const legends = checked.charts.map((chart) => legendsOf(chart));
  const texts = legends.map((legend) => JSON.stringify(legend));
  // One legend where all charts have the same; it stands on the right of the last.
  const shared = texts.every((text) => text === texts[0]);
  const blocks = plots.map((plot, i) =>
    shared && i < plots.length - 1 ? plot : beside(14, [plot, legendBlock(legends[i]!)]),
  );
  return chartOf(checked.title, checked.subtitle, beside(26, blocks));
}

/** A chart with its own title, if it has one, above the plot of `width` x `height`. */
function plotBlock(chart: CheckedLineChart, width: number, height: number): Block {
  const top = chart.title === '' ? 8 : 26;
  const draft: Frame = { left: 0, top, right: width, bottom: top + height };
  const left = roomLeft(linePlotScales(chart, draft).axes.y);
  const frame = { ...draft, left, right: left + width };
  return {
    width: frame.right + 8,
    height: frame.bottom + roomBelow,
    markup: together(
      ...(chart.title === ''
        ? []
        : [
            element(
              'text',
              { x: left + width / 2, y: 14, 'text-anchor': 'middle', 'font-size': 12 },
              chart.title,
            ),
          ]),
      linePlot(chart, frame),
    ),
  };
}

function legendsOf(chart: CheckedLineChart): Legend[] {
  const { curves, colourTitle, dashTitle } = chart;
  const colours = labelsOf(curves, 'colour');
  const patterns = labelsOf(curves, 'dash');
  return [
    {
      title: colourTitle,
      entries: colours.map((label) => {
        const { colour, shape } = curveLook({ colour: label }, chart);
        const some = curves.filter((curve) => curve.colour === label);
        return {
          label,
          swatch: together(
            ...(some.every(({ dots }) => dots) ? [] : [swatchLine(colour)]),
            ...(some.some(({ dots }) => dots) ? [swatchPoint(colour, shape)] : []),
          ),
        };
      }),
    },
    {
      title: dashTitle,
      entries: patterns.map((label) => {
        const look = curveLook({ dash: label }, chart);
        // Where nothing else has colours, the curves' own.
        const colour = colours.length === 0 ? look.colour : '#333333';
        const withDots = colours.length === 0 && curves.some((curve) => curve.dash === label && curve.dots);
        return {
          label,
          swatch: together(
            swatchLine(colour, look.dash),
            ...(withDots ? [swatchPoint(colour, look.shape)] : []),
          ),
        };
      }),
    },
  ];
}

function swatchLine(colour: string, dash?: string) {
  return element('path', {
    fill: 'none',
    stroke: colour,
    'stroke-width': 2,
    'stroke-dasharray': dash,
    d: 'M-12,0H12',
  });
}

function swatchPoint(colour: string, shape: string) {
  return element('path', { fill: colour, d: `M0,0${shape}` });
}
