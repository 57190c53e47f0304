// The cells of a grid over axes, and of a list.

import { mustError } from '../../base/check.js';
import { MadloopError } from '../../base/errors.js';

// Every cell is held in memory, and a mistyped range should not fill it.
export const mostCells = 100_000;

/** Where a cell stands: a value by axis. */
export type Place<Axis extends string, Value> = Partial<Record<Axis, Value>>;

/** Values by axis, in the order in which the axes of a grid vary: the last one fastest. */
export type ValuesByAxis<Axis extends string, Value> = ReadonlyMap<Axis, readonly Value[]>;

export interface CellsOfAxes<Axis extends string, Value, Parameters> {
  /** Those with several values; none of a list of cells. */
  readonly axes: readonly { readonly axis: Axis; readonly values: readonly Value[] }[];
  /** The others' values. */
  readonly fixed: Readonly<Place<Axis, Value>>;
  readonly cells: readonly { readonly parameters: Parameters; readonly at: Readonly<Place<Axis, Value>> }[];
}

/** The parameters of a cell from the values that were given for it. Throws ERR_INVALID_INPUT. */
type ParametersAt<Axis extends string, Value, Parameters> = (at: Readonly<Place<Axis, Value>>) => Parameters;

/** A cell for every choice of a value on each axis. */
export function cellsOfGrid<Axis extends string, Value, Parameters>(
  where: string,
  given: ValuesByAxis<Axis, Value>,
  parametersAt: ParametersAt<Axis, Value, Parameters>,
): CellsOfAxes<Axis, Value, Parameters> {
  const axes = [...given].filter(([, { length }]) => length > 1).map(([axis, values]) => ({ axis, values }));
  const fixed: Place<Axis, Value> = {};
  for (const [axis, [value, ...others]] of given) if (others.length === 0) fixed[axis] = value!;
  const count = axes.reduce((product, { values }) => product * values.length, 1);
  if (count > mostCells) throw mustError(where, 'the grid', `have at most ${mostCells} cells`, String(count));
  const cells = Array.from({ length: count }, (_, index) => {
    const at: Place<Axis, Value> = {};
    let block = count;
    for (const { axis, values } of axes) {
      block /= values.length;
      at[axis] = values[Math.floor(index / block) % values.length]!;
    }
    try {
      return { parameters: parametersAt({ ...fixed, ...at }), at };
    } catch (error) {
      throw axes.length === 0 ? error : inCell(where, `the cell ${JSON.stringify(at)}`, error);
    }
  });
  return { axes, fixed, cells };
}

/** The cells of a list; what one leaves out is the single value of the axis. */
export function cellsOfList<Axis extends string, Value, Parameters>(
  where: string,
  list: readonly Readonly<Place<Axis, Value>>[],
  given: ValuesByAxis<Axis, Value>,
  parametersAt: ParametersAt<Axis, Value, Parameters>,
): CellsOfAxes<Axis, Value, Parameters> {
  const fixed: Place<Axis, Value> = {};
  for (const [axis, several] of given) {
    if (several.length > 1) {
      throw mustError(where, axis, 'be a single value beside a list of cells', `${several.length} values`);
    }
    fixed[axis] = several[0]!;
  }
  const cells = list.map((at, index) => {
    try {
      return { parameters: parametersAt({ ...fixed, ...at }), at };
    } catch (error) {
      throw inCell(where, `cells[${index}]`, error);
    }
  });
  return { axes: [], fixed, cells };
}

/** An error of the cell's own check, with the cell's name. */
function inCell(where: string, name: string, error: unknown): unknown {
  if (!(error instanceof MadloopError)) return error;
  const message = error.message.replace(`${where}: `, `${where}: ${name}: `);
  return new MadloopError(error.code, message, { cause: error });
}
