import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reading } from '../../src/charts/cell-state.js';
import { studyScale } from '../../src/charts/study-axes.js';
import { studyLayout } from '../../src/charts/study-layout.js';
import { thresholdLines } from '../../src/charts/threshold.js';
import { zeroContour } from '../../src/charts/threshold-contour.js';
import { formulaResult, mapStudy } from '../support/studies.js';

const range = (count: number) => Array.from({ length: count }, (_, i) => i);
const field = (n: number, value: (x: number, y: number) => number) =>
  range(n).map((y) => range(n).map((x) => value(x, y)));

describe('the contour', () => {
  test('of a plane is its line, in one piece, exactly', () => {
    const lines = zeroContour(
      range(6),
      range(6),
      field(6, (x, y) => x + 2 * y - 5.5),
    );
    expect(lines).toHaveLength(1);
    for (const [x, y] of lines[0]!) expect(x + 2 * y).toBeCloseTo(5.5, 12);
    const ends = [lines[0]![0]!, lines[0]!.at(-1)!].sort(([a], [b]) => a - b);
    expect(ends).toEqual([
      [0, 2.75],
      [5, 0.25],
    ]);
  });

  test('of a hill closes', () => {
    const lines = zeroContour(
      range(9),
      range(9),
      field(9, (x, y) => 6 - (x - 4) ** 2 - (y - 4) ** 2),
    );
    expect(lines).toHaveLength(1);
    expect(lines[0]!.at(-1)).toEqual(lines[0]![0]);
    for (const [x, y] of lines[0]!) expect(Math.hypot(x - 4, y - 4)).toBeCloseTo(Math.sqrt(6), 0);
  });

  test('at a saddle keeps together what the middle joins', () => {
    const joined = zeroContour(
      [0, 1],
      [0, 1],
      [
        [3, -1],
        [-1, 3],
      ],
    );
    // The positive corners (0, 0) and (1, 1) hang together: each line cuts off a negative one.
    const corners = joined.map((line) => line.map(([x, y]) => [x, y])).sort();
    expect(corners).toHaveLength(2);
    for (const line of corners) {
      const nearRight = line.every(([x, y]) => x! > y!);
      const nearTop = line.every(([x, y]) => x! < y!);
      expect(nearRight || nearTop).toBe(true);
    }
  });

  test('leaves out squares with a corner missing, and has no line where nothing changes sign', () => {
    const values = field(5, (x) => x - 1.5);
    values[2]![2] = Number.NaN;
    const lines = zeroContour(range(5), range(5), values);
    expect(lines.map((line) => line.map(([, y]) => y).sort())).toEqual([
      [0, 1],
      [3, 4],
    ]);
    expect(
      zeroContour(
        range(3),
        range(3),
        field(3, () => 1),
      ),
    ).toEqual([]);
  });

  // Along any row of the grid, every change of sign is crossed by exactly one point, at its place.
  test('passes through every change of sign', () => {
    const number = fc.integer({ min: -9, max: 9 }).map((value) => value + 0.5);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(number, number, number, number), { minLength: 4, maxLength: 4 }),
        (rows) => {
          const points = new Set(
            zeroContour(range(4), range(4), rows)
              .flat()
              .map(([x, y]) => `${x.toFixed(9)} ${y.toFixed(9)}`),
          );
          const expected = new Set<string>();
          for (let j = 0; j < 4; ++j) {
            for (let i = 0; i < 3; ++i) {
              const [a, b] = [rows[j]![i]!, rows[j]![i + 1]!];
              if (a > 0 !== b > 0) expected.add(`${(i + a / (a - b)).toFixed(9)} ${j.toFixed(9)}`);
              const [c, d] = [rows[i]![j]!, rows[i + 1]![j]!];
              if (c > 0 !== d > 0) expected.add(`${j.toFixed(9)} ${(i + c / (c - d)).toFixed(9)}`);
            }
          }
          expect(points).toEqual(expected);
        },
      ),
    );
  });
});

test('the threshold of a study is where its formula has n_e = n_r', () => {
  const study = mapStudy();
  const layout = studyLayout(study);
  const [x, y] = [layout.x, layout.y].map(({ axis, values }) => studyScale(axis, values));
  const { parameters } = study.cells[0]!;
  for (const [panel, lambda] of [0.7, 0.85, 1].entries()) {
    const logarithms = layout.panels[panel]!.cells.map((row) =>
      row.map((cell) => Math.log(reading(cell, 'ratio').value)),
    );
    const lines = thresholdLines(logarithms, x!, y!);
    expect(lines).toHaveLength(lambda < 1 ? 1 : 0);
    for (const [px, py] of lines.flat()) {
      // Interpolation between cells a factor of 1.27 apart in n_s costs a little; so does going on to the edge of the chart.
      const { ratio } = formulaResult({ ...parameters, lambda, real: 10 ** px, synthetic: 10 ** py });
      expect(Math.abs(Math.log(ratio!))).toBeLessThan(0.01);
    }
    // From edge to edge.
    if (lambda < 1) {
      const ends = [lines[0]![0]![0], lines[0]!.at(-1)![0]].sort();
      expect(ends).toEqual([x!.edges[0], x!.edges.at(-1)]);
    }
  }
});
