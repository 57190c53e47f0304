// Exact second moments of the fresh data loop: z' = A z + k for
//   z = (E|mu|^2, E tr S, E tr S^2, E (tr S)^2, E|mu|^4, E mu' S mu, E |mu|^2 tr S),
// from Wishart moments (E tr W^2 = k (k + 1) tr S^2 + k (tr S)^2), Gaussian quartics of D = x - y and mu', and
// Cov(D, mu') = (I - lambda Sigma)/N. The reference is N(0, I); the covariance has divisor N - 1.
#pragma once

#include <array>
#include <cstddef>

#include "core/linalg/eigen.hpp"

namespace madloop::test {

class FreshRecursion {
 public:
  FreshRecursion(linalg::Index dim, double nr, double ns, double lambda) {
    auto const d = static_cast<double>(dim);
    double const L = lambda;
    double const N = nr + ns;
    double const g = ns * N + nr - ns;
    double const D2 = (N * (N - 1)) * (N * (N - 1));
    double const D3 = N * N * N * (N - 1);
    double const D4 = N * N * N * N;
    enum { M, S, A, B, C, E, F };
    a_[M][M] = ns * ns / (N * N);
    a_[M][S] = L * ns / (N * N);
    k_[M] = d * nr / (N * N);
    a_[S][M] = nr * ns / (N * (N - 1));
    a_[S][S] = L * ns / N;
    k_[S] = d * nr / N;
    setRow(A, D2,
           {2 * nr * ns * (d * ns + nr * N - nr + ns), 2 * L * nr * ns * (d + N * N - 2 * N + 2),
            L * L * ns * (ns * N * N + nr * nr - 2 * nr - ns * ns), L * L * ns * (N * N - 2 * nr - ns),
            (nr * ns) * (nr * ns), 2 * L * nr * ns * g, 2 * L * nr * nr * ns},
           d * nr * (d * (N * N - nr - 2 * ns) + nr * N * N - nr * nr + ns * ns - 2 * ns));
    setRow(B, D2,
           {2 * nr * ns * (d * nr * (N - 1) + 2 * ns), 2 * L * nr * ns * (d * (N - 1) * (N - 1) + 2),
            2 * L * L * ns * (N * N - 2 * nr - ns), (L * ns * (N - 1)) * (L * ns * (N - 1)),
            (nr * ns) * (nr * ns), 4 * L * nr * nr * ns, 2 * L * nr * ns * ns * (N - 1)},
           d * nr * (d * nr * (N - 1) * (N - 1) + 2 * (N * N - nr - 2 * ns)));
    setRow(C, D4,
           {2 * nr * ns * ns * (d + 2), 2 * L * nr * ns * (d + 2), 2 * (L * ns) * (L * ns), (L * ns) * (L * ns),
            ns * ns * ns * ns, 4 * L * ns * ns * ns, 2 * L * ns * ns * ns},
           d * (d + 2) * nr * nr);
    setRow(E, D3,
           {nr * ns * (g - 2 * ns - 2 * d * ns), 2 * L * nr * ns * (N - d - 2), L * L * ns * g, L * L * nr * ns,
            nr * ns * ns * ns, L * ns * ns * (g + 2 * nr), 2 * L * nr * ns * ns},
           d * nr * (d * ns + nr * N - nr + ns));
    setRow(F, D3,
           {nr * ns * (d * g - 4 * ns), 2 * L * nr * ns * (d * (N - 1) - 2), 2 * L * L * nr * ns,
            (L * ns) * (L * ns) * (N - 1), nr * ns * ns * ns, 4 * L * nr * ns * ns, L * ns * ns * g},
           d * nr * (d * nr * (N - 1) + 2 * ns));
  }

  [[nodiscard]] std::array<double, 7> next(std::array<double, 7> const& z) const {
    std::array<double, 7> result = k_;
    for (std::size_t i = 0; i < 7; ++i) {
      for (std::size_t j = 0; j < 7; ++j) result[i] += a_[i][j] * z[j];
    }
    return result;
  }

 private:
  void setRow(std::size_t row, double divisor, std::array<double, 7> const& numerators, double constant) {
    for (std::size_t j = 0; j < 7; ++j) a_[row][j] = numerators[j] / divisor;
    k_[row] = constant / divisor;
  }

  std::array<std::array<double, 7>, 7> a_{};
  std::array<double, 7> k_{};
};

}  // namespace madloop::test
