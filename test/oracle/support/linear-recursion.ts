/** z' = matrix z + constant. */
export interface LinearRecursion {
  readonly matrix: readonly (readonly number[])[];
  readonly constant: readonly number[];
}

export function step({ matrix, constant }: LinearRecursion, z: readonly number[]): number[] {
  return matrix.map((row, i) => row.reduce((sum, value, j) => sum + value * z[j]!, constant[i]!));
}

/** The values in generations 1, 2, ..., given those of generation 1. */
export function trajectory(
  recursion: LinearRecursion,
  first: readonly number[],
  generations: number,
): number[][] {
  const values = [[...first]];
  while (values.length < generations) values.push(step(recursion, values.at(-1)!));
  return values;
}

/** (I - matrix)^-1 constant, by Gaussian elimination with row pivoting. */
export function fixedPoint({ matrix, constant }: LinearRecursion): number[] {
  const size = constant.length;
  const rows = matrix.map((row, i) => [...row.map((value, j) => Number(i === j) - value), constant[i]!]);
  for (let column = 0; column < size; column += 1) {
    let pivot = column;
    for (let i = column + 1; i < size; i += 1) {
      if (Math.abs(rows[i]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = i;
    }
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    for (let i = 0; i < size; i += 1) {
      if (i === column) continue;
      const factor = rows[i]![column]! / rows[column]![column]!;
      for (let j = column; j <= size; j += 1) rows[i]![j]! -= factor * rows[column]![j]!;
    }
  }
  return rows.map((row, i) => row[size]! / row[i]!);
}

/** The spectral radius of the matrix, as the limit of |A^(2^k)|^(1/2^k) (Gelfand), by repeated squaring. */
export function spectralRadius({ matrix }: LinearRecursion): number {
  let power = matrix.map((row) => [...row]);
  let logarithm = 0; // ln rho so far; power is A^(2^k) up to a factor
  let exponent = 1;
  for (let squaring = 0; squaring < 60; squaring += 1) {
    const norm = Math.max(...power.flat().map(Math.abs));
    if (norm === 0) return 0;
    logarithm += Math.log(norm) / exponent;
    const scaled = power.map((row) => row.map((value) => value / norm));
    power = scaled.map((row) =>
      row.map((_, j) => row.reduce((sum, value, l) => sum + value * scaled[l]![j]!, 0)),
    );
    exponent *= 2;
  }
  return Math.exp(logarithm);
}
