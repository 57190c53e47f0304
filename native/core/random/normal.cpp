#include "core/random/normal.hpp"

#include <algorithm>

namespace madloop::random {

void fillNormals(Stream const& stream, std::uint64_t firstBlock, double* out, std::size_t count) {
  checkBlocks(stream, firstBlock, count / 2 + count % 2);
  alignas(64) double first[kUniformBatch];
  alignas(64) double second[kUniformBatch];
  while (count > 0) {
    std::size_t const pairs = std::min(kUniformBatch, count / 2 + count % 2);
    fillUniformPairs(stream, firstBlock, 1, pairs, first, second);
    for (std::size_t i = 0; i < pairs; ++i) {
      NormalPair const normals = boxMuller({first[i], second[i]});
      first[i] = normals.first;
      second[i] = normals.second;
    }
    std::size_t const wholePairs = std::min(pairs, count / 2);
    for (std::size_t i = 0; i < wholePairs; ++i) {
      out[2 * i] = first[i];
      out[2 * i + 1] = second[i];
    }
    if (wholePairs < pairs) out[2 * wholePairs] = first[wholePairs];
    std::size_t const written = std::min(2 * pairs, count);
    out += written;
    count -= written;
    firstBlock += pairs;
  }
}

}  // namespace madloop::random
