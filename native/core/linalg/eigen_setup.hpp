// What others need to know of Eigen.
#pragma once

#include <string>

namespace madloop::linalg {

/// Fixes the cache sizes by which Eigen blocks its products. Eigen would read the host's, and the last bits of
/// a product depend on them. A program calls it once, before any product: the addon when it is loaded, the
/// tests and benchmarks in main(). Idempotent and thread-safe.
void fixEigenBlocking();

/// Its version, as "3.4.0".
std::string eigenVersion();

}  // namespace madloop::linalg
