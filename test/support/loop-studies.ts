// Studies of loops made from formulas, for tests of what is drawn from them. Nothing is simulated.

import { meanAndError } from '../../src/base/mean-and-error.js';
import { studentHalfWidth } from '../../src/distributions/student-t.js';
import type {
  LoopAxisValue,
  LoopStudyCell,
  LoopStudyDocument,
} from '../../src/studies/definition/loop-study-document.js';

type Axes = LoopStudyDocument['axes'];

const replicates = 4;
const generations = 5;

/** Distances that grow with t, of which every cell has its own level. */
function cellOf(at: LoopStudyCell['at'], index: number): LoopStudyCell {
  const runs = (scale: number) =>
    Array.from({ length: replicates }, (_, r) =>
      Float64Array.from({ length: generations }, (_, i) => scale * (1 + index + i + r / 10)),
    );
  const metric = (values: readonly Float64Array[]) => {
    const estimates = Array.from({ length: generations }, (_, i) => meanAndError(values.map((run) => run[i]!)));
    return {
      mean: estimates.map(({ mean }) => mean),
      standardError: estimates.map(({ standardError }) => standardError),
      final: estimates.at(-1)!,
      replicates: values,
    };
  };
  return {
    parameters: { variant: 'fresh-data', dim: 2, real: 10, synthetic: 20, lambda: 1, generations, ...at },
    at,
    finished: replicates,
    result: { generations, metrics: { trace: metric(runs(-1)), distance: metric(runs(1)) }, verdict: null },
  };
}

/** A grid over these axes, the last one running fastest. */
export function loopStudy(
  axes: Axes,
  changes: (cell: LoopStudyCell, index: number) => LoopStudyCell = (cell) => cell,
): LoopStudyDocument {
  const places = axes.reduce<Record<string, LoopAxisValue>[]>(
    (chosen, { axis, values }) =>
      chosen.flatMap((place) => values.map((value) => ({ ...place, [axis]: value }))),
    [{}],
  );
  return {
    ...{
      kind: 'loop',
      name: 'formula',
      title: 'Loops made from formulas',
      axes,
      fixed: { dim: 2 },
      replicates,
    },
    intervalFactor: studentHalfWidth(replicates - 1, 0.95),
    seed: '0',
    provenance: { madloop: '0.0.0', instructionSet: 'none', created: '2026-01-01T00:00:00.000Z' },
    cells: places.map((at, i) => changes(cellOf(at, i), i)),
  };
}
