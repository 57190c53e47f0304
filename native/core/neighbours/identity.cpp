#include "core/neighbours/identity.hpp"

#include <bit>
#include <unordered_map>

#include "core/base/parallel.hpp"

namespace madloop::neighbours {

namespace {

/// Values hash alike in float32 and float64, and so do 0 and -0.
std::uint64_t hashOf(std::vector<double> const& values) {
  std::uint64_t hash = 0x9e3779b97f4a7c15U;
  for (double const value : values) {
    hash ^= std::bit_cast<std::uint64_t>(value + 0.0);
    hash *= 0xff51afd7ed558ccdU;
    hash ^= hash >> 32;
  }
  return hash;
}

std::vector<std::uint64_t> hashesOf(Points const& points, Task const& task) {
  std::vector<std::uint64_t> hashes(points.rows());
  parallelForPieces(task, IndexRange{0, points.rows()}, 64, [&](IndexRange rows) {
    std::vector<double> values(points.cols());
    for (std::size_t i = rows.begin; i < rows.end; ++i) {
      points.load(i, 1, values.data());
      hashes[i] = hashOf(values);
    }
  });
  return hashes;
}

}  // namespace

std::vector<std::vector<std::uint32_t>> identifyPoints(std::span<Points const> sets, Task const& task) {
  struct First {
    std::size_t set;
    std::size_t row;
    std::uint32_t identity;
  };
  std::unordered_multimap<std::uint64_t, First> firsts;
  std::vector<std::vector<std::uint32_t>> identities;
  std::vector<double> values(sets[0].cols());
  std::vector<double> others(values.size());
  std::uint32_t count = 0;
  for (std::size_t s = 0; s < sets.size(); ++s) {
    std::vector<std::uint64_t> const hashes = hashesOf(sets[s], task);
    std::vector<std::uint32_t>& own = identities.emplace_back(sets[s].rows());
    for (std::size_t i = 0; i < own.size(); ++i) {
      if (i % 1024 == 0) task.throwIfCancelled();
      auto [match, end] = firsts.equal_range(hashes[i]);
      for (; match != end; ++match) {
        sets[s].load(i, 1, values.data());
        sets[match->second.set].load(match->second.row, 1, others.data());
        if (values == others) break;
      }
      if (match == end) {
        own[i] = count;
        firsts.insert({hashes[i], {s, i, count++}});
      } else {
        own[i] = match->second.identity;
      }
    }
  }
  return identities;
}

}  // namespace madloop::neighbours
