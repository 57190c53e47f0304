// Exact moments of the fresh data loop with reference N(0, I) and memory 1, of any degree up to 4.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/limits/stationary_loop.hpp"

namespace madloop::limits {

inline constexpr std::size_t kLargestMomentDegree = 4;

/// A product of traces and quadratic forms of a state N(mu, Sigma). Its degree counts Sigma once and mu half.
struct StateMonomial {
  std::array<std::uint8_t, kLargestMomentDegree> traces{};  // exponent of tr Sigma^(i + 1)
  std::array<std::uint8_t, kLargestMomentDegree> forms{};   // exponent of mu' Sigma^i mu

  [[nodiscard]] std::size_t degree() const;
  friend auto operator<=>(StateMonomial const&, StateMonomial const&) = default;
};

/// The stationary expectations of all monomials up to a degree.
class FreshLoopMoments {
 public:
  FreshLoopMoments() = default;
  FreshLoopMoments(std::vector<StateMonomial> monomials, std::vector<double> expectations)
      : monomials_(std::move(monomials)), expectations_(std::move(expectations)) {}

  /// E[monomial]; 1 for the empty one. Errors: internal for a monomial of a higher degree.
  [[nodiscard]] double operator[](StateMonomial const& monomial) const;
  [[nodiscard]] std::vector<StateMonomial> const& monomials() const { return monomials_; }

 private:
  std::vector<StateMonomial> monomials_;
  std::vector<double> expectations_;
};

/// The stationary moments of the fresh data loop with memory 1. Errors: internal unless `degree` is 1 to 4.
///
/// In one generation the scatter is U + V + c D D' with independent U ~ Wishart(I, n_r - 1),
/// V ~ Wishart(lambda Sigma, n_s - 1), D the difference of the two sample means and c = n_r n_s / (n_r + n_s).
/// All of it is polynomial in Gaussian vectors, so that the expectation of a monomial of the next state, given
/// this one, is a linear combination of monomials of this state, of degrees no higher: by Wick's theorem
/// (Isserlis 1918), a sum over pairings of the vectors. The stationary expectations solve the linear system.
/// They exist where momentGrowth(loop, degree) < 1.
FreshLoopMoments freshLoopMoments(StationaryLoop const& loop, std::size_t degree);

/// One generation: the expectation of each of `monomials` given the last state's values of all of them.
/// matrix is size x size, row-major.
struct MomentRecursion {
  std::vector<StateMonomial> monomials;  // by degree
  std::vector<double> matrix;
  std::vector<double> constant;
};
MomentRecursion momentRecursion(StationaryLoop const& loop, std::size_t degree);

/// Spectral radius of the recursion of the moments of exactly this degree at dim = 1. Where it is below 1,
/// powers of that degree (at most 24) of Sigma and |mu|^2 have stationary expectations.
double momentGrowth(StationaryLoop const& loop, std::size_t degree);

}  // namespace madloop::limits
