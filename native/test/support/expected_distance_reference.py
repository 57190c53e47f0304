#!/usr/bin/env python3
"""Reference values of f(d, n), the expected squared Wasserstein-2 distance between N(0, I_d) and the Gaussian fitted to
n of its samples, as the C++ table expected_distance_reference.hpp. Takes about half an hour on one core.

    python3 expected_distance_reference.py > expected_distance_reference.hpp      (needs numpy, mpmath and gmpy2)

The method has nothing in common with the library's, which integrates the one-point density. With k = n - 1,
f = d/n + 2 d - 2 E[sum_m sqrt(x_m)]/sqrt(k), where x_1 ... x_M, M = min(d, k), are the non-zero eigenvalues of a real
Wishart matrix, whose joint density is proportional to prod_m x_m^(a_0 - 1) exp(-x_m/2) prod_(i<j) |x_i - x_j|,
a_0 = (|d - k| + 1)/2. By de Bruijn (1955) the integral of prod_m (1 + e g(x_m)) against it is proportional to the
Pfaffian of the skew moments

    A_ij = int int sgn(y - x) x^(a_i - 1) y^(a_j - 1) exp(-(x + y)/2) (1 + e g(x)) (1 + e g(y)) dx dy,   a_i = a_0 + i,

bordered by int x^(a_i - 1) exp(-x/2) (1 + e g(x)) dx where M is odd; so E[sum_m g(x_m)] = d/de ln Pf A at e = 0. With
g = sqrt all moments are 2^(a+b) Gamma(a+b) D(a, b), D(a, b) = B_1/2(a, b) - B_1/2(b, a) (incomplete beta functions),
which follow from D(a, a) = 0, one D(a_0 + 1/2, a_0) and

    (a + b) D(a + 1, b) = a D(a, b) - 2^(1-a-b),    D(a, b + 1) = D(a, b) - D(a + 1, b).

The derivative is a central difference, e = 10^-40. Moments of monomials are extremely ill-conditioned: everything is
done with hundreds or thousands of digits, at two precisions, and the two results must agree to 25 digits.
"""
import math
import sys

import gmpy2
import numpy as np
from mpmath import gamma, mp, mpf, nstr, sqrt

STEP = mpf(10) ** -40


def cases():
    """(d, n): dims and sample counts on both sides of the singular ones, real n, and M small in a large dimension."""
    pairs = set()
    for d in (1, 2, 3, 5, 10, 20, 50, 100):
        pairs |= {(d, n) for n in (2, 3, d - 1, d, d + 1, d + 2, 2 * d, 10 * d, 10**4, 10**5, 10**6) if n >= 2}
    pairs |= {(150, n) for n in (2, 150, 152, 300, 10**4, 10**6)}
    pairs |= {(200, n) for n in (3, 199, 201, 400, 2000, 10**6)}
    pairs |= {(299, n) for n in (2, 298, 300, 2990)}
    pairs |= {(300, n) for n in (3, 299, 300, 301, 302, 600, 10**5, 10**6)}
    pairs |= {(1000, n) for n in (2, 12, 101, 202)} | {(10000, n) for n in (2, 52, 101)}
    pairs |= {(1, 2.5), (2, 3.0625), (3, 4.5), (4, 5.25), (5, 7.25), (10, 11.75), (99, 100.5), (100, 101.25)}
    return sorted(pairs)


def incomplete_beta_half(a, b):
    """B_1/2(a, b) = int_0^(1/2) u^(a-1) (1-u)^(b-1) du, by a series of positive terms."""
    term = total = mpf(1)
    i = 0
    while term > total * mp.eps:
        term *= (a + b + i) / (a + 1 + i) / 2
        total += term
        i += 1
    return total * mpf(2) ** (-a - b) / a


def skew_beta(a, b, corner, size):
    """D(a + i, b + j) for i, j < size, from corner = D(a, b)."""
    table = np.empty((size, size), dtype=object)
    column = [corner]
    for i in range(2 * size - 2):
        column.append(((a + i) * column[i] - mpf(2) ** (1 - a - b - i)) / (a + b + i))
    for j in range(size):
        table[:, j] = column[:size]
        column = [here - below for here, below in zip(column, column[1:])]
    return table


def pfaffian_pivots(matrix):
    """Numbers whose product is the Pfaffian, by elimination in 2 x 2 blocks; only the upper half is used.

    No pivoting: each even leading Pfaffian is the normalising constant of a smaller ensemble, hence positive.
    """
    pivots = []
    for k in range(0, len(matrix), 2):
        pivots.append(matrix[k, k + 1])
        first, second = matrix[k] / pivots[-1], matrix[k + 1]
        for i in range(k + 2, len(matrix) - 1):
            matrix[i, i + 1:] += second[i] * first[i + 1:] - first[i] * second[i + 1:]
    return pivots


def expected_root_trace(count, a, digits):
    """E[sum_m sqrt(x_m)] of count eigenvalues with weight x^(a - 1) exp(-x/2)."""
    mp.dps = digits
    gmpy2.set_context(gmpy2.context(precision=mp.prec, emin=gmpy2.get_emin_min(), emax=gmpy2.get_emax_max()))
    half = mpf(1) / 2
    corner = incomplete_beta_half(a + half, a) - incomplete_beta_half(a, a + half)
    zeroth = skew_beta(a, a, mpf(0), count)
    first = skew_beta(a + half, a, corner, count)
    second = skew_beta(a + half, a + half, mpf(0), count)
    # 2^s Gamma(2a + s)/Gamma(2a) for s = 0, 1, 2, ... and s = 1/2, 3/2, ...; the border likewise with a for 2a
    weights, half_weights = [mpf(1)], [sqrt(mpf(2)) * gamma(2 * a + half) / gamma(2 * a)]
    border, half_border = [mpf(1)], [sqrt(mpf(2)) * gamma(a + half) / gamma(a)]
    for s in range(2 * count):
        weights.append(weights[s] * 2 * (2 * a + s))
        half_weights.append(half_weights[s] * 2 * (2 * a + half + s))
        border.append(border[s] * 2 * (a + s))
        half_border.append(half_border[s] * 2 * (a + half + s))

    size = count + count % 2
    pivots = []
    for e in (-STEP, STEP):
        matrix = np.full((size, size), gmpy2.mpfr(0), dtype=object)
        for i in range(count):
            for j in range(i + 1, count):
                value = weights[i + j] * zeroth[i, j] + e * half_weights[i + j] * (first[i, j] - first[j, i])
                matrix[i, j] = gmpy2.mpfr(mp.nstr(value + e * e * weights[i + j + 1] * second[i, j], digits + 3))
            if size > count:
                matrix[i, count] = gmpy2.mpfr(mp.nstr(border[i] + e * half_border[i], digits + 3))
        pivots.append(pfaffian_pivots(matrix))
    ratio = math.prod(plus / minus for minus, plus in zip(*pivots))
    return mpf(str(gmpy2.log(ratio))) / (2 * STEP)


def expected_distance(d, n):
    k = n - 1
    count = int(min(d, k))
    a = mpf(abs(d - k) + 1) / 2
    digits = 150 + int(count * (1.6 + 0.6 * math.log10(k + d)))
    values = []
    for extra in (0, 60):
        root_trace = expected_root_trace(count, a, digits + extra)
        values.append(mpf(d) / n + 2 * d - 2 * root_trace / sqrt(mpf(k)))
    if abs(values[0] / values[1] - 1) > mpf(10) ** -25:
        raise ArithmeticError(f"d = {d}, n = {n}: {nstr(values[0], 30)} and {nstr(values[1], 30)}: more digits needed")
    return values[1]


def main():
    print("// Expected squared Wasserstein-2 distance between N(0, I_dim) and the Gaussian fitted to samples points of it.")
    print("// Printed by expected_distance_reference.py, which says how; all digits are certain.")
    print("#pragma once\n\n#include <cstddef>\n")
    print("struct ExpectedDistanceReference {\n  std::size_t dim;\n  double samples;\n  double value;\n};\n")
    print("inline constexpr ExpectedDistanceReference expectedDistanceReferences[] = {")
    for d, n in cases():
        print(f"    {{{d}, {n:.17g}, {nstr(expected_distance(d, n), 20)}}},", flush=True)
        print(d, n, file=sys.stderr, flush=True)
    print("};")


if __name__ == "__main__":
    main()
