"""Polynomial coefficients of native/core/base/elementary.hpp.

Each function is interpolated at the Chebyshev nodes of its interval in 60-digit arithmetic, and the
coefficients are rounded to float64. Prints them with the largest error of the rounded polynomial.
Needs the Python standard library only: python3 scripts/elementary_coefficients.py
"""

from decimal import Decimal as D
from decimal import getcontext
from math import factorial

getcontext().prec = 60
ONE = D(1)
EPSILON = D(10) ** -58


def power(x, k):
    return x**k if k else ONE  # decimal refuses 0**0


def power_series(term, start=0):
    """Sum of term(k), k = start, start + 1, ..., until it no longer matters."""
    total, k = D(0), start
    while True:
        value = term(k)
        total += value
        if abs(value) < EPSILON:
            return total
        k += 1


def sine(x):
    term, total, k = x, x, 1
    while abs(term) > EPSILON:
        term = -term * x * x / ((2 * k) * (2 * k + 1))
        total += term
        k += 1
    return total


def cosine(x):
    term, total, k = ONE, ONE, 1
    while abs(term) > EPSILON:
        term = -term * x * x / ((2 * k - 1) * (2 * k))
        total += term
        k += 1
    return total


def pi():
    """Machin: pi = 16 arctan(1/5) - 4 arctan(1/239)."""
    arctan = lambda n: power_series(lambda k: D((-1) ** k) / ((2 * k + 1) * D(n) ** (2 * k + 1)))
    return 16 * arctan(5) - 4 * arctan(239)


PI = pi()


def bernoulli_even(count):
    """B_2, B_4, ..., B_2count as exact fractions."""
    from fractions import Fraction
    from math import comb

    b = [Fraction(1)]
    for m in range(1, 2 * count + 1):
        b.append(-sum(comb(m + 1, k) * b[k] for k in range(m)) / (m + 1))
    return b[2::2]


BERNOULLI = bernoulli_even(40)


def log_gamma(x):
    """Stirling's series at x + 40, brought back by the recurrence."""
    shift, y = D(0), x
    while y < 40:
        shift += y.ln()
        y += 1
    series = sum(
        D(b.numerator) / D(b.denominator) / (2 * k * (2 * k - 1)) / y ** (2 * k - 1)
        for k, b in enumerate(BERNOULLI, 1)
    )
    return (y - D("0.5")) * y.ln() - y + (2 * PI).ln() / 2 + series - shift


def interpolate(function, low, high, degree):
    """Monomial coefficients of the interpolant at the Chebyshev nodes of [low, high]."""
    middle, half = (low + high) / 2, (high - low) / 2
    nodes = [middle + half * cosine(PI * (2 * k + 1) / (2 * degree + 2)) for k in range(degree + 1)]
    table = [function(x) for x in nodes]
    for step in range(1, degree + 1):  # Newton's divided differences
        for k in range(degree, step - 1, -1):
            table[k] = (table[k] - table[k - 1]) / (nodes[k] - nodes[k - step])
    coefficients = [table[degree]]
    for k in range(degree - 1, -1, -1):  # expand (x - node) * p + table
        coefficients = [D(0)] + coefficients
        for i in range(len(coefficients) - 1):
            coefficients[i] -= nodes[k] * coefficients[i + 1]
        coefficients[0] += table[k]
    return coefficients


def report(name, function, low, high, degree):
    low, high = D(low), D(high)
    rounded = [float(c) for c in interpolate(function, low, high, degree)]
    worst = D(0)
    for i in range(401):
        x = low + (high - low) * (D(2 * i + 1) / 802)
        value = sum(D(c) * power(x, k) for k, c in enumerate(rounded))
        worst = max(worst, abs(value - function(x)))
    print(f"{name}: degree {degree} on [{float(low):.6g}, {float(high):.6g}], |error| <= {float(worst):.2e}")
    for c in rounded:
        print(f"    {c!r},")


def split(name, value, bits):
    """value = high + low, high with `bits` significant bits."""
    scale = D(2) ** (bits - 1 - int((value.ln() / D(2).ln()).to_integral_value(rounding="ROUND_FLOOR")))
    high = float((value * scale).to_integral_value() / scale)
    print(f"{name}: {high!r} + {float(value - D(high))!r}")


def area_tangent_tail(z):
    """artanh(s)/s - 1 over z = s^2."""
    return power_series(lambda k: power(z, k) / (2 * k + 3))


split("log 2", D(2).ln(), 42)  # leaves 11 zero bits: exponent * high is exact
split("pi / 2", PI / 2, 53)
print("log2 e:", repr(float(1 / D(2).ln())))
print("log(2 pi) / 2:", repr(float((2 * PI).ln() / 2)))
print("pi^2 / 8:", repr(float(PI * PI / 8)))

root = D(2).sqrt()
report("logarithm", lambda z: 2 * area_tangent_tail(z), 0, ((root - 1) / (root + 1)) ** 2, 6)
half_log2 = D(2).ln() / 2
report("exponential", lambda r: power_series(lambda k: power(r, k) / factorial(k + 2)), -half_log2, half_log2, 10)
quarter = lambda k: (PI / 2) ** k
report("sine", lambda w: power_series(lambda k: D((-1) ** (k + 1)) * quarter(2 * k + 3) * power(w, k) / factorial(2 * k + 3)), 0, "0.25", 6)
report("cosine", lambda w: power_series(lambda k: D((-1) ** k) * quarter(2 * k + 4) * power(w, k) / factorial(2 * k + 4)), 0, "0.25", 5)
report("area tangent tail", area_tangent_tail, 0, "0.25", 13)
log_gamma_quotient = lambda centre: lambda t: log_gamma(centre + t) / ((centre + t - 1) * (centre + t - 2))
report("log gamma on [1, 2], t = x - 3/2", log_gamma_quotient(D("1.5")), "-0.5", "0.5", 21)
report("log gamma on [2, 3], t = x - 5/2", log_gamma_quotient(D("2.5")), "-0.5", "0.5", 16)
print("Stirling series:", [f"{b.numerator}/{b.denominator * 2 * k * (2 * k - 1)}" for k, b in enumerate(BERNOULLI[:10], 1)])
