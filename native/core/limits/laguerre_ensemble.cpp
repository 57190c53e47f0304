#include "core/limits/laguerre_ensemble.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "core/base/elementary.hpp"
#include "core/linalg/gauss_legendre.hpp"

// With M = count, a = excess, b_j = sqrt(j (j + a)), the normalised Laguerre functions are
//
//   phi_0 = c x^(a/2) exp(-x/2),   b_(j+1) phi_(j+1) = (2j + 1 + a - x) phi_j - b_j phi_(j-1),
//
// and with H_j(x) = int_0^x phi_j(t)/sqrt(t) dt, I_j = H_j(infinity), G = I_(M-2) - 2 H_(M-2) the density is
//
//   rho(x) = sum_(j=0)^(M-2) phi_j^2 + b_(M-1)/4 G phi_(M-1)/sqrt(x) + [M odd] phi_(M-1)/(sqrt(x) I_(M-1)).
//
// From b_(j+1) H_(j+1) = 2 sqrt(x) phi_j + b_j H_(j-1) and I_(j+1) = (b_j/b_(j+1)) I_(j-1), I_1 = 0:
//
//   G = [M even] r (I_0 - 2 H_0) - 4 sqrt(x) T_(M-2),   r = product of b_(2i-1)/b_(2i) over 2 <= 2i <= M - 1,
//   T_(j+1) = (phi_j + b_j T_(j-1))/b_(j+1),   T_0 = T_(-1) = 0,   I_(M-1) = r I_0 for odd M.
//
// For M = 1 this is the chi-square density. No Gamma function appears: c, H_0 and I_0 come from the quadrature.

namespace madloop::limits {

namespace {

constexpr std::size_t kPanelNodes = linalg::kGaussLegendreCount;

// How far the panels reach beyond the edges of the spectrum, sqrt(M + a) -+ sqrt(M) in sqrt(x). The density
// falls off there at least as fast as exp(-distance^2/2), which is 3e-18.
constexpr double kMargin = 9;

// In sqrt(x), phi_(M-1)^2 is a wave of angular frequency 4 sqrt(M) at most. A panel takes so much of it that
// the phase runs over +-kPanelPhase: 32 nodes integrate cos to 1e-14 up to +-28. And phi_0^2, which is about
// exp(-2 distance^2), asks for panels no wider than kWidestPanel whatever M is.
constexpr double kPanelPhase = 20;
constexpr double kWidestPanel = 2.5;

// Near x = 0 the density is x^((a-1)/2) times a smooth function of x. The panel that begins there is uniform in
// w, sqrt(x) ~ w^kGradingPower, and its integrands are w^((a+1) kGradingPower - 1) times smooth functions of w.
constexpr int kGradingPower = 6;

/// u - log(1 + u) for |u| <= 2/3 without cancellation: with r = u/(2 + u), log(1 + u) = 2 artanh r.
double minusLogOnePlus(double u) {
  double const r = u / (2 + u);
  return r * (u - 2 * elementary::areaTangentTail(r * r));
}

/// A quadrature node, in coordinates in which nothing cancels, and what belongs to phi_0 there.
struct Node {
  double offset = 0;    // sqrt(x) - origin
  double root = 0;      // sqrt(x)
  double shift = 0;     // x - a
  double weight = 0;    // quadrature weight, of an integral over sqrt(x)
  double logPhi = 0;    // log(phi_0/max phi_0): phi_0 underflows where phi_(M-1) does not
  double phi = 0;       // phi_0/max phi_0
  double integral = 0;  // H_0/max phi_0
};

struct Grid {
  double origin = 0;
  std::vector<Node> nodes;   // kPanelNodes a panel
  double peak = 0;           // max phi_0
  double totalIntegral = 0;  // I_0/max phi_0
};

Node makeNode(double excess, double origin, double offset, double weight) {
  double const rootExcess = std::sqrt(excess);
  Node node;
  node.offset = offset;
  node.weight = weight;
  node.root = origin + offset;
  double const distance = origin > 0 ? offset : offset - rootExcess;  // sqrt(x) - sqrt(a)
  node.shift = distance * (node.root + rootExcess);
  // 2 log(max phi_0/phi_0) = x - a - a log(x/a), where sqrt(x/a) = 1 + u
  if (3 * std::abs(distance) < 2 * rootExcess) {
    node.logPhi = -0.5 * distance * distance - excess * minusLogOnePlus(distance / rootExcess);
  } else {
    node.logPhi = -0.5 * node.shift + (excess > 0 ? excess * logarithm(node.root / rootExcess) : 0);
  }
  node.phi = exponential(node.logPhi);
  return node;
}

/// Adds the panel [from, from + width] of offsets, or, graded towards 0, the panel [0, width], and H_0 on it.
void addPanel(Grid& grid, double excess, double from, double width, bool graded) {
  linalg::GaussLegendre const& rule = linalg::gaussLegendre();
  std::array<double, kPanelNodes> increments;  // by which H_0 grows from node to node
  std::size_t const first = grid.nodes.size();
  for (std::size_t i = 0; i < kPanelNodes; ++i) {
    double const w = 0.5 * (1 + rule.nodes[i]);
    double position = w;
    double slope = 1;
    if (graded) {
      for (int power = 1; power < kGradingPower; ++power) position *= w;
      slope = kGradingPower * position / w;
    }
    grid.nodes.push_back(
        makeNode(excess, grid.origin, from + width * position, 0.5 * width * slope * rule.weights[i]));
    increments[i] = width * slope * grid.nodes.back().phi;  // dH_0 = 2 phi_0 d sqrt(x)
  }
  for (std::size_t i = 0; i < kPanelNodes; ++i) {
    double sum = 0;
    for (std::size_t j = 0; j < kPanelNodes; ++j) sum += rule.partial[i][j] * increments[j];
    grid.nodes[first + i].integral = grid.totalIntegral + sum;
  }
  for (std::size_t i = 0; i < kPanelNodes; ++i) grid.totalIntegral += rule.weights[i] * increments[i];
}

Grid makeGrid(std::size_t count, double excess, std::size_t refinement) {
  double const rootCount = std::sqrt(static_cast<double>(count));
  double const rootExcess = std::sqrt(excess);
  double const rootDegrees = std::sqrt(excess + static_cast<double>(count));
  double const width = std::min(kWidestPanel, kPanelPhase / (2 * rootCount)) / static_cast<double>(refinement);

  Grid grid;
  double from = 0;
  double to = rootDegrees + rootCount + kMargin;
  if (rootDegrees - rootCount > kMargin) {
    grid.origin = rootExcess;
    double const centre = static_cast<double>(count) / (rootDegrees + rootExcess);  // sqrt(nu) - sqrt(a)
    from = centre - rootCount - kMargin;
    to = centre + rootCount + kMargin;
  } else {
    from = width / kGradingPower;  // narrower, because the nodes are sparser at its far end
    addPanel(grid, excess, 0, from, true);
  }
  auto const panels = static_cast<std::size_t>(std::ceil((to - from) / width));
  double const step = (to - from) / static_cast<double>(panels);
  for (std::size_t panel = 0; panel < panels; ++panel) {
    addPanel(grid, excess, from + static_cast<double>(panel) * step, step, false);
  }

  double square = 0;  // int phi_0^2 dx, dx = 2 sqrt(x) d sqrt(x)
  for (Node const& node : grid.nodes) square += 2 * node.weight * node.root * node.phi * node.phi;
  grid.peak = 1 / std::sqrt(square);
  return grid;
}

/// The coefficients of the recurrence.
struct Recurrence {
  std::vector<double> b;         // b_0 ... b_(M-1)
  std::vector<double> inverseB;  // their inverses, from index 1
  double ratio = 1;              // r

  Recurrence(std::size_t count, double excess) : b(count), inverseB(count) {
    for (std::size_t j = 1; j < count; ++j) {
      auto const index = static_cast<double>(j);
      b[j] = std::sqrt(index * (index + excess));
      inverseB[j] = 1 / b[j];
    }
    for (std::size_t j = 2; j < count; j += 2) ratio *= b[j - 1] * inverseB[j];
  }
};

constexpr std::size_t kLanes = 8;  // nodes that go through the recurrence together
using Lanes = std::array<double, kLanes>;

// Where phi_j passes 2^256 it is divided by that. The logarithm is kept in two parts: small multiples of the
// first are exact, and cancel against log phi_0.
constexpr double kLarge = 0x1p256;
constexpr double kLogLargeHigh = 256 * elementary::kLog2High;
constexpr double kLogLargeLow = 256 * elementary::kLog2Low;

/// phi_(M-1), T_(M-2) and sum_(j=0)^(M-2) phi_j^2 at `kLanes` nodes, over phi_0 kLarge^divisions (its square).
struct LaguerreFunctions {
  Lanes last{}, t{}, squares{}, divisions{};
};

LaguerreFunctions laguerreFunctions(std::size_t count, Recurrence const& recurrence, Lanes const& shift) {
  // A step multiplies phi by less than 2^16 for all counts allowed, so between two checks it cannot pass 2^384,
  // nor its square 2^768.
  constexpr std::size_t stepsBetweenChecks = 8;

  LaguerreFunctions f;
  Lanes previous{};
  f.last.fill(1);
  for (std::size_t begin = 0; begin + 1 < count; begin += stepsBetweenChecks) {
    std::size_t const end = std::min(begin + stepsBetweenChecks, count - 1);
    for (std::size_t j = begin; j < end; ++j) {
      double const diagonal = static_cast<double>(2 * j + 1);
      double const b = recurrence.b[j];
      double const inverse = recurrence.inverseB[j + 1];
      bool const updateT = (count - j) % 2 == 1;  // T_(j+1) has the parity of T_(M-2)
      for (std::size_t lane = 0; lane < kLanes; ++lane) f.squares[lane] += f.last[lane] * f.last[lane];
      if (updateT) {
        for (std::size_t lane = 0; lane < kLanes; ++lane) f.t[lane] = (f.last[lane] + b * f.t[lane]) * inverse;
      }
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        double const next = ((diagonal - shift[lane]) * f.last[lane] - b * previous[lane]) * inverse;
        previous[lane] = f.last[lane];
        f.last[lane] = next;
      }
    }
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      if (std::abs(f.last[lane]) > kLarge) {
        f.last[lane] /= kLarge;
        previous[lane] /= kLarge;
        f.t[lane] /= kLarge;
        f.squares[lane] /= kLarge;
        f.squares[lane] /= kLarge;
        f.divisions[lane] += 1;
      }
    }
  }
  return f;
}

/// rho(x) dx/(d sqrt(x)) times the weight of the node.
double massAt(Node const& node, Grid const& grid, std::size_t count, Recurrence const& recurrence,
              LaguerreFunctions const& f, std::size_t lane) {
  double const logUnit = (node.logPhi + f.divisions[lane] * kLogLargeHigh) + f.divisions[lane] * kLogLargeLow;
  double const unit = grid.peak * exponential(logUnit);
  double const last = f.last[lane] * unit;
  double const sum = f.squares[lane] * unit * unit;
  double const totalIntegral = grid.peak * grid.totalIntegral;
  double g = -4 * node.root * f.t[lane] * unit;
  if (count % 2 == 0) g += recurrence.ratio * (totalIntegral - 2 * grid.peak * node.integral);
  double density = 2 * node.root * sum + 0.5 * recurrence.b[count - 1] * g * last;
  if (count % 2 == 1) density += 2 * last / (recurrence.ratio * totalIntegral);
  return node.weight * density;
}

}  // namespace

LaguerreQuadrature laguerreQuadrature(std::size_t count, double excess, Task const& task,
                                      std::size_t refinement) {
  Grid const grid = makeGrid(count, excess, refinement);
  Recurrence const recurrence(count, excess);

  LaguerreQuadrature result;
  result.origin = grid.origin;
  result.offset.reserve(grid.nodes.size());
  result.mass.reserve(grid.nodes.size());
  double total = 0;
  static_assert(kPanelNodes % kLanes == 0);
  for (std::size_t first = 0; first < grid.nodes.size(); first += kLanes) {
    task.throwIfCancelled();
    Lanes shift;
    for (std::size_t lane = 0; lane < kLanes; ++lane) shift[lane] = grid.nodes[first + lane].shift;
    LaguerreFunctions const f = laguerreFunctions(count, recurrence, shift);
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      Node const& node = grid.nodes[first + lane];
      result.offset.push_back(node.offset);
      result.mass.push_back(massAt(node, grid, count, recurrence, f, lane));
      total += result.mass.back();
    }
  }
  if (!(std::abs(total / static_cast<double>(count) - 1) < 1e-10)) {
    throw Error(ErrorCode::internal, "laguerreQuadrature: masses must add up to " + std::to_string(count) +
                                         ", got " + std::to_string(total));
  }
  return result;
}

}  // namespace madloop::limits
