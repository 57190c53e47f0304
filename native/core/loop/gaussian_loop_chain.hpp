// One chain of an autophagous loop on sufficient statistics: the definition of the variants.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/task.hpp"
#include "core/loop/gaussian_loop.hpp"
#include "core/loop/gaussian_part.hpp"
#include "core/loop/part_drawing.hpp"

namespace madloop::loop {

/// The real distribution of the parameters, with its mean as the origin: the loop commutes with shifts, and
/// nothing recorded depends on where the origin is, but differences of large means would lose their digits.
/// Errors, naming `where`: notPositiveSemidefinite, and invalidInput for a trace that overflows.
gaussian::FactoredGaussian loopReference(GaussianLoopParameters const& parameters, Task const& task,
                                         std::string const& where);

class GaussianLoopChain {
 public:
  /// All random numbers come from (key, chain). The parameters and the reference outlive the chain.
  GaussianLoopChain(GaussianLoopParameters const& parameters, gaussian::FactoredGaussian const& reference,
                    std::uint64_t key, std::uint32_t chain, Task const& task)
      : p_(parameters), reference_(reference), key_(key), chain_(chain), task_(task) {}

  /// Makes these the last models, latest first, as if generation 1 had left them. `fixedReal` is the real set
  /// that stays. (Not for pool 'subsample', which needs its samples.)
  void startFrom(std::vector<gaussian::FactoredGaussian> models, GaussianPart fixedReal);

  /// Fits the model of the next generation; the first is fitted to `initial` real samples.
  gaussian::FactoredGaussian const& next();

 private:
  struct Streams;

  GaussianPart initialSet();
  GaussianPart trainingSet();
  GaussianPart subsample();
  GaussianPart drawReal(std::uint64_t count, std::uint32_t group) const;
  std::vector<GaussianPart> drawSynthetic() const;
  void keepReal(std::uint64_t count);
  void keepSynthetic();
  std::vector<std::uint64_t> syntheticCounts() const;
  Streams streams() const;
  RealSamples real() const { return realSamples(p_, t_); }

  GaussianLoopParameters const& p_;
  gaussian::FactoredGaussian const& reference_;
  std::uint64_t const key_;
  std::uint32_t const chain_;
  Task const& task_;
  std::uint64_t t_ = 0;
  std::vector<gaussian::FactoredGaussian> models_;  // latest first, at most p_.memory
  GaussianPart fixedReal_;                          // the real samples that every generation sees
  GaussianPart pool_;                               // accumulate: all synthetic samples so far
  std::vector<double> kept_;  // subsample: the fixed real samples and all synthetic ones so far
};

}  // namespace madloop::loop
