#include "core/limits/stationary_moments.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "core/base/elementary.hpp"
#include "core/linalg/elimination.hpp"

// One generation, given the last model N(mu, Sigma): with N = n_r + n_s, p = n_r/N, q = n_s/N, c = n_r n_s/N,
//
//   (N - 1) Sigma' = U + V + c D D^T,  U ~ W(n_r - 1, I),  V ~ W(n_s - 1, lambda Sigma),  mu' and D jointly
//   Gaussian, E D = -mu,  c Cov D = q I + p lambda Sigma,  E mu' = q mu,  Cov mu' = C = (p I + lambda q
//   Sigma)/N, Cov(D, mu') = K = (I - lambda Sigma)/N,
//
// so that E[Sigma'] = p I + lambda q Sigma + kappa mu mu^T, kappa = c/(N - 1). Let X = Sigma - sigma I, m =
// E|mu|^2, and
//
//   a = E tr X^2,  b = E (tr X)^2,  k = E|mu|^4,  e = E mu^T X mu,  f = E|mu|^2 tr X.
//
// Their values one generation on are linear in them: squares of the conditional mean of X', to which the
// conditional variances are added (of a Wishart matrix W(k, S): k [(tr S)^2 + tr S^2] for the matrix, 2 k tr
// S^2 for its trace; Gaussian quartics for the rest). Divisor N instead of N - 1 multiplies Sigma' by (N -
// 1)/N.

namespace madloop::limits {

namespace {

/// An affine function of (a, b, k, e, f).
struct Affine {
  std::array<double, 5> slope{};
  double constant = 0;

  friend Affine operator+(Affine x, Affine const& y) {
    for (std::size_t i = 0; i < x.slope.size(); ++i) x.slope[i] += y.slope[i];
    x.constant += y.constant;
    return x;
  }
  friend Affine operator*(double factor, Affine x) {
    for (double& s : x.slope) s *= factor;
    x.constant *= factor;
    return x;
  }
  friend Affine operator+(Affine x, double constant) {
    x.constant += constant;
    return x;
  }
};

constexpr Affine a{{1, 0, 0, 0, 0}, 0};
constexpr Affine b{{0, 1, 0, 0, 0}, 0};
constexpr Affine k{{0, 0, 1, 0, 0}, 0};
constexpr Affine e{{0, 0, 0, 1, 0}, 0};
constexpr Affine f{{0, 0, 0, 0, 1}, 0};

/// Expectations of quadratic functions of a matrix S = alpha I + beta X.
struct Quadratics {
  Affine traceOfSquare;   // tr S^2
  Affine squareOfTrace;   // (tr S)^2
  Affine normTimesTrace;  // |mu|^2 tr S
  Affine form;            // mu^T S mu

  Quadratics(double d, double m, double alpha, double beta)
      : traceOfSquare(beta * beta * a + d * alpha * alpha),
        squareOfTrace(beta * beta * b + d * d * alpha * alpha),
        normTimesTrace(beta * f + d * alpha * m),
        form(beta * e + alpha * m) {}
};

/// The z with z_i = rows_i(z).
linalg::Vector fixedPoint(std::array<Affine, 5> const& rows) {
  auto const count = static_cast<linalg::Index>(rows.size());
  linalg::Matrix system = linalg::Matrix::identity(count);
  linalg::Vector constant(count);
  for (linalg::Index i = 0; i < count; ++i) {
    Affine const& row = rows[static_cast<std::size_t>(i)];
    for (linalg::Index j = 0; j < count; ++j) system(i, j) -= row.slope[static_cast<std::size_t>(j)];
    constant[i] = row.constant;
  }
  return linalg::solve(std::move(system), std::move(constant));
}

/// x_t = (weight / memory) (x_{t-1} + ... + x_{t-memory}) + noise has autocovariances c_1 = ... = c_memory, by
/// symmetry of its equations, so the average of x_i x_j over the remembered ones is this times E x^2.
double averageShare(double weight, std::uint64_t memory) {
  auto const models = static_cast<double>(memory);
  return 1 / (models - weight * (models - 1));
}

/// By what factor such an average shrinks in a generation: the root of (weight / memory) sum_j x^-j = 1, j = 1
/// ... memory.
double averageRate(double weight, std::uint64_t memory) {
  if (memory == 1 || weight == 0) return weight;
  auto const models = static_cast<double>(memory);
  double low = 0;
  double high = 1;
  for (int i = 0; i < 60; ++i) {
    double const x = 0.5 * (low + high);
    double const sum = (exponential(std::min(700.0, -models * logarithm(x))) - 1) / (1 - x);
    (weight / models * sum > 1 ? low : high) = x;
  }
  return 0.5 * (low + high);
}

}  // namespace

StationaryFirstMoments stationaryFirstMoments(StationaryLoop const& loop) {
  double const total = loop.total();
  double const p = loop.realShare();
  double const q = loop.syntheticShare();
  double const lambda = loop.lambda;
  double const shrinkage = loop.shrinkage();
  // With A E|mu|^2 the average of E mu_i' mu_j over the remembered models, m = E|mu|^2 / d and E Sigma = (1 +
  // b) I:
  //   m = noise + q^2 A m + (q / N) (lambda (1 + b) + (1 - A) m),
  //   1 + b = shrinkage (within + q (lambda (1 + b) + (1 - A) m) + (N / (N - 1)) p q A m),
  // noise = p / N and within = p with fresh data; with a fixed real set, about its mean and in units of its
  // covariance, 0 and (n_r - 1) / (N - 1) = p - q / (N - 1). Sums of positive numbers keep the digits of b and
  // of 1 - (factor of m), as 1 - q^2 = p (1 + q): counts may be beyond any that chains are run for.
  auto const models = static_cast<double>(loop.memory);
  double const average = averageShare(q, loop.memory);
  double const apart = p * (models - 1) * average;  // 1 - A
  double const noise = loop.freshData() ? p / total : 0;
  double const lost = (loop.divisor == gaussian::CovarianceDivisor::mle ? (p + lambda * q) / total : 0) +
                      (loop.freshData() ? 0 : shrinkage * q / (total - 1)) + (1 - lambda) * q;
  double const forgotten = p * (1 + q) * average + apart * (1 - q / total);
  double const meanOfCovariance = q * lambda / total / forgotten;
  double const covarianceOfMean = shrinkage * q * (apart + total / (total - 1) * p * average);
  StationaryFirstMoments moments;
  moments.bias = (covarianceOfMean * (noise / forgotten + meanOfCovariance) - lost) /
                 (1 - shrinkage * q * lambda - covarianceOfMean * meanOfCovariance);
  moments.mean = noise / forgotten + meanOfCovariance * moments.covariance();
  moments.meanCross = loop.memory == 1 ? moments.mean : q * average * moments.mean;
  return moments;
}

EigenvalueDispersion eigenvalueDispersion(StationaryLoop const& loop) {
  auto const d = static_cast<double>(loop.dim);
  double const total = loop.total();
  double const p = loop.realShare();
  double const q = loop.syntheticShare();
  double const lambda = loop.lambda;
  double const shrinkage = loop.shrinkage();

  // E[Sigma'] = shrinkage p I + kept Sigma + kappa mu mu^T.
  double const kept = shrinkage * lambda * q;
  double const kappa = shrinkage * loop.real * q / (total - 1);
  StationaryFirstMoments const first = stationaryFirstMoments(loop);
  double const sigma = first.covariance();
  double const meanSquare = first.mean;
  double const m = d * meanSquare;

  Quadratics const synthetic(d, m, sigma, 1);                                         // Sigma
  Quadratics const difference(d, m, q + p * lambda * sigma, p * lambda);              // c Cov D
  Quadratics const mean(d, m, (p + lambda * q * sigma) / total, lambda * q / total);  // C
  Quadratics const cross(d, m, (1 - lambda * sigma) / total, -lambda / total);        // K
  double const between = loop.real * q;                                               // c
  double const degreesReal = loop.real - 1;
  double const degreesSynthetic = (loop.synthetic - 1) * lambda * lambda;
  double const scale = shrinkage * shrinkage / ((total - 1) * (total - 1));

  std::array<Affine, 5> const rows = {
      kept * kept * a + 2 * kept * kappa * e + kappa * kappa * (k + -m * m / d) +
          scale * (degreesSynthetic * (synthetic.squareOfTrace + synthetic.traceOfSquare) +
                   difference.squareOfTrace + difference.traceOfSquare +
                   2 * between * (difference.normTimesTrace + difference.form) + degreesReal * d * (d + 1)),
      kept * kept * b + 2 * kept * kappa * f + kappa * kappa * (k + -m * m) +
          scale * (2 * degreesSynthetic * synthetic.traceOfSquare + 2 * difference.traceOfSquare +
                   4 * between * difference.form + 2 * degreesReal * d),
      q * q * q * q * k + 2 * q * q * mean.normTimesTrace + 4 * q * q * mean.form + mean.squareOfTrace +
          2 * mean.traceOfSquare,
      q * q * (kept * e + kappa * (k + -meanSquare * m)) + (kept * lambda * q / total) * a +
          kappa * (mean.form + -meanSquare * (p + lambda * q * sigma) / total * d) +
          kappa * (cross.squareOfTrace + cross.traceOfSquare + -2 * q * (cross.normTimesTrace + cross.form)),
      q * q * (kept * f + kappa * (k + -m * m)) + (kept * lambda * q / total) * b +
          kappa * (mean.normTimesTrace + -m * (p + lambda * q * sigma) / total * d) +
          kappa * (2 * cross.traceOfSquare + -4 * q * cross.form),
  };
  linalg::Vector const z = fixedPoint(rows);
  // The recursion keeps squares positive; beyond its radius of convergence its fixed point does not.
  bool const converges = z[0] > 0 && z[1] > 0 && z[2] > 0;
  double const spread = converges ? z[0] / (d * sigma * sigma) : std::numeric_limits<double>::infinity();
  return {meanSquare, first.bias, spread};
}

ApproximateDispersion approximateDispersion(StationaryLoop const& loop) {
  // Each generation adds what Wishart matrices of so many degrees of freedom vary; what models share is the
  // average's.
  auto const dim = static_cast<double>(loop.dim);
  double const sigma = stationaryFirstMoments(loop).covariance();
  double const synthetic = loop.syntheticShare();
  double const real = loop.freshData() ? loop.realShare() : 0;
  double const weight = loop.lambda * synthetic;
  double const innovation =
      (dim + 1) / loop.total() * (real / (sigma * sigma) + loop.lambda * loop.lambda * synthetic);
  double const average = averageShare(weight, loop.memory);
  double const spread = innovation / (1 - weight * weight * average);
  return {spread, loop.memory == 1 ? 0 : weight * average * spread};
}

double covarianceRate(StationaryLoop const& loop) {
  return averageRate(loop.lambda * loop.syntheticShare(), loop.memory);
}

double relaxationTime(StationaryLoop const& loop) {
  double const synthetic = loop.syntheticShare();
  if (loop.memory > 1) {
    double const meanRate = averageRate(synthetic, loop.memory);
    return 1 / (1 - std::max(meanRate * meanRate, covarianceRate(loop)));
  }
  double const total = loop.total();
  double const mean = synthetic * synthetic;
  double const covariance = loop.shrinkage() * loop.lambda * synthetic;
  double const coupling =
      loop.shrinkage() * loop.realShare() * synthetic * total / (total - 1) * (loop.lambda * synthetic / total);
  double const difference = mean - covariance;
  return 1 / (1 - 0.5 * (mean + covariance + std::sqrt(difference * difference + 4 * coupling)));
}

}  // namespace madloop::limits
