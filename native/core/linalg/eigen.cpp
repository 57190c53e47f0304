#include "core/linalg/eigen.hpp"

#include <mutex>

#include "core/linalg/eigen_setup.hpp"

namespace madloop::linalg {

void fixEigenBlocking() {
  static std::once_flag once;
  // A common denominator of current x86 and arm64 cores; the exact values matter less than that they are fixed.
  std::call_once(once, [] { Eigen::setCpuCacheSizes(32 * 1024, 512 * 1024, 2 * 1024 * 1024); });
}

std::string eigenVersion() {
  return std::to_string(EIGEN_WORLD_VERSION) + "." + std::to_string(EIGEN_MAJOR_VERSION) + "." +
         std::to_string(EIGEN_MINOR_VERSION);
}

}  // namespace madloop::linalg
