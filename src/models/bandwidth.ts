// Bandwidths of kernel density estimates, in units of the data's standard deviation.

/** Scott's rule: n^(-1/(d + 4)). (Scott 1992, "Multivariate density estimation", section 6.3.) */
export function scottFactor(count: number, dim: number): number {
  return 1 / root(count, dim + 4);
}

/** Silverman's rule: (n (d + 2) / 4)^(-1/(d + 4)). (Silverman 1986, "Density estimation", equation 4.14.) */
export function silvermanFactor(count: number, dim: number): number {
  return 1 / root((count * (dim + 2)) / 4, dim + 4);
}

/** The positive number whose `degree`th power is `value`, by bisection: Math.pow may differ between machines. */
function root(value: number, degree: number): number {
  let low = Math.min(1, value);
  let high = Math.max(1, value);
  for (;;) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return high;
    if (power(middle, degree) < value) low = middle;
    else high = middle;
  }
}

function power(base: number, exponent: number): number {
  let result = 1;
  let square = base;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}
