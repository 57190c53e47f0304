// Which points are the same. Equal points are at exactly equal distances from everything, so ties between them,
// which are common (samples repeated, modes collapsed), need no arithmetic.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/task.hpp"
#include "core/neighbours/points.hpp"

namespace madloop::neighbours {

/// For each set, a number for each point: equal for two points, of the same or of different sets, exactly if
/// all their values are. Found through 64-bit hashes; points with equal hashes are compared.
std::vector<std::vector<std::uint32_t>> identifyPoints(std::span<Points const> sets, Task const& task);

}  // namespace madloop::neighbours
