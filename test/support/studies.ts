// Studies made from formulas, for tests of what is drawn from a study. Nothing is simulated.

import type {
  StudyAxis,
  StudyCell,
  StudyCellResult,
  StudyDocument,
} from '../../src/studies/definition/study-document.js';
import { resolveStudy, type StudyDefinition } from '../../src/studies/definition/study-plan.js';

type Point = Partial<Record<StudyAxis, number>>;

/**
 * To leading order (large n): the covariance shrinks by s = p / (1 - lambda q), which costs d (1 - sqrt(s))^2, and estimation
 * costs c / (n_r (1 + q)) with c = d + d (d + 1) / 4.
 */
export function formulaResult({ dim, real, synthetic, lambda }: StudyCell['parameters']): StudyCellResult {
  const share = synthetic / (real + synthetic);
  const shrunk = (1 - share) / (1 - lambda * share);
  const cost = dim + (dim * (dim + 1)) / 4;
  const distance = dim * (1 - Math.sqrt(shrunk)) ** 2 + (cost * shrunk) / (real * (1 + share));
  const standardError = 1e-3 * distance;
  const samples = cost / distance;
  const ratio = samples / real;
  const [low, high] = [ratio * (1 - 2e-3), ratio * (1 + 2e-3)];
  return {
    distance,
    standardError,
    effectiveSampleSize: samples,
    low: samples * (1 - 2e-3),
    high: samples * (1 + 2e-3),
    ratio,
    ratioLow: low,
    ratioHigh: high,
    admissible: low > 1 ? true : high < 1 ? false : 'undecided',
    bounded: 'yes',
    generations: 12000,
    chains: 64,
    varianceReduction: 1 + 100 * share,
  };
}

export function studyCell(at: Point, result?: StudyCellResult | null): StudyCell {
  const { total, realFraction, ...given } = at;
  const counts =
    total === undefined || realFraction === undefined
      ? {}
      : {
          real: Math.round(total * realFraction),
          synthetic: total - Math.round(total * realFraction),
        };
  const parameters = {
    dim: 100,
    real: 1000,
    synthetic: 1000,
    lambda: 1,
    memory: 1,
    variant: 'fresh-data',
    divisor: 'unbiased',
    ...given,
    ...counts,
  };
  return { parameters, at, result: result === undefined ? formulaResult(parameters) : result };
}

/** A grid over these axes, the last one running fastest. */
export function gridStudy(
  axes: StudyDocument['axes'],
  changes: (cell: StudyCell, index: number) => StudyCell = (cell) => cell,
): StudyDocument {
  const points = axes.reduce<Point[]>(
    (chosen, { axis, values }) =>
      chosen.flatMap((point) => values.map((value) => ({ ...point, [axis]: value }))),
    [{}],
  );
  return {
    ...frame,
    axes,
    cells: points.map((at, i) => changes(studyCell(at), i)),
  };
}

const frame = {
  name: 'formula',
  title: 'A study made from formulas',
  fixed: { dim: 100, variant: 'fresh-data' },
  relativeError: 1e-3,
  seed: '0',
  method: 'monte-carlo',
  provenance: { madloop: '0.0.0', instructionSet: 'none', created: '2026-01-01T00:00:00.000Z' },
} as const;

/** `count` numbers from `first` to `last`, rounded, equally far apart in the logarithm. */
export function logarithmicRange(first: number, last: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => Math.round(first * (last / first) ** (i / (count - 1))));
}

/** Three heat maps with everything that a cell can be: refused, not finished, undecided, beyond any bound. */
export function mapStudy(points = 20): StudyDocument {
  const study = gridStudy(
    [
      { axis: 'lambda', values: [0.7, 0.85, 1] },
      { axis: 'real', values: logarithmicRange(100, 1000, points) },
      { axis: 'synthetic', values: logarithmicRange(100, 10000, points) },
    ],
    (cell, index) => {
      if (index === 1) return { ...cell, result: null, error: 'ERR_NO_VARIANCE: no variance <here>' };
      if (index === 2) return { ...cell, result: null };
      if (index === 3) {
        const unbounded = { effectiveSampleSize: null, low: null, high: null };
        const ratio = { ratio: null, ratioLow: null, ratioHigh: null };
        return {
          ...cell,
          result: { ...cell.result!, ...unbounded, ...ratio, admissible: false, bounded: 'below-2' },
        };
      }
      return cell;
    },
  );
  return { ...study, title: 'Three maps', fixed: { dim: 100, variant: 'fresh-data', memory: 1 } };
}

/** A curve over n for each of five shares of real samples. */
export function linesStudy(): StudyDocument {
  const study = gridStudy([
    { axis: 'realFraction', values: [1, 0.1, 0.03, 0.01, 0.003] },
    { axis: 'total', values: [1000, 3000, 10000, 30000, 100000] },
  ]);
  return { ...study, name: 'lines', title: 'Curves over n', fixed: { variant: 'fresh-data', lambda: 1 } };
}

/** What a run of the study would give, by the formulas. */
export function formulaStudy(definition: StudyDefinition): StudyDocument {
  const { name, title, axes, fixed, relativeError, seed, cells } = resolveStudy('test', definition);
  return {
    ...frame,
    ...{ name, title, axes, fixed, relativeError, seed: String(seed) },
    cells: cells.map(({ parameters: { dim, real, synthetic, lambda, memory, variant, divisor }, at }) => {
      const parameters = { dim, real, synthetic, lambda, memory, variant, divisor };
      return { parameters, at, result: formulaResult(parameters) };
    }),
  };
}
