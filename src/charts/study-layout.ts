// Which of a study's quantities run along the axes of its chart, and which tell charts apart.

import type { StudyAxis, StudyCell, StudyDocument } from '../studies/definition/study-document.js';
import { axisLabel } from './study-axes.js';

/** A quantity that varies in a study. */
export interface Dimension {
  readonly axis: StudyAxis | 'variant' | 'divisor';
  readonly values: readonly (number | string)[];
}

export interface NumericDimension {
  readonly axis: StudyAxis;
  readonly values: readonly number[];
}

/** One chart: the cells that share a value of every further dimension. */
export interface Panel {
  /** An index into the values of each further dimension. */
  readonly at: readonly number[];
  /** "λ = 0.7"; empty where there is one panel. */
  readonly label: string;
  /** A row for each value of `y`, an entry for each of `x`; undefined where the study has no cell. */
  readonly cells: readonly (readonly (StudyCell | undefined)[])[];
}

export interface StudyLayout {
  /** A heat map over x and y, or a curve over x for each value of y. */
  readonly kind: 'heat-map' | 'lines';
  readonly x: NumericDimension;
  /** One value, `y.values.length` = 1, where only one quantity varies. */
  readonly y: NumericDimension;
  readonly further: readonly Dimension[];
  readonly panels: readonly Panel[];
}

/** More curves than this in one chart, and it is drawn as a heat map: there are colours for six. */
const mostCurves = 6;

// The first of two axes in this order is drawn from left to right.
const order: readonly StudyAxis[] = ['real', 'total', 'lambda', 'memory', 'dim', 'realFraction', 'synthetic'];

/** How a study is drawn: the two numeric quantities with most values are its axes. */
export function studyLayout(study: StudyDocument): StudyLayout {
  const dimensions = varyingDimensions(study);
  const numeric = dimensions
    .filter((dimension): dimension is NumericDimension => isNumeric(dimension))
    .sort((a, b) => b.values.length - a.values.length || order.indexOf(a.axis) - order.indexOf(b.axis));
  const first = numeric[0] ?? {
    axis: 'synthetic',
    values: [coordinate(study.cells[0]!, 'synthetic') as number],
  };
  const second = numeric[1] ?? constantBeside(study, first);
  const kind = second.values.length > mostCurves ? 'heat-map' : 'lines';
  const swap = kind === 'heat-map' && order.indexOf(first.axis) > order.indexOf(second.axis);
  const [x, y] = swap ? [second, first] : [first, second];
  const further = dimensions.filter(({ axis }) => axis !== x.axis && axis !== y.axis);
  return { kind, x, y, further, panels: panelsOf(study, x, y, further) };
}

/** What varies: the axes of a grid, or whatever differs between the cells of a list. */
function varyingDimensions(study: StudyDocument): Dimension[] {
  const axes: readonly Dimension['axis'][] =
    study.axes.length > 0
      ? [...study.axes.map(({ axis }) => axis), 'variant', 'divisor']
      : ['dim', 'real', 'synthetic', 'lambda', 'memory', 'variant', 'divisor'];
  return axes
    .map((axis) => ({ axis, values: distinct(study.cells.map((cell) => coordinate(cell, axis))) }))
    .filter(({ values }) => values.length > 1);
}

function constantBeside(study: StudyDocument, { axis }: NumericDimension): NumericDimension {
  const other: StudyAxis = axis === 'lambda' ? 'real' : 'lambda';
  return { axis: other, values: [coordinate(study.cells[0]!, other) as number] };
}

function isNumeric({ axis }: Dimension): boolean {
  return axis !== 'variant' && axis !== 'divisor';
}

/** Where a cell stands on an axis. */
export function coordinate(cell: StudyCell, axis: Dimension['axis']): number | string {
  if (axis === 'variant' || axis === 'divisor') return cell.parameters[axis];
  const parameters: Readonly<Partial<Record<StudyAxis, number>>> = cell.parameters;
  return cell.at[axis] ?? parameters[axis] ?? Number.NaN;
}

function distinct(values: readonly (number | string)[]): (number | string)[] {
  return [...new Set(values)].sort((a, b) => (typeof a === 'number' && typeof b === 'number' ? a - b : 0));
}

function panelsOf(
  study: StudyDocument,
  x: NumericDimension,
  y: NumericDimension,
  further: readonly Dimension[],
): Panel[] {
  const places = new Map<string, StudyCell>();
  const place = (values: readonly (number | string)[]) => values.join(' ');
  for (const cell of study.cells) {
    places.set(place([...further, x, y].map(({ axis }) => coordinate(cell, axis))), cell);
  }
  return combinations(further.map(({ values }) => values.length)).map((at) => {
    const fixed = further.map(({ values }, k) => values[at[k]!]!);
    return {
      at,
      label: further.map(({ axis }, k) => axisLabel(axis, fixed[k]!)).join(', '),
      cells: y.values.map((second) => x.values.map((first) => places.get(place([...fixed, first, second])))),
    };
  });
}

/** Every choice of one index below each of `counts`, the last one running fastest. */
function combinations(counts: readonly number[]): number[][] {
  return counts.reduce<number[][]>(
    (chosen, count) => chosen.flatMap((at) => Array.from({ length: count }, (_, i) => [...at, i])),
    [[]],
  );
}
