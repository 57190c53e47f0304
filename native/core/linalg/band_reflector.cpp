#include "core/linalg/band_reflector.hpp"

#include <thread>

#include "core/base/parallel.hpp"
#include "core/base/spin.hpp"

namespace madloop::linalg {

namespace {

using Packet = Eigen::internal::packet_traits<double>::type;
constexpr Index kLanes = Eigen::internal::packet_traits<double>::size;

/// block -= v w_c for columns first .. first + kColumns - 1, w_c = tau (column c)^T v.
template <std::size_t kColumns>
void reflectColumns(BandBlock const& block, Index first, double const* v, double tau) {
  using namespace Eigen::internal;
  Index const whole = block.rows / kLanes * kLanes;
  Packet sums[kColumns];
  std::array<double*, kColumns> columns;
  std::array<double, kColumns> products;
  for (std::size_t c = 0; c < kColumns; ++c) {
    sums[c] = pset1<Packet>(0.0);
    columns[c] = block.data + (first + static_cast<Index>(c)) * block.stride;
  }
  for (Index i = 0; i < whole; i += kLanes) {
    Packet const x = ploadu<Packet>(v + i);
    for (std::size_t c = 0; c < kColumns; ++c) sums[c] = pmadd(x, ploadu<Packet>(columns[c] + i), sums[c]);
  }
  for (std::size_t c = 0; c < kColumns; ++c) {
    double sum = predux(sums[c]);
    for (Index i = whole; i < block.rows; ++i) sum += v[i] * columns[c][i];
    products[c] = -tau * sum;
    sums[c] = pset1<Packet>(products[c]);
  }
  for (Index i = 0; i < whole; i += kLanes) {
    Packet const x = ploadu<Packet>(v + i);
    for (std::size_t c = 0; c < kColumns; ++c)
      pstoreu(columns[c] + i, pmadd(x, sums[c], ploadu<Packet>(columns[c] + i)));
  }
  for (std::size_t c = 0; c < kColumns; ++c) {
    for (Index i = whole; i < block.rows; ++i) columns[c][i] += products[c] * v[i];
  }
}

/// Rows first .. first + kPackets kLanes - 1 of applyFromRight().
template <std::size_t kPackets>
void reflectRows(BandBlock const& block, Index first, double const* v, double tau) {
  using namespace Eigen::internal;
  Packet sums[kPackets];
  for (Packet& sum : sums) sum = pset1<Packet>(0.0);
  double* const data = block.data + first;
  for (Index j = 0; j < block.cols; ++j) {
    Packet const x = pset1<Packet>(v[j]);
    for (std::size_t p = 0; p < kPackets; ++p)
      sums[p] = pmadd(x, ploadu<Packet>(data + j * block.stride + static_cast<Index>(p) * kLanes), sums[p]);
  }
  for (Packet& sum : sums) sum = pmul(sum, pset1<Packet>(-tau));
  for (Index j = 0; j < block.cols; ++j) {
    Packet const x = pset1<Packet>(v[j]);
    for (std::size_t p = 0; p < kPackets; ++p) {
      double* const place = data + j * block.stride + static_cast<Index>(p) * kLanes;
      pstoreu(place, pmadd(x, sums[p], ploadu<Packet>(place)));
    }
  }
}

}  // namespace

void applyFromLeft(BandBlock const& block, double const* v, double tau) {
  if (tau == 0) return;
  Index j = 0;
  for (; j + 4 <= block.cols; j += 4) reflectColumns<4>(block, j, v, tau);
  for (; j < block.cols; ++j) reflectColumns<1>(block, j, v, tau);
}

void applyFromRight(BandBlock const& block, double const* v, double tau) {
  if (tau == 0) return;
  Index i = 0;
  for (; i + 8 * kLanes <= block.rows; i += 8 * kLanes) reflectRows<8>(block, i, v, tau);
  for (; i + kLanes <= block.rows; i += kLanes) reflectRows<1>(block, i, v, tau);
  for (; i < block.rows; ++i) {
    double sum = 0;
    for (Index j = 0; j < block.cols; ++j) sum += block.data[i + j * block.stride] * v[j];
    sum *= -tau;
    for (Index j = 0; j < block.cols; ++j) block.data[i + j * block.stride] += sum * v[j];
  }
}

void applyFromBothSides(BandBlock const& block, double const* v, double tau) {
  if (tau == 0) return;
  using namespace Eigen::internal;
  Index const n = block.rows;
  std::vector<double> product(static_cast<std::size_t>(n), 0.0);
  double* const w = product.data();
  // w = A v, each column of the lower triangle used for its row, too.
  for (Index j = 0; j < n; ++j) {
    double const* const column = block.data + j * block.stride;
    Packet const x = pset1<Packet>(v[j]);
    Packet dot = pset1<Packet>(0.0);
    Index i = j + 1;
    for (; i + kLanes <= n; i += kLanes) {
      Packet const a = ploadu<Packet>(column + i);
      pstoreu(w + i, pmadd(a, x, ploadu<Packet>(w + i)));
      dot = pmadd(a, ploadu<Packet>(v + i), dot);
    }
    double sum = predux(dot);
    for (; i < n; ++i) {
      w[i] += column[i] * v[j];
      sum += column[i] * v[i];
    }
    w[j] += column[j] * v[j] + sum;
  }
  double inner = 0;
  for (Index i = 0; i < n; ++i) inner += w[i] * v[i];
  double const half = 0.5 * tau * tau * inner;
  for (Index i = 0; i < n; ++i) w[i] = tau * w[i] - half * v[i];
  for (Index j = 0; j < n; ++j) {
    double* const column = block.data + j * block.stride;
    Packet const minusV = pset1<Packet>(-v[j]);
    Packet const minusW = pset1<Packet>(-w[j]);
    Index i = j;
    for (; i + kLanes <= n; i += kLanes) {
      Packet const a = pmadd(minusW, ploadu<Packet>(v + i), ploadu<Packet>(column + i));
      pstoreu(column + i, pmadd(minusV, ploadu<Packet>(w + i), a));
    }
    for (; i < n; ++i) column[i] -= v[i] * w[j] + w[i] * v[j];
  }
}

void chaseBulges(Task const& task, Index sweeps, Index lead, std::function<Index(Index)> const& steps,
                 std::function<void(Index, Index)> const& run) {
  if (sweeps <= 0) return;
  auto const count = static_cast<std::size_t>(sweeps);
  // Steps done of each sweep.
  std::vector<std::atomic<Index>> done(count);
  for (auto& value : done) value.store(0, std::memory_order_relaxed);
  std::atomic<bool> failed{false};
  parallelFor(task, count, [&](std::size_t sweep) {
    auto const i = static_cast<Index>(sweep);
    Index const before = sweep == 0 ? 0 : steps(i - 1);
    for (Index k = 0, end = steps(i); k < end; ++k) {
      if (sweep > 0) {
        // Indices are handed out in increasing order, so that the sweep waited for is running or done.
        Index const needed = std::min(k + lead, before);
        auto const free = [&] { return done[sweep - 1].load(std::memory_order_acquire) >= needed; };
        // A step takes a few us: who has to wait longer waits for a thread that another program has sent away,
        // and a scheduler may take long to come back to one that yields.
        while (!spinUntil(free)) {
          if (failed.load(std::memory_order_relaxed)) return;
          if (task.cancelled()) break;
          std::this_thread::yield();
        }
      }
      if (task.cancelled()) {
        failed.store(true, std::memory_order_relaxed);
        task.throwIfCancelled();
      }
      run(i, k);
      done[sweep].store(k + 1, std::memory_order_release);
    }
  });
}

}  // namespace madloop::linalg
