// Reproducible numbers for tests, and small linear algebra written to be read rather than to be fast.

/** Integers from 0 to 2^32 - 1, a different stream for each seed (mulberry32). */
export function uniformBits(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = state;
    bits = Math.imul(bits ^ (bits >>> 15), bits | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return (bits ^ (bits >>> 14)) >>> 0;
  };
}

/** Uniform on (0, 1). */
export function uniform(seed: number): () => number {
  const bits = uniformBits(seed);
  return () => (bits() + 0.5) / 2 ** 32;
}

/** Standard normal numbers (Box-Muller). */
export function normal(seed: number): () => number {
  const next = uniform(seed);
  return () => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());
}

/** `length` standard normal numbers. */
export function normals(length: number, seed: number): Float64Array {
  const next = normal(seed);
  return Float64Array.from({ length }, () => next());
}

/** A square matrix by rows. */
export type Rows = number[][];

export function toRows(flat: ArrayLike<number>, cols: number): Rows {
  return Array.from({ length: flat.length / cols }, (_, i) =>
    Array.from({ length: cols }, (_, j) => flat[i * cols + j]!),
  );
}

export function multiply(a: Rows, b: Rows): Rows {
  return a.map((row) => b[0]!.map((_, j) => row.reduce((sum, value, k) => sum + value * b[k]![j]!, 0)));
}

export function transpose(a: Rows): Rows {
  return a[0]!.map((_, j) => a.map((row) => row[j]!));
}

/** A random orthogonal matrix. */
export function orthogonal(dim: number, seed: number): Rows {
  return orthonormalised(toRows(normals(dim * dim, seed), dim));
}

/** Orthonormal rows in place of the given ones, by Gram-Schmidt (twice, for orthogonality to rounding). */
export function orthonormalised(given: Rows): Rows {
  const rows = [...given];
  for (let pass = 0; pass < 2; pass += 1) {
    for (let i = 0; i < rows.length; i += 1) {
      for (let k = 0; k < i; k += 1) {
        const projection = dot(rows[i]!, rows[k]!);
        rows[i] = rows[i]!.map((value, j) => value - projection * rows[k]![j]!);
      }
      const norm = Math.sqrt(dot(rows[i]!, rows[i]!));
      rows[i] = rows[i]!.map((value) => value / norm);
    }
  }
  return rows;
}

export function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

/** Eigenvalues and, as rows, eigenvectors of a symmetric matrix (cyclic Jacobi). */
export function symmetricEigen(a: Rows): { values: number[]; vectors: Rows } {
  const n = a.length;
  const s = a.map((row) => [...row]);
  const v = a.map((_, i) => a.map((_, j) => (i === j ? 1 : 0)));
  for (let sweep = 0; sweep < 60; sweep += 1) {
    let off = 0;
    for (let p = 0; p < n; p += 1) for (let q = p + 1; q < n; q += 1) off += s[p]![q]! ** 2;
    if (off === 0) break;
    for (let p = 0; p < n; p += 1) {
      for (let q = p + 1; q < n; q += 1) rotate(s, v, p, q);
    }
  }
  return { values: s.map((row, i) => row[i]!), vectors: v };
}

function rotate(s: Rows, v: Rows, p: number, q: number): void {
  const element = s[p]![q]!;
  if (Math.abs(element) < 1e-300) {
    s[p]![q] = s[q]![p] = 0;
    return;
  }
  const theta = (s[q]![q]! - s[p]![p]!) / (2 * element);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const sine = t * c;
  for (let k = 0; k < s.length; k += 1) {
    const [kp, kq] = [s[k]![p]!, s[k]![q]!];
    s[k]![p] = c * kp - sine * kq;
    s[k]![q] = sine * kp + c * kq;
  }
  for (let k = 0; k < s.length; k += 1) {
    const [pk, qk] = [s[p]![k]!, s[q]![k]!];
    s[p]![k] = c * pk - sine * qk;
    s[q]![k] = sine * pk + c * qk;
    const [vp, vq] = [v[p]![k]!, v[q]![k]!];
    v[p]![k] = c * vp - sine * vq;
    v[q]![k] = sine * vp + c * vq;
  }
}
