"""Prints native/core/linalg/square_root_nodes.hpp: quadrature nodes and weights for square roots of matrices.

    python3 scripts/square_root_nodes.py > native/core/linalg/square_root_nodes.hpp

Hale, Higham & Trefethen (2008), "Computing A^alpha, log(A) and related matrix functions by contour integrals", method 3
for the square root: for lambda in [1, kappa],
    sqrt(lambda) = sum_j w_j lambda / (lambda + s_j) up to a relative error of order exp(-2 pi^2 N / (log kappa + 3)),
    s_j = (sn/cn)^2, w_j = 2 K' / (pi N) dn / cn^2 at u_j = (j - 1/2) K'/N with parameter 1 - 1/kappa, K' = K(1 - 1/kappa).
Needs mpmath (Debian: python3-mpmath). For each number of nodes, in steps of 4 (the lanes of a vector), kappa is the
largest power of two with an error below 1e-16 on the whole interval.
"""
import mpmath as mp

mp.mp.dps = 40


def rule(kappa, n):
    parameter = 1 - mp.mpf(1) / kappa
    quarter = mp.ellipk(parameter)
    nodes, weights = [], []
    for j in range(n):
        u = (j + mp.mpf(1) / 2) * quarter / n
        sn, cn, dn = (mp.ellipfun(kind, u, m=parameter) for kind in ("sn", "cn", "dn"))
        nodes.append((sn / cn) ** 2)
        weights.append(2 * quarter / (mp.pi * n) * dn / cn**2)
    return nodes, weights


def error(kappa, nodes, weights):
    worst = mp.mpf(0)
    for i in range(241):
        x = mp.mpf(kappa) ** (mp.mpf(i) / 240)
        worst = max(worst, abs(sum(w * x / (x + s) for s, w in zip(nodes, weights)) / mp.sqrt(x) - 1))
    return worst


print("""// Quadrature nodes and weights for square roots of matrices; made by scripts/square_root_nodes.py, which has the source.
// clang-format off
#pragma once

#include <array>
#include <cstddef>

namespace madloop {

/// sqrt(x) = sum_j weight_j x / (x + node_j) for x in [1, condition], with a relative error below 1e-16.
struct SquareRootRule {
  double condition;
  std::size_t size;
  std::array<double, 40> node;
  std::array<double, 40> weight;
};
""")
rules = []
exponent = 1
for n in range(12, 41, 4):
    # The largest power of two for which n nodes do.
    best = None
    while True:
        nodes, weights = rule(2**exponent, n)
        worst = error(2**exponent, nodes, weights)
        if worst > 1e-16:
            break
        best = (exponent, n, nodes, weights, worst)
        exponent += 1
    rules.append(best)

print(f"inline constexpr std::array<SquareRootRule, {len(rules)}> kSquareRootRules{{{{")
for exponent, n, nodes, weights, worst in rules:
    print(f"    // error {mp.nstr(worst, 2)}")
    print(f"    {{0x1p{exponent}, {n},")
    for name, values in (("node", nodes), ("weight", weights)):
        print("     {{" + ",\n       ".join(float(v).hex() for v in values) + "}}" + ("," if name == "node" else "},"))
print("}};\n\n}  // namespace madloop")
