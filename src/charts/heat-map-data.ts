// What a heat map shows.

import { invalid, mustError } from '../base/check.js';
import {
  checked,
  finite,
  group,
  integer,
  list,
  type Option,
  object,
  oneOf,
  string,
  type TableOf,
  type ValuesOf,
} from '../base/options.js';
import type { AxisKind } from './axis-scale.js';
import { axisKinds } from './line-chart-data.js';
import { type CellMark, cellMarks } from './marks.js';
import { titleOptions } from './title-options.js';

/** An axis of a map. Cells meet half way between its values. */
export interface MapAxis<Values = readonly number[]> {
  readonly title: string;
  /** Ascending, all different. */
  readonly values: Values;
  /** How they stand: 'ordinal' puts them one step apart. Default 'linear'. */
  readonly scale?: AxisKind | undefined;
}

/** One map of several with the same axes and colours. */
export interface HeatMapPanel {
  /** Above the panel. */
  readonly title?: string | undefined;
  /** A row for each value of y, a number for each of x. NaN: a cell without a number, drawn grey; undefined: no cell. */
  readonly values: readonly (readonly (number | undefined)[])[];
  /** Marks in the middle of cells, by the same rows and columns. */
  readonly marks?: readonly (readonly (CellMark | undefined)[])[] | undefined;
  /** The numbers whose level is drawn, by the same rows and columns. Default: `values`. */
  readonly levelOf?: readonly (readonly (number | undefined)[])[] | undefined;
}

/**
 * Which colours numbers have: 'ratio' in the logarithm with a neutral 1, blue above and brown below, a ratio as strong as
 * its reciprocal; 'logarithmic' and 'linear' from dark to light over the numbers there are. With 'ratio' and
 * 'logarithmic', numbers that are not positive have the colour of the lower end, Infinity that of the upper one.
 */
export type MapColours = 'ratio' | 'logarithmic' | 'linear';

export interface HeatMap<AxisValues = readonly number[]> {
  readonly title?: string | undefined;
  /** Lines below the title. */
  readonly subtitle?: readonly string[] | undefined;
  readonly x: MapAxis<AxisValues>;
  readonly y: MapAxis<AxisValues>;
  readonly panels: readonly HeatMapPanel[];
  readonly colours: MapColours;
  /** What the numbers are. */
  readonly colourTitle: string;
  /** A line where the numbers pass a value, interpolated between cells; in the logarithm unless `colours` is 'linear'. */
  readonly level?: { readonly value: number; readonly label: string } | undefined;
  /** A cell with a circle around its middle, in every panel, and what that says. */
  readonly point?: { readonly column: number; readonly row: number; readonly label: string } | undefined;
  /** What the marks that are used say. */
  readonly markLabels?: Readonly<Partial<Record<CellMark, string>>> | undefined;
}

const axisOptions = {
  title: string().doc('of the axis'),
  values: list(finite(), 1)
    .and((where, argument, values, { scale }: { readonly scale: AxisKind }) => {
      values.forEach((number, i) => {
        const name = `${argument}[${i}]`;
        if (scale === 'logarithmic' && number <= 0)
          throw invalid(where, name, 'be positive on a logarithmic axis', number);
        if (i > 0 && number <= values[i - 1]!)
          throw invalid(where, name, `be above the one before, ${values[i - 1]}`, number);
      });
    })
    .allow('array of numbers')
    .doc('ascending; on a logarithmic axis positive'),
  scale: oneOf(axisKinds).or('linear').doc("how they stand; 'ordinal' puts them one step apart"),
} satisfies TableOf<MapAxis>;

interface Axes {
  readonly x: ValuesOf<typeof axisOptions>;
  readonly y: ValuesOf<typeof axisOptions>;
}

const cellNumber = checked('number or undefined', (where, argument, value) => {
  if (value !== undefined && typeof value !== 'number')
    throw invalid(where, argument, 'be a number or undefined', value);
  return value;
});

const cellMark = oneOf(Object.keys(cellMarks) as CellMark[]);

const panelOptions = {
  title: string().or('', 'none').doc('above the panel'),
  values: grid(cellNumber)
    .allow('rows of numbers')
    .doc('a row for each value of y; NaN: a cell without a number, drawn grey; undefined: no cell'),
  marks: grid(cellMark.optional())
    .allow(`rows of ${cellMark.facts.allowed}`)
    .optional('none')
    .doc('in the middle of cells; undefined: none'),
  levelOf: grid(cellNumber).allow('rows of numbers').optional('values').doc('the numbers whose level is drawn'),
} satisfies TableOf<HeatMapPanel>;

const mapColours = ['ratio', 'logarithmic', 'linear'] as const;

const levelOptions = {
  value: finite()
    .and((where, argument, value, { colours }: { readonly colours: MapColours }) => {
      if (colours !== 'linear' && value <= 0)
        throw invalid(where, argument, "be positive unless colours is 'linear'", value);
    })
    .doc('there is a line where the numbers pass it; without level there is none'),
  label: string().or('', 'none').doc('what the line says'),
} satisfies TableOf<NonNullable<HeatMap['level']>>;

const pointOptions = {
  column: integer(0, ({ x }: Axes) => x.values.length - 1)
    .allow('integer')
    .doc('of the cell with a circle around its middle, from 0; without point there is none'),
  row: integer(0, ({ y }: Axes) => y.values.length - 1)
    .allow('integer')
    .doc('of that cell, from 0'),
  label: string().or('', 'none').doc('what the circle says'),
} satisfies TableOf<NonNullable<HeatMap['point']>>;

const markLabel = string().optional('none').doc('what the mark says');

export const heatMapOptions = {
  ...titleOptions,
  x: object(axisOptions),
  y: object(axisOptions),
  panels: list(object(panelOptions, ['x', 'y']), 1),
  colours: oneOf(mapColours).doc("'ratio' is neutral at 1; the others run from dark to light"),
  colourTitle: string().doc('what the numbers are'),
  level: object(levelOptions, ['colours']).optional('none'),
  point: object(pointOptions, ['x', 'y']).optional('none'),
  markLabels: group({
    stroke: markLabel,
    ring: markLabel,
    cross: markLabel,
    dash: markLabel,
    square: markLabel,
  }),
} satisfies TableOf<HeatMap>;

/** A row for each value of y, an entry for each of x. */
function grid<Entry>(entry: Option<Entry>): Option<readonly (readonly Entry[])[], Axes> {
  return list(list(entry)).and((where, argument, rows, { x, y }: Axes) => {
    checkLength(where, argument, rows, 'y', y);
    for (const [j, row] of rows.entries()) checkLength(where, `${argument}[${j}]`, row, 'x', x);
  });
}

function checkLength(
  where: string,
  argument: string,
  entries: readonly unknown[],
  axis: string,
  { values }: Axes['x'],
) {
  if (entries.length === values.length) return;
  const requirement = `have length ${values.length}, that of ${axis}.values`;
  throw mustError(where, argument, requirement, String(entries.length));
}
