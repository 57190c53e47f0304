// Exact moments of the fresh data loop with memory 1 and reference N(0, I): in every generation n_r fresh real and n_s
// synthetic samples, pooled. Also right at n_r = 0, the fully synthetic loop: every identity is a sum over training samples,
// so a polynomial in n_r over powers of N and N - 1.
//
// Derivation: with rows z ~ N(m, V), E[z'Az z'Bz] = (tr AV + m'Am)(tr BV + m'Bm) + 2 tr AVBV + 4 m'AVBm (Isserlis 1918);
// the pooled scatter is W_d(n_r - 1, I) + W_d(n_s - 1, lambda Sigma) + (n_r n_s / N) D D' with D the difference of the two
// sample means, and Cov(D, mu') = (I - lambda Sigma) / N.

import { fixedPoint, type LinearRecursion, trajectory } from './linear-recursion.js';

export interface FreshDataLoop {
  readonly dim: number;
  readonly real: number;
  readonly synthetic: number;
  readonly lambda: number;
  /** Divisor of fitted covariances: N - 1 ('unbiased', the default) or N ('mle'). */
  readonly divisor?: 'unbiased' | 'mle';
}

/** m = E|mu|^2 and s = E tr Sigma of one generation. */
export interface FirstMoments {
  readonly m: number;
  readonly s: number;
}

/** Also a = E tr Sigma^2, b = E (tr Sigma)^2, c = E|mu|^4, e = E mu' Sigma mu, f = E|mu|^2 tr Sigma. */
export interface SecondMoments extends FirstMoments {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly e: number;
  readonly f: number;
}

/** (m, s) -> (m', s'):  m' = q^2 m + (lambda q / N) s + d p / N,  s' = kappa m + lambda q s + d p. */
export function firstMomentRecursion({
  dim,
  real,
  synthetic,
  lambda,
  divisor,
}: FreshDataLoop): LinearRecursion {
  const total = real + synthetic;
  const p = real / total;
  const q = synthetic / total;
  const kappa = (real * synthetic) / (total * (total - 1));
  const shrinkage = divisor === 'mle' ? (total - 1) / total : 1;
  return {
    matrix: [
      [q * q, (lambda * q) / total],
      [shrinkage * kappa, shrinkage * lambda * q],
    ],
    constant: [(dim * p) / total, shrinkage * dim * p],
  };
}

/** The spectral radius of that recursion for the unbiased divisor: the rate at which n_ini is forgotten. */
export function forgettingRate({ real, synthetic, lambda }: FreshDataLoop): number {
  const total = real + synthetic;
  const q = synthetic / total;
  const kappa = (real * synthetic) / (total * (total - 1));
  const difference = q * q - lambda * q;
  return (q * q + lambda * q + Math.sqrt(difference * difference + (4 * kappa * lambda * q) / total)) / 2;
}

/** Its fixed point in closed form, for the unbiased divisor. */
export function stationaryFirstMoments({ dim, real, synthetic, lambda }: FreshDataLoop): FirstMoments {
  const total = real + synthetic;
  const p = real / total;
  const q = synthetic / total;
  const sigma = (p * (1 + q + q / (total - 1))) / ((1 - lambda * q) * (1 + q) - (lambda * q * q) / (total - 1));
  return { m: (dim * (p + lambda * q * sigma)) / (total * p * (1 + q)), s: dim * sigma };
}

/** The lambda from which on E tr Sigma diverges. */
export function firstMomentThreshold({ real, synthetic }: Pick<FreshDataLoop, 'real' | 'synthetic'>): number {
  const total = real + synthetic;
  const q = synthetic / total;
  return (1 + q) / (q * (1 + q + q / (total - 1)));
}

/** (m, s, a, b, c, e, f) of one generation -> of the next. */
export function secondMomentRecursion({
  dim,
  real,
  synthetic,
  lambda,
  divisor,
}: FreshDataLoop): LinearRecursion {
  const d = dim;
  const r = real;
  const n = synthetic;
  const N = r + n;
  const L = lambda;
  const g = n * N + r - n;
  const covariance2 = (N * (N - 1)) ** 2;
  const mean4 = N ** 4;
  const mixed = N ** 3 * (N - 1);
  const unbiased = [
    scaled(N * N, [n * n, L * n, 0, 0, 0, 0, 0], d * r),
    scaled(N * (N - 1), [r * n, L * n * (N - 1), 0, 0, 0, 0, 0], d * r * (N - 1)),
    scaled(
      covariance2,
      [
        2 * r * n * (d * n + r * N - r + n),
        2 * L * r * n * (d + N * N - 2 * N + 2),
        L * L * n * (n * N * N + r * r - 2 * r - n * n),
        L * L * n * (N * N - 2 * r - n),
        (r * n) ** 2,
        2 * L * r * n * g,
        2 * L * r * r * n,
      ],
      d * r * (d * (N * N - r - 2 * n) + r * N * N - r * r + n * n - 2 * n),
    ),
    scaled(
      covariance2,
      [
        2 * r * n * (d * r * (N - 1) + 2 * n),
        2 * L * r * n * (d * (N - 1) ** 2 + 2),
        2 * L * L * n * (N * N - 2 * r - n),
        (L * n * (N - 1)) ** 2,
        (r * n) ** 2,
        4 * L * r * r * n,
        2 * L * r * n * n * (N - 1),
      ],
      d * r * (d * r * (N - 1) ** 2 + 2 * (N * N - r - 2 * n)),
    ),
    scaled(
      mean4,
      [
        2 * r * n * n * (d + 2),
        2 * L * r * n * (d + 2),
        2 * (L * n) ** 2,
        (L * n) ** 2,
        n ** 4,
        4 * L * n ** 3,
        2 * L * n ** 3,
      ],
      d * (d + 2) * r * r,
    ),
    scaled(
      mixed,
      [
        r * n * (g - 2 * n - 2 * d * n),
        2 * L * r * n * (N - d - 2),
        L * L * n * g,
        L * L * r * n,
        r * n ** 3,
        L * n * n * (g + 2 * r),
        2 * L * r * n * n,
      ],
      d * r * (d * n + r * N - r + n),
    ),
    scaled(
      mixed,
      [
        r * n * (d * g - 4 * n),
        2 * L * r * n * (d * (N - 1) - 2),
        2 * L * L * r * n,
        (L * n) ** 2 * (N - 1),
        r * n ** 3,
        4 * L * r * n * n,
        L * n * n * g,
      ],
      d * r * (d * r * (N - 1) + 2 * n),
    ),
  ];
  // The maximum likelihood covariance is (N - 1) / N of the unbiased one.
  const shrinkage = divisor === 'mle' ? (N - 1) / N : 1;
  const rows = unbiased.map(([row, constant], i) => {
    const factor = shrinkage ** degreesInSigma[i]!;
    return [row.map((value) => factor * value), factor * constant] as const;
  });
  return { matrix: rows.map(([row]) => row), constant: rows.map(([, constant]) => constant) };
}

/** How often Sigma occurs in m, s, a, b, c, e, f. */
const degreesInSigma = [0, 1, 2, 2, 0, 1, 1];

function scaled(divisor: number, row: number[], constant: number): readonly [number[], number] {
  return [row.map((value) => value / divisor), constant / divisor];
}

/** Generation 1, fitted to `initial` real samples. */
export function generationOneMoments(
  dim: number,
  initial: number,
  divisor?: 'unbiased' | 'mle',
): SecondMoments {
  const d = dim;
  const k = initial - 1;
  const shrinkage = divisor === 'mle' ? k / initial : 1;
  return {
    m: d / initial,
    s: shrinkage * d,
    a: (shrinkage ** 2 * d * (k + 1 + d)) / k,
    b: shrinkage ** 2 * (d * d + (2 * d) / k),
    c: (d * (d + 2)) / initial ** 2,
    e: (shrinkage * d) / initial,
    f: (shrinkage * d * d) / initial,
  };
}

/** Generations 1, 2, ... of the loop. */
export function freshDataMoments(loop: FreshDataLoop, initial: number, generations: number): SecondMoments[] {
  const first = generationOneMoments(loop.dim, initial, loop.divisor);
  return trajectory(secondMomentRecursion(loop), toVector(first), generations).map(fromVector);
}

/** The limit for t -> infinity, where the recursion contracts. */
export function stationarySecondMoments(loop: FreshDataLoop): SecondMoments {
  return fromVector(fixedPoint(secondMomentRecursion(loop)));
}

function toVector({ m, s, a, b, c, e, f }: SecondMoments): number[] {
  return [m, s, a, b, c, e, f];
}

function fromVector(z: readonly number[]): SecondMoments {
  const [m, s, a, b, c, e, f] = z as [number, number, number, number, number, number, number];
  return { m, s, a, b, c, e, f };
}

/**
 * Bounds of E distance = m + s + d - 2 E tr Sigma^(1/2). Above: E tr Sigma^(1/2) >= d sqrt(sbar) (1 - v / 2), from
 * sqrt(1 + u) >= 1 + u / 2 - u^2 / 2 for u >= -1. Below: Jensen, E tr Sigma^(1/2) <= sqrt(d s).
 */
export function distanceBracket(dim: number, { m, s, a }: SecondMoments): { lower: number; upper: number } {
  const mean = s / dim;
  const v = (a - 2 * mean * s + dim * mean * mean) / (dim * mean * mean);
  return {
    lower: m + s + dim - 2 * Math.sqrt(dim * s),
    upper: m + s + dim - 2 * dim * Math.sqrt(mean) * (1 - v / 2),
  };
}
