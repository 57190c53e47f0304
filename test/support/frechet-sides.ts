// The sides of test/fixtures/frechet/references.json, to the last bit as references.py makes them.

import { readFileSync } from 'node:fs';
import { matrix } from '../../src/base/matrix.js';
import type { Gaussian, Matrix } from '../../src/base/shapes.js';
import { orthonormalised, type Rows, uniformBits } from './numbers.js';

interface RowsSide {
  readonly kind: 'rows';
  readonly n: number;
  readonly dim: number;
  readonly seed: number;
  readonly rank?: number;
  readonly noise?: number;
  readonly step?: number;
  readonly integers?: number;
  readonly repeat?: number;
  readonly reversed?: boolean;
  readonly scale?: number;
  readonly offset?: number;
  readonly float32?: boolean;
}

type CovarianceSide = { readonly dim: number; readonly scale?: number; readonly mean?: number } & (
  | { readonly kind: 'identity' }
  | { readonly kind: 'diagonal' | 'entries'; readonly values: readonly number[] }
  | { readonly kind: 'rotated'; readonly bits: number; readonly seed: number }
  | { readonly kind: 'graded'; readonly step: number; readonly seed: number }
  | {
      readonly kind: 'integers';
      readonly rank: number;
      readonly seed: number;
      readonly rows?: readonly [number, number];
      readonly weight?: number;
    }
  | { readonly kind: 'moments'; readonly of: RowsSide }
);

export type FrechetSide = RowsSide | CovarianceSide;

export interface FrechetCase {
  readonly a: FrechetSide;
  readonly b: FrechetSide;
  /** 25 digits. */
  readonly distance: string;
}

export function frechetCases(): FrechetCase[] {
  return JSON.parse(readFileSync(new URL('../fixtures/frechet/references.json', import.meta.url), 'utf8'));
}

export function sideOf(side: FrechetSide): Matrix | Gaussian {
  if (side.kind === 'rows') {
    const values = rowsOf(side).flat();
    return matrix(side.float32 ? Float32Array.from(values) : Float64Array.from(values), side.n, side.dim);
  }
  const scale = side.scale ?? 0;
  const mean =
    side.kind === 'moments'
      ? meanOf(rowsOf(side.of))
      : meanDraws(side).map((value) => value * 2 ** Math.floor(scale / 2));
  const covariance = covarianceOf(side)
    .flat()
    .map((value) => value * 2 ** scale);
  return { dim: side.dim, mean: Float64Array.from(mean), covariance: Float64Array.from(covariance) };
}

function meanDraws({ dim, mean }: CovarianceSide): number[] {
  const draw = uniforms(mean ?? 0);
  return Array.from({ length: dim }, () => (mean === undefined ? 0 : draw()));
}

function covarianceOf(side: CovarianceSide): Rows {
  const { dim } = side;
  const square = (entry: (i: number, j: number) => number): Rows =>
    Array.from({ length: dim }, (_, i) => Array.from({ length: dim }, (_, j) => entry(i, j)));
  switch (side.kind) {
    case 'identity':
      return square((i, j) => (i === j ? 1 : 0));
    case 'diagonal':
      return square((i, j) => (i === j ? side.values[Math.min(i, side.values.length - 1)]! : 0));
    case 'entries':
      return square((i, j) => side.values[i * dim + j]!);
    case 'rotated': {
      const weights = Array.from({ length: dim }, (_, k) => 2 ** -Math.floor((side.bits * k) / (dim - 1)));
      return gram(orthogonalRows(dim, side.seed), weights, dim);
    }
    case 'graded': {
      const weights = Array.from({ length: dim }, (_, k) => (k % 2 ? 1 : 0.5));
      const c = gram(orthogonalRows(dim, side.seed), weights, dim);
      return square((i, j) => c[i]![j]! * 2 ** (-side.step * (i + j)));
    }
    case 'integers': {
      const draw = uniforms(side.seed);
      const [first, last] = side.rows ?? [0, dim];
      const columns = Array.from({ length: side.rank }, () =>
        Array.from({ length: dim }, (_, i) => (first <= i && i < last ? Math.floor(8 * draw()) : 0)),
      );
      return gram(columns, new Array<number>(side.rank).fill(side.weight ?? 1), dim);
    }
    case 'moments':
      return sampleCovariance(rowsOf(side.of));
  }
}

function meanOf(rows: Rows): number[] {
  return rows[0]!.map((_, j) => rows.reduce((sum, row) => sum + row[j]!, 0) / rows.length);
}

function sampleCovariance(rows: Rows): Rows {
  const mean = meanOf(rows);
  const centred = rows.map((row) => row.map((value, j) => value - mean[j]!));
  return mean.map((_, i) =>
    mean.map((_, j) => centred.reduce((sum, row) => sum + row[i]! * row[j]!, 0) / (rows.length - 1)),
  );
}

function rowsOf(side: RowsSide): Rows {
  const { n, dim } = side;
  const draw = uniforms(side.seed);
  let rows: Rows = Array.from({ length: n }, () => Array.from({ length: dim }, () => draw() + draw() + draw()));
  const change = (to: (value: number, j: number, row: number[]) => number) => {
    rows = rows.map((row) => row.map((value, j) => to(value, j, row)));
  };
  const { rank, noise, step, integers, repeat, scale, offset } = side;
  if (rank !== undefined) change((_, j, row) => row[j % rank]!);
  const other = uniforms(side.seed + 1000);
  if (noise !== undefined) change((value) => value + other() * 2 ** -noise);
  if (step !== undefined) change((value, j) => value * 2 ** (-step * j));
  if (integers !== undefined) change((value) => Math.floor(integers * value));
  if (repeat !== undefined) rows = rows.map((_, i) => rows[i % Math.floor(n / repeat)]!);
  if (side.reversed) rows.reverse();
  change((value) => value * 2 ** (scale ?? 0) + (offset ?? 0));
  if (side.float32) change(Math.fround);
  return rows;
}

function gram(columns: Rows, weights: readonly number[], dim: number): Rows {
  return Array.from({ length: dim }, (_, row) =>
    Array.from({ length: dim }, (_, column) => {
      const [i, j] = [Math.max(row, column), Math.min(row, column)];
      return weights.reduce((sum, weight, k) => sum + columns[k]![i]! * weight * columns[k]![j]!, 0);
    }),
  );
}

function orthogonalRows(dim: number, seed: number): Rows {
  const draw = uniforms(seed);
  return orthonormalised(Array.from({ length: dim }, () => Array.from({ length: dim }, draw)));
}

/** On (-1, 1), of 53 bits: two draws a number. */
function uniforms(seed: number): () => number {
  const draw = uniformBits(seed);
  return () => ((draw() >>> 5) * 2 ** 26 + (draw() >>> 6)) / 2 ** 52 - 1;
}
