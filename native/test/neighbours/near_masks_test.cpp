#include "core/neighbours/near_masks.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <vector>

#include "core/metrics/precision_recall.hpp"
#include "test/support/instruction_sets.hpp"
#include "test/support/matrices.hpp"
#include "test/support/threads_label.hpp"

using namespace madloop;
using namespace madloop::test;
using neighbours::kMaskedPairs;

TEST_CASE("all implementations of the near masks give the bits of their definition") {
  float const infinity = std::numeric_limits<float>::infinity();
  float const limit = 0.25F;
  for (std::size_t const groups : {0U, 1U, 2U, 3U, 8U, 17U}) {
    CAPTURE(groups);
    std::size_t const pairs = groups * kMaskedPairs;
    // One more in front: the arrays need not be aligned.
    std::vector<float> products = rowMajorNormals<float>(pairs + 1, 1, 1);
    std::vector<float> norms = rowMajorNormals<float>(pairs + 1, 1, 2);
    std::vector<float> limits = rowMajorNormals<float>(pairs + 1, 1, 3);
    for (std::size_t j = 0; j <= pairs; ++j) {
      if (j % 11 == 3) norms[j] = limits[j] = infinity;                      // what pads the last group
      if (j % 7 == 1) products[j] = 0.75F, norms[j] = 0.5F;                  // on the common limit
      if (j % 13 == 5) products[j] = 0, norms[j] = 0.5F, limits[j] = -0.5F;  // on its own
      if (j % 17 == 6) products[j] = std::numeric_limits<float>::quiet_NaN();
      if (j % 19 == 7) limits[j] = -infinity;
    }
    std::vector<std::uint16_t> expected(groups);
    for (std::size_t j = 1; j <= pairs; ++j) {
      float const closeness = products[j] - norms[j] - 0.0F;
      if (closeness >= limit || closeness >= limits[j]) {
        std::uint16_t& mask = expected[(j - 1) / kMaskedPairs];
        mask = static_cast<std::uint16_t>(mask | 1U << ((j - 1) % kMaskedPairs));
      }
    }
    for (auto const& [needs, implementation] : neighbours::nearMasks.supported()) {
      CAPTURE(instructionSetName(needs));
      std::vector<std::uint16_t> masks(groups + 1, 0xABCD);
      implementation(products.data() + 1, norms.data() + 1, limits.data() + 1, groups, 0, limit, masks.data());
      CHECK(masks.back() == 0xABCD);
      masks.pop_back();
      CHECK(masks == expected);
    }
  }
}

TEST_CASE("precision and recall are the same with every instruction set" * startsThreads) {
  std::vector<std::size_t> const ks = {1, 5};
  for (std::size_t const dim : {1U, 3U, 40U}) {
    CAPTURE(dim);
    std::vector<float> const real = rowMajorNormals<float>(401, dim, 1);
    std::vector<float> const generated = rowMajorNormals<float>(287, dim, 2, 0.1);
    std::vector<metrics::PrecisionRecall> results;
    for (InstructionSet const set : supportedInstructionSets()) {
      LimitedKernels const limited(set);
      Task task(2);
      results.push_back(metrics::precisionRecall(neighbours::Points(view(real, dim)),
                                                 neighbours::Points(view(generated, dim)), ks,
                                                 {neighbours::Boundary::closed, false, true}, task));
    }
    for (metrics::PrecisionRecall const& result : results) {
      for (std::size_t q = 0; q < 2; ++q) {
        CHECK(result.metrics[q].precision.value == results[0].metrics[q].precision.value);
        CHECK(result.metrics[q].recall.value == results[0].metrics[q].recall.value);
        CHECK(result.metrics[q].density.value == results[0].metrics[q].density.value);
        CHECK(result.metrics[q].coverage.value == results[0].metrics[q].coverage.value);
      }
    }
  }
}
