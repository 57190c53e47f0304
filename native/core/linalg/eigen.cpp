#include "core/linalg/eigen.hpp"

#include <mutex>

namespace madloop::linalg {

void fixEigenBlocking() {
  static std::once_flag once;
  // A common denominator of current x86 and arm64 cores; the exact values matter less than that they are fixed.
  std::call_once(once, [] { Eigen::setCpuCacheSizes(32 * 1024, 512 * 1024, 2 * 1024 * 1024); });
}

}  // namespace madloop::linalg
