#include "core/linalg/secular_equation.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

namespace madloop::linalg {

namespace {

constexpr double kEps = std::numeric_limits<double>::epsilon();
constexpr int kMaximumSteps = 400;
/// The middle way takes three to six steps; after so many, every other one is a bisection.
constexpr int kPatience = 12;

/// sum_j r_j / (d_j - lambda) over a range of j, and its derivative.
struct PartialSum {
  double value = 0;
  double slope = 0;
};

/// The sum over poles [begin, end) at lambda = d_origin + offset, in eight interleaved sums (base/sum.hpp).
PartialSum sumOver(EigenVector const& d, EigenVector const& r, Index begin, Index end, double origin,
                   double offset) {
  constexpr std::size_t lanes = 8;
  std::array<double, lanes> values{};
  std::array<double, lanes> slopes{};
  double const* const poles = d.data() + begin;
  double const* const residues = r.data() + begin;
  auto const count = static_cast<std::size_t>(end - begin);
  auto add = [&](std::size_t lane, std::size_t j) {
    double const inverse = 1 / ((poles[j] - origin) - offset);
    double const term = residues[j] * inverse;
    values[lane] += term;
    slopes[lane] += term * inverse;
  };
  std::size_t j = 0;
  for (; j + lanes <= count; j += lanes) {
    for (std::size_t lane = 0; lane < lanes; ++lane) add(lane, j + lane);
  }
  for (std::size_t lane = 0; lane < lanes && j + lane < count; ++lane) add(lane, j + lane);
  auto total = [](std::array<double, lanes> const& s) {
    return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
  };
  return {total(values), total(slopes)};
}

/// The root of c x^2 - a x + b = 0 that a - sign sqrt(a^2 - 4 b c) belongs to, without cancellation.
double quadraticRoot(double c, double a, double b, double sign) {
  double const root = std::sqrt(std::max(0.0, a * a - 4 * b * c));
  return sign * a > 0 ? 2 * b / (a + sign * root) : (a - sign * root) / (2 * c);
}

/// One root being sought: its neighbouring poles and the bracket in offsets from the origin.
class Search {
 public:
  Search(EigenVector const& d, EigenVector const& r, double residueSum, Index i) : d_(d), r_(r) {
    last_ = i + 1 == d.size();
    left_ = last_ ? i - 1 : i;
    double const gap = d[left_ + 1] - d[left_];
    // The model with the two poles and, for all else, its value in the middle of the interval.
    double const middle = last_ ? residueSum / 2 : gap / 2;
    double const g = functionWithoutNeighbours(d[i], middle);
    double const rl = r[left_];
    double const rr = r[left_ + 1];
    double const atMiddle =
        last_ ? g + rl / (-gap - middle) + rr / -middle : g + rl / -middle + rr / (gap - middle);
    if (!last_ && atMiddle >= 0) {
      origin_ = i;
      low_ = 0;
      high_ = middle;
      offset_ = quadraticRoot(g, g * gap + rl + rr, rl * gap, 1);
    } else {
      origin_ = last_ ? i : i + 1;
      low_ = last_ ? (atMiddle < 0 ? middle : 0) : -middle;
      high_ = last_ ? (atMiddle < 0 ? residueSum * (1 + 4 * kEps) : middle) : 0;
      offset_ = quadraticRoot(g, -g * gap + rl + rr, -rr * gap, last_ ? -1 : 1);
    }
    if (!inside(offset_)) offset_ = bisection();
  }

  SecularRoot run() {
    for (int step = 0; step < kMaximumSteps; ++step) {
      double const origin = d_[origin_];
      PartialSum const psi = sumOver(d_, r_, 0, left_ + 1, origin, offset_);
      PartialSum const phi = sumOver(d_, r_, left_ + 1, d_.size(), origin, offset_);
      double const f = 1 + psi.value + phi.value;
      double const slope = psi.slope + phi.slope;
      // Rounding of the sums, and of the offset itself.
      double const rounding =
          8 * kEps * (1 + std::abs(psi.value) + std::abs(phi.value)) + kEps * std::abs(offset_) * slope;
      if (std::abs(f) <= rounding) return {origin_, offset_};
      (f < 0 ? low_ : high_) = offset_;

      double const toLeft = (d_[left_] - origin) - offset_;
      double const toRight = (d_[left_ + 1] - origin) - offset_;
      double const c = f - toLeft * psi.slope - toRight * phi.slope;
      double const a = (toLeft + toRight) * f - toLeft * toRight * slope;
      double const b = toLeft * toRight * f;
      double next = offset_ + quadraticRoot(c, a, b, last_ ? -1 : 1);
      bool const stubborn = step >= kPatience && step % 2 == 0;
      if (stubborn || !inside(next)) next = bisection();
      if (!inside(next) || next == offset_) return {origin_, offset_};  // neighbours: no double lies between
      offset_ = next;
    }
    throw Error(ErrorCode::noConvergence, "secularRoot: no convergence");
  }

 private:
  [[nodiscard]] bool inside(double offset) const { return offset > low_ && offset < high_; }

  /// The middle of the bracket; on the scale of orders of magnitude where its ends are far apart, since a
  /// root may be much closer to the pole than to anything else.
  [[nodiscard]] double bisection() const {
    double const nearEnd = std::min(std::abs(low_), std::abs(high_));
    double const farEnd = std::max(std::abs(low_), std::abs(high_));
    if (nearEnd == 0) return (low_ + high_) * (1.0 / 1024);
    if (farEnd > 4 * nearEnd) return std::copysign(std::sqrt(nearEnd) * std::sqrt(farEnd), low_ + high_);
    return low_ + (high_ - low_) / 2;
  }

  [[nodiscard]] double functionWithoutNeighbours(double origin, double offset) const {
    return 1 + sumOver(d_, r_, 0, left_, origin, offset).value +
           sumOver(d_, r_, left_ + 2, d_.size(), origin, offset).value;
  }

  EigenVector const& d_;
  EigenVector const& r_;
  bool last_ = false;
  Index left_ = 0;  // index of the left one of the two neighbouring poles
  Index origin_ = 0;
  double low_ = 0;   // the function is negative here, or it is the pole
  double high_ = 0;  // and positive here
  double offset_ = 0;
};

}  // namespace

SecularRoot secularRoot(EigenVector const& d, EigenVector const& r, double residueSum, Index i) {
  if (d.size() == 1) return {0, r[0]};
  return Search(d, r, residueSum, i).run();
}

}  // namespace madloop::linalg
