// What a heat map shows.

import { checkChoice, checkNumber, checkOptions, invalid, mustError } from '../base/check.js';
import type { AxisKind } from './axis-scale.js';
import { checkList, checkText, checkTexts } from './check-chart.js';
import { axisKinds } from './line-chart-data.js';
import { type CellMark, cellMarks } from './marks.js';

/** An axis of a map. Cells meet half way between its values. */
export interface MapAxis {
  readonly title: string;
  /** Ascending, all different. */
  readonly values: readonly number[];
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

export interface HeatMap {
  readonly title?: string | undefined;
  /** Lines below the title. */
  readonly subtitle?: readonly string[] | undefined;
  readonly x: MapAxis;
  readonly y: MapAxis;
  readonly panels: readonly HeatMapPanel[];
  readonly colours: MapColours;
  /** What the numbers are. */
  readonly colourTitle: string;
  /** A line where the numbers pass a value, interpolated between cells; in the logarithm unless `colours` is 'linear'. */
  readonly level?: { readonly value: number; readonly label: string } | undefined;
  /** What the marks that are used say. */
  readonly markLabels?: Readonly<Partial<Record<CellMark, string>>> | undefined;
}

const markNames = Object.keys(cellMarks) as CellMark[];

/** A map that can be drawn. Errors: ERR_INVALID_INPUT. */
export function checkHeatMap(where: string, value: unknown): HeatMap {
  if (value === undefined) throw invalid(where, 'map', 'be an object', value);
  const given = checkOptions(where, 'map', value, [
    'title',
    'subtitle',
    'x',
    'y',
    'panels',
    'colours',
    'colourTitle',
    'level',
    'markLabels',
  ]);
  const [x, y] = [checkAxis(where, 'x', given.x), checkAxis(where, 'y', given.y)];
  const labels = checkOptions(where, 'markLabels', given.markLabels, markNames);
  const used = Object.entries(labels).filter(([, label]) => label !== undefined);
  return {
    title: checkText(where, 'title', given.title ?? ''),
    subtitle: checkTexts(where, 'subtitle', given.subtitle ?? []),
    x,
    y,
    panels: checkList(where, 'panels', given.panels, 1).map((panel, i) =>
      checkPanel(where, `panels[${i}]`, panel, y.values.length, x.values.length),
    ),
    colours: checkChoice(where, 'colours', given.colours, ['ratio', 'logarithmic', 'linear']),
    colourTitle: checkText(where, 'colourTitle', given.colourTitle),
    level: given.level === undefined ? undefined : checkLevel(where, given.level, given.colours === 'linear'),
    markLabels: Object.fromEntries(
      used.map(([mark, label]) => [mark, checkText(where, `markLabels.${mark}`, label)]),
    ),
  };
}

function checkAxis(where: string, argument: string, value: unknown): MapAxis {
  const {
    title,
    values,
    scale = 'linear',
  } = checkOptions(where, argument, value, ['title', 'values', 'scale']);
  const kind = checkChoice(where, `${argument}.scale`, scale, axisKinds);
  const numbers = checkList(where, `${argument}.values`, values, 1).map((number, i) => {
    const name = `${argument}.values[${i}]`;
    if (typeof number !== 'number' || !Number.isFinite(number))
      throw invalid(where, name, 'be a finite number', number);
    if (kind === 'logarithmic' && number <= 0)
      throw invalid(where, name, 'be positive on a logarithmic axis', number);
    return number;
  });
  const wrong = numbers.findIndex((number, i) => i > 0 && number <= numbers[i - 1]!);
  if (wrong > 0) {
    throw invalid(
      where,
      `${argument}.values[${wrong}]`,
      `be above the one before, ${numbers[wrong - 1]}`,
      numbers[wrong],
    );
  }
  return { title: checkText(where, `${argument}.title`, title), values: numbers, scale: kind };
}

function checkPanel(
  where: string,
  argument: string,
  value: unknown,
  rows: number,
  columns: number,
): HeatMapPanel {
  const given = checkOptions(where, argument, value, ['title', 'values', 'marks', 'levelOf']);
  const table = <Entry>(
    name: string,
    rowsOf: unknown,
    check: (entry: unknown, at: string) => Entry,
  ): Entry[][] => {
    const at = `${argument}.${name}`;
    return checkShape(where, at, rowsOf, rows, 'y').map((row, j) =>
      checkShape(where, `${at}[${j}]`, row, columns, 'x').map((entry, i) => check(entry, `${at}[${j}][${i}]`)),
    );
  };
  const number = (entry: unknown, at: string): number | undefined => {
    if (entry !== undefined && typeof entry !== 'number')
      throw invalid(where, at, 'be a number or undefined', entry);
    return entry;
  };
  const mark = (entry: unknown, at: string): CellMark | undefined =>
    entry === undefined ? undefined : checkChoice(where, at, entry, markNames);
  return {
    title: checkText(where, `${argument}.title`, given.title ?? ''),
    values: table('values', given.values, number),
    ...(given.marks !== undefined && { marks: table('marks', given.marks, mark) }),
    ...(given.levelOf !== undefined && { levelOf: table('levelOf', given.levelOf, number) }),
  };
}

function checkShape(
  where: string,
  argument: string,
  value: unknown,
  length: number,
  axis: string,
): readonly unknown[] {
  const list = checkList(where, argument, value, 0);
  if (list.length !== length) {
    throw mustError(where, argument, `have length ${length}, that of ${axis}.values`, String(list.length));
  }
  return list;
}

function checkLevel(where: string, level: unknown, linear: boolean): { value: number; label: string } {
  const { value, label } = checkOptions(where, 'level', level, ['value', 'label']);
  const least = linear ? Number.NEGATIVE_INFINITY : Number.MIN_VALUE;
  return {
    value: checkNumber(where, 'level.value', value, least, Number.MAX_VALUE),
    label: checkText(where, 'level.label', label ?? ''),
  };
}
