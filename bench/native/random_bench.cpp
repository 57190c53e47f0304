// Time of the random number kernels on one core: nanoseconds a variate, the best of several rounds.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <vector>

#include "core/random/binomial.hpp"
#include "core/random/gamma.hpp"
#include "core/random/normal.hpp"
#include "core/random/wishart.hpp"

namespace {

using madloop::random::Stream;

/// Calls body(stream) `calls` times a round, each with a stream of its own, and prints the fastest round.
template <class Body>
void measure(char const* what, double variatesPerCall, std::uint32_t calls, Body body) {
  constexpr int rounds = 7;
  double best = 1e300;
  for (int round = 0; round < rounds; ++round) {
    auto const start = std::chrono::steady_clock::now();
    for (std::uint32_t call = 0; call < calls; ++call) body(Stream{.key = 1, .chain = call});
    std::chrono::duration<double, std::nano> const elapsed = std::chrono::steady_clock::now() - start;
    best = std::min(best, elapsed.count() / (variatesPerCall * calls));
  }
  std::printf("%-46s %12.2f ns\n", what, best);
}

}  // namespace

int main() {
  constexpr std::size_t count = 4096;
  constexpr std::size_t rows = 100;
  std::vector<double> out(std::max(count, rows * rows));
  std::vector<double> dof(count);
  double volatile sink = 0;  // keeps results alive

  measure("normal", count, 500,
          [&](Stream const& stream) { madloop::random::fillNormals(stream, 0, out.data(), count); });
  for (double degrees : {1.0, 5.0, 1000.0}) {
    std::fill(dof.begin(), dof.end(), degrees);
    char name[64];
    std::snprintf(name, sizeof name, "chi-square, %g degrees of freedom", degrees);
    measure(name, count, 100, [&](Stream const& stream) {
      madloop::random::fillChiSquares(stream, 0, dof.data(), count, out.data());
    });
  }
  measure("chi-square, 1000 degrees of freedom, one by one", 1, 100000,
          [&](Stream const& stream) { sink = sink + madloop::random::chiSquare(stream, 0, 1000); });
  measure("binomial, 1000 trials, probability 0.001", 1, 100000, [&](Stream const& stream) {
    sink = sink + static_cast<double>(madloop::random::binomial(stream, 0, 1000, 0.001));
  });
  measure("binomial, 1000 trials, probability 0.3", 1, 100000, [&](Stream const& stream) {
    sink = sink + static_cast<double>(madloop::random::binomial(stream, 0, 1000, 0.3));
  });
  measure("Bartlett factor, 100 rows, 100 degrees", 1, 2000,
          [&](Stream const& stream) { madloop::random::bartlettFactor(stream, rows, 100, out.data()); });
  measure("Bartlett factor, 100 rows, 10 degrees", 1, 2000,
          [&](Stream const& stream) { madloop::random::bartlettFactor(stream, rows, 10, out.data()); });
  return 0;
}
