// What all charts share: fonts, sizes, greys.

/** A Vega-Lite specification. */
export type Specification = Readonly<Record<string, unknown>>;

export const schema = 'https://vega.github.io/schema/vega-lite/v6.json';

export const chartConfig = {
  font: 'DejaVu Sans, Verdana, sans-serif',
  title: { fontSize: 14, subtitleFontSize: 11, anchor: 'start', subtitlePadding: 4, offset: 12 },
  axis: { labelFontSize: 11, titleFontSize: 12, titleFontWeight: 'normal', gridColor: '#e6e6e6' },
  legend: { labelFontSize: 11, titleFontSize: 11, titleFontWeight: 'normal', labelLimit: 0, symbolSize: 300 },
  view: { stroke: null },
};
