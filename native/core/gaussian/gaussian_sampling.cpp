#include "core/gaussian/gaussian_sampling.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/base/parallel.hpp"
#include "core/linalg/eigen.hpp"
#include "core/random/normal.hpp"
#include "core/random/stream.hpp"

namespace madloop::gaussian {

namespace {

/// Domain of streamKey: "sampling".
constexpr std::uint64_t kDomain = 0x73616d70'6c696e67ULL;
constexpr std::uint64_t kBlockRows = 256;

}  // namespace

void sampleGaussian(FactoredGaussian const& source, double lambda, std::uint64_t count, std::uint64_t seed,
                    double* out, Task& task) {
  if (!(lambda >= 0 && lambda <= 1))
    throwInvalidInput("sampleGaussian: lambda must be in [0, 1], got " + std::to_string(lambda));
  linalg::Index const dim = source.mean.size();
  linalg::Index const rank = source.covariance.rank();
  linalg::Index const normalsPerRow = rank + rank % 2;  // a row starts on a random block of its own
  linalg::EigenMatrix const factor = linalg::asEigen(source.covariance.values()) * std::sqrt(lambda);
  random::Stream const stream{random::streamKey(seed, kDomain), 0, 0, 0};
  task.expect(count);

  parallelForPieces(task, Range<std::uint64_t>{0, count}, kBlockRows, [&](Range<std::uint64_t> block) {
    std::uint64_t const begin = block.begin;
    auto const rows = static_cast<linalg::Index>(block.size());
    linalg::EigenMatrix normals(normalsPerRow, rows);
    random::fillNormals(stream, begin * static_cast<std::uint64_t>(normalsPerRow / 2), normals.data(),
                        static_cast<std::size_t>(normals.size()));
    linalg::EigenMatrix samples = (factor * normals.topRows(rank)).colwise() + linalg::asEigen(source.mean);
    std::copy(samples.data(), samples.data() + samples.size(), out + begin * static_cast<std::uint64_t>(dim));
    task.add(static_cast<std::uint64_t>(rows));
  });
}

}  // namespace madloop::gaussian
