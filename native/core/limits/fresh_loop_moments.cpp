#include "core/limits/fresh_loop_moments.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "core/base/error.hpp"
#include "core/linalg/elimination.hpp"
#include "core/linalg/spectral_radius.hpp"

namespace madloop::limits {

using linalg::Index;
using linalg::Matrix;
using linalg::Vector;

namespace {

constexpr std::size_t kMostEnds = 2 * kLargestMomentDegree;

/// Powers of the quantities that a term of the recursion is a product of.
struct Powers {
  std::uint8_t realDof = 0;       // n_r - 1
  std::uint8_t syntheticDof = 0;  // n_s - 1
  std::uint8_t between = 0;       // n_r n_s / N
  std::uint8_t realShare = 0;     // p = n_r / N
  std::uint8_t syntheticShare = 0;
  std::uint8_t realNoise = 0;       // 1 / n_r
  std::uint8_t syntheticNoise = 0;  // 1 / n_s
  std::uint8_t lambda = 0;
  std::uint8_t dim = 0;
  std::uint8_t scatters = 0;  // 1 / divisor
  friend auto operator<=>(Powers const&, Powers const&) = default;
};

struct Term {
  std::size_t next;  // index of the monomial whose expectation it is a part of
  std::size_t last;  // index of the monomial of the last state; 0 is the empty one
  Powers powers;
  double factor;
};

/// All monomials of degrees 0 to `degree`, by degree: the empty one first.
std::vector<StateMonomial> allMonomials(std::size_t degree) {
  std::vector<StateMonomial> monomials{StateMonomial{}};
  for (std::size_t i = 0; i < 2 * degree; ++i) {
    // Multiplied by every power of one more factor.
    std::size_t const known = monomials.size();
    for (std::size_t j = 0; j < known; ++j) {
      StateMonomial monomial = monomials[j];
      for (;;) {
        ++(i < degree ? monomial.traces[i] : monomial.forms[i - degree]);
        if (monomial.degree() > degree) break;
        monomials.push_back(monomial);
      }
    }
  }
  std::sort(monomials.begin(), monomials.end(), [](StateMonomial const& a, StateMonomial const& b) {
    return std::pair(a.degree(), b) < std::pair(b.degree(), a);
  });
  return monomials;
}

/// Where the vector at one end of a scalar product comes from.
enum class Origin : std::uint8_t { real, synthetic, difference, mean };

/// The expectation of one monomial of the next state by Wick's theorem. The monomial is a product of scalar
/// products of vectors: tr S^2, say, is the sum of (x . y)(y . x) over the vectors x, y of the scatter. Every
/// vector is a centred Gaussian, paired with another of its kind, or the last mean. A chain of scalar products
/// and pairs then is a trace, where it closes, or a quadratic form, where it runs from mean to mean.
///
/// The example of E tr Sigma'^2 = E tr S^2 / divisor^2. S is a sum of a a' over rows a, so tr S^2 is the sum of
/// (a . b)(b . a) over two of them, slots 0 and 1, with four ends:
///
///   ends       0    1    2    3
///   slot_      0    0    1    1        a has ends 0 and 1, b has 2 and 3
///   across_    3    2    1    0        the scalar products are (1, 2) and (3, 0)
///
/// chooseKinds() goes through what a and b are, 3 x 3 choices; pairFrom() through the pairings of the ends for
/// each; addTerm() writes the product that a pairing stands for.
///
/// Both real, x_i and x_j: coordinates of rows are independent N(0, 1), so that a pair is the identity.
///   (0,1) (2,3)  each row with itself: i and j are free, (n_r - 1)^2 equal terms. From end 0 across to 3, its
///                partner 2, across to 1, its partner 0: one closed chain without a Sigma, tr I = d.
///                Together (n_r - 1)^2 d.
///   (0,2) (1,3)  a with b: i = j, n_r - 1 terms. From 0 to 3, partner 1, to 2, partner 0: one chain again.
///                (n_r - 1) d.
///   (0,3) (1,2)  i = j, and two chains: 0, 3, back to 0, and 1, 2, back to 1. (n_r - 1) d^2.
/// The sum is that of a Wishart matrix U of n_r - 1 degrees of freedom, E tr U^2 = (n_r - 1) d (n_r + d).
///
/// Both synthetic: the same pairings, but each pair is lambda Sigma, and a chain is the trace of the product of
/// those that it goes through.
///   (0,1) (2,3)  (n_s - 1)^2 lambda^2 tr Sigma^2
///   (0,2) (1,3)  (n_s - 1) lambda^2 tr Sigma^2
///   (0,3) (1,2)  (n_s - 1) lambda^2 (tr Sigma)^2
///
/// A real and a synthetic row are independent: only (0,1) (2,3) is left, (n_r - 1) (n_s - 1) lambda tr Sigma.
///
/// A real row a and b b' = c D D', D = -mu + e_r - e_s: (0,1) as before, and end 2 is -mu, and then end 3 too;
/// or the two are a pair of e_r, I / n_r, or of e_s, lambda Sigma / n_s (the loop over Pair in pairFrom).
///   mu, mu       (n_r - 1) c |mu|^2: the chain from mean 2 to 1, partner 0, to mean 3, a form without Sigma
///   e_r, e_r     (n_r - 1) c d / n_r
///   e_s, e_s     (n_r - 1) c lambda tr Sigma / n_s
///
/// With D in both places ends of the two can be paired with each other, too: mu' Sigma mu comes in that way.
class Expectation {
 public:
  Expectation(StateMonomial const& monomial, std::map<std::pair<StateMonomial, Powers>, double>& terms)
      : terms_(terms) {
    for (std::size_t i = 0; i < kLargestMomentDegree; ++i) {
      for (int n = 0; n < monomial.traces[i]; ++n) addTrace(i + 1);
      for (int n = 0; n < monomial.forms[i]; ++n) addForm(i);
    }
  }

  void enumerate() { chooseKinds(0); }

 private:
  static constexpr std::uint8_t kNoSlot = 255;
  enum class Pair : std::uint8_t { none, lastMean, identity, covariance };

  std::size_t addEnd(std::uint8_t slot) {
    slot_[ends_] = slot;
    kind_[ends_] = Origin::mean;
    return ends_++;
  }

  void product(std::size_t a, std::size_t b) {
    across_[a] = b;
    across_[b] = a;
  }

  /// tr S^power: a ring of `power` scatter matrices x x'.
  void addTrace(std::size_t power) {
    std::size_t const first = addScatter();
    std::size_t last = first + 1;
    for (std::size_t i = 1; i < power; ++i) {
      std::size_t const next = addScatter();
      product(last, next);
      last = next + 1;
    }
    product(last, first);
  }

  /// mu' S^power mu.
  void addForm(std::size_t power) {
    std::size_t last = addEnd(kNoSlot);
    for (std::size_t i = 0; i < power; ++i) {
      std::size_t const next = addScatter();
      product(last, next);
      last = next + 1;
    }
    product(last, addEnd(kNoSlot));
  }

  std::size_t addScatter() {
    std::size_t const first = addEnd(slots_);
    addEnd(slots_++);
    return first;
  }

  /// Each scatter matrix is a sum over real rows, synthetic rows and the difference of the two means.
  void chooseKinds(std::size_t slot) {
    if (slot == slots_) return pairFrom(0);
    for (Origin const kind : {Origin::real, Origin::synthetic, Origin::difference}) {
      for (std::size_t end = 0; end < ends_; ++end) {
        if (slot_[end] == slot) kind_[end] = kind;
      }
      chooseKinds(slot + 1);
    }
  }

  void pairFrom(std::size_t end) {
    while (end < ends_ && pair_[end] != Pair::none) ++end;
    if (end == ends_) return addTerm();
    bool const row = kind_[end] == Origin::real || kind_[end] == Origin::synthetic;
    if (!row) {
      pair_[end] = Pair::lastMean;
      pairFrom(end + 1);
    }
    for (std::size_t other = end + 1; other < ends_; ++other) {
      if (pair_[other] != Pair::none) continue;
      bool const otherRow = kind_[other] == Origin::real || kind_[other] == Origin::synthetic;
      if (row ? kind_[other] != kind_[end] : otherRow) continue;
      partner_[end] = other;
      partner_[other] = end;
      for (Pair const pair : {Pair::identity, Pair::covariance}) {
        if (row && (pair == Pair::identity) != (kind_[end] == Origin::real)) continue;
        pair_[end] = pair_[other] = pair;
        pairFrom(end + 1);
      }
      pair_[other] = Pair::none;
    }
    pair_[end] = Pair::none;
  }

  void addTerm() {
    Powers powers;
    double sign = 1;
    for (std::size_t end = 0; end < ends_; ++end) {
      // D = -mu + e_r - e_s and mu' = q mu + p e_r + q e_s with e_r ~ N(0, I / n_r), e_s ~ N(0, lambda Sigma /
      // n_s).
      if (kind_[end] == Origin::difference && pair_[end] != Pair::identity) sign = -sign;
      if (kind_[end] == Origin::mean)
        ++(pair_[end] == Pair::identity ? powers.realShare : powers.syntheticShare);
      if (pair_[end] == Pair::lastMean || partner_[end] < end) continue;
      bool const row = kind_[end] == Origin::real || kind_[end] == Origin::synthetic;
      if (!row) ++(pair_[end] == Pair::identity ? powers.realNoise : powers.syntheticNoise);
      if (pair_[end] == Pair::covariance) ++powers.lambda;
    }
    powers.scatters = slots_;
    countRows(powers);
    StateMonomial last;
    countChains(last, powers.dim);
    terms_[{last, powers}] += sign;
  }

  /// A sum over rows is free for every set of scatter matrices that pairs connect: n - 1 equal terms.
  void countRows(Powers& powers) const {
    std::array<std::uint8_t, kLargestMomentDegree> root{};
    for (std::uint8_t slot = 0; slot < slots_; ++slot) root[slot] = slot;
    for (std::size_t end = 0; end < ends_; ++end) {
      if (slot_[end] == kNoSlot || pair_[end] == Pair::lastMean || kind_[end] == Origin::difference) continue;
      std::uint8_t const from = root[slot_[end]];
      std::uint8_t const to = root[slot_[partner_[end]]];
      for (std::uint8_t slot = 0; slot < slots_; ++slot) {
        if (root[slot] == from) root[slot] = to;
      }
    }
    std::array<bool, kLargestMomentDegree> counted{};
    for (std::size_t end = 0; end < ends_; ++end) {
      if (slot_[end] == kNoSlot) continue;
      if (kind_[end] == Origin::difference) {
        if (end > 0 && slot_[end - 1] == slot_[end]) ++powers.between;
        continue;
      }
      if (std::exchange(counted[root[slot_[end]]], true)) continue;
      ++(kind_[end] == Origin::real ? powers.realDof : powers.syntheticDof);
    }
  }

  void countChains(StateMonomial& last, std::uint8_t& dim) const {
    std::array<bool, kMostEnds> seen{};
    auto follow = [&](std::size_t end, auto stop) {
      std::size_t covariances = 0;
      for (;;) {
        seen[end] = true;
        std::size_t const opposite = across_[end];
        seen[opposite] = true;
        if (pair_[opposite] == Pair::lastMean) return covariances;
        if (pair_[opposite] == Pair::covariance) ++covariances;
        end = partner_[opposite];
        if (stop(end)) return covariances;
      }
    };
    for (std::size_t end = 0; end < ends_; ++end) {
      if (pair_[end] == Pair::lastMean && !seen[end])
        ++last.forms[follow(end, [](std::size_t) { return false; })];
    }
    for (std::size_t end = 0; end < ends_; ++end) {
      if (seen[end]) continue;
      std::size_t const power = follow(end, [end](std::size_t at) { return at == end; });
      ++(power == 0 ? dim : last.traces[power - 1]);
    }
  }

  std::map<std::pair<StateMonomial, Powers>, double>& terms_;
  std::size_t ends_ = 0;
  std::uint8_t slots_ = 0;
  // For each end of a scalar product:
  std::array<std::uint8_t, kMostEnds> slot_{};    // the scatter matrix it belongs to; kNoSlot for the new mean
  std::array<Origin, kMostEnds> kind_{};          // the vector that it is an end of
  std::array<std::size_t, kMostEnds> across_{};   // the other end of its scalar product
  std::array<Pair, kMostEnds> pair_{};            // what it is paired by
  std::array<std::size_t, kMostEnds> partner_{};  // with which end; nothing for the last mean
};

struct RecursionTerms {
  std::vector<StateMonomial> monomials;  // by degree, the empty one first
  std::vector<Term> terms;
};

RecursionTerms makeTerms(std::size_t degree) {
  RecursionTerms recursion{allMonomials(degree), {}};
  std::vector<StateMonomial> const& monomials = recursion.monomials;
  for (std::size_t next = 1; next < monomials.size(); ++next) {
    std::map<std::pair<StateMonomial, Powers>, double> terms;
    Expectation(monomials[next], terms).enumerate();
    for (auto const& [key, factor] : terms) {
      if (factor == 0) continue;
      auto const last = std::find(monomials.begin(), monomials.end(), key.first);
      recursion.terms.push_back({next, static_cast<std::size_t>(last - monomials.begin()), key.second, factor});
    }
  }
  return recursion;
}

/// The recursion as a polynomial in its parameters: the same for all loops.
RecursionTerms const& recursionTerms(std::size_t degree) {
  switch (degree) {
    case 1: {
      static RecursionTerms const terms = makeTerms(1);
      return terms;
    }
    case 2: {
      static RecursionTerms const terms = makeTerms(2);
      return terms;
    }
    case 3: {
      static RecursionTerms const terms = makeTerms(3);
      return terms;
    }
    case 4: {
      static RecursionTerms const terms = makeTerms(4);
      return terms;
    }
    default:
      throw Error(ErrorCode::internal, "moment recursion: degree must be from 1 to 4");
  }
}

/// Twice the largest degree that momentGrowth() is asked for.
constexpr std::size_t kMostPowers = 48;

/// 1, x, x^2, ...
class PowerTable {
 public:
  explicit PowerTable(double x) {
    value_[0] = 1;
    for (std::size_t i = 1; i < value_.size(); ++i) value_[i] = value_[i - 1] * x;
  }
  double operator[](std::size_t power) const { return value_[power]; }

 private:
  std::array<double, kMostPowers + 1> value_{};
};

double divisorOf(StationaryLoop const& p) {
  auto const total = static_cast<double>(p.real + p.synthetic);
  return p.divisor == gaussian::CovarianceDivisor::unbiased ? total - 1 : total;
}

}  // namespace

std::size_t StateMonomial::degree() const {
  std::size_t sum = 0;
  for (std::size_t i = 0; i < kLargestMomentDegree; ++i) sum += (i + 1) * (traces[i] + std::size_t{forms[i]});
  return sum;
}

double FreshLoopMoments::operator[](StateMonomial const& monomial) const {
  if (monomial == StateMonomial{}) return 1;
  auto const found = std::find(monomials_.begin(), monomials_.end(), monomial);
  if (found == monomials_.end()) throw Error(ErrorCode::internal, "stationary moments: unknown monomial");
  return expectations_[static_cast<std::size_t>(found - monomials_.begin())];
}

MomentRecursion momentRecursion(StationaryLoop const& p, std::size_t degree) {
  RecursionTerms const& recursion = recursionTerms(degree);
  auto const real = static_cast<double>(p.real);
  auto const synthetic = static_cast<double>(p.synthetic);
  double const total = real + synthetic;
  PowerTable const realDof(real - 1);
  PowerTable const syntheticDof(std::max(0.0, synthetic - 1));
  PowerTable const between(real / total * synthetic);
  PowerTable const realShare(real / total);
  PowerTable const syntheticShare(synthetic / total);
  PowerTable const realNoise(1 / real);
  PowerTable const syntheticNoise(synthetic > 0 ? 1 / synthetic : 0);
  PowerTable const lambda(p.lambda);
  PowerTable const dim(static_cast<double>(p.dim));
  PowerTable const scatters(1 / divisorOf(p));

  MomentRecursion result;
  std::size_t const size = recursion.monomials.size() - 1;
  result.monomials.assign(recursion.monomials.begin() + 1, recursion.monomials.end());
  result.matrix.assign(size * size, 0);
  result.constant.assign(size, 0);
  for (Term const& term : recursion.terms) {
    Powers const& e = term.powers;
    double const value = term.factor * realDof[e.realDof] * syntheticDof[e.syntheticDof] * between[e.between] *
                         realShare[e.realShare] * syntheticShare[e.syntheticShare] * realNoise[e.realNoise] *
                         syntheticNoise[e.syntheticNoise] * lambda[e.lambda] * dim[e.dim] *
                         scatters[e.scatters];
    (term.last == 0 ? result.constant[term.next - 1] : result.matrix[(term.next - 1) * size + term.last - 1]) +=
        value;
  }
  return result;
}

FreshLoopMoments freshLoopMoments(StationaryLoop const& p, std::size_t degree) {
  MomentRecursion const recursion = momentRecursion(p, degree);
  std::size_t const size = recursion.monomials.size();
  std::vector<double> expectations(size, 0);
  // A degree at a time: no moment depends on those of a higher degree.
  for (std::size_t begin = 0; begin < size;) {
    std::size_t end = begin;
    while (end < size && recursion.monomials[end].degree() == recursion.monomials[begin].degree()) ++end;
    auto const n = static_cast<Index>(end - begin);
    Matrix system = Matrix::identity(n);
    Vector right(n);
    // Unknowns in units that make them similar: (tr Sigma)^3 is dim^2 times tr Sigma^3.
    Vector unit(n);
    for (Index i = 0; i < n; ++i) {
      StateMonomial const& monomial = recursion.monomials[begin + static_cast<std::size_t>(i)];
      unit[i] = 1;
      for (std::size_t j = 0; j < kLargestMomentDegree; ++j) {
        for (int k = 0; k < monomial.traces[j] + monomial.forms[j]; ++k) unit[i] *= static_cast<double>(p.dim);
      }
    }
    for (Index i = 0; i < n; ++i) {
      std::size_t const row = (begin + static_cast<std::size_t>(i)) * size;
      right[i] = recursion.constant[begin + static_cast<std::size_t>(i)];
      for (std::size_t j = 0; j < begin; ++j) right[i] += recursion.matrix[row + j] * expectations[j];
      right[i] /= unit[i];
      for (Index j = 0; j < n; ++j)
        system(i, j) -= recursion.matrix[row + begin + static_cast<std::size_t>(j)] * unit[j] / unit[i];
    }
    Vector const solution = linalg::solve(std::move(system), std::move(right));
    for (Index i = 0; i < n; ++i) expectations[begin + static_cast<std::size_t>(i)] = solution[i] * unit[i];
    begin = end;
  }
  return {recursion.monomials, std::move(expectations)};
}

double momentGrowth(StationaryLoop const& p, std::size_t degree) {
  if (p.synthetic == 0) return 0;
  // At dim = 1, without what does not grow with the last state: D ~ N(-mu, lambda s / n_s), mu' = -q D and
  // s' = (lambda s chi^2 + c D^2) / divisor. The monomial mu^(2i) s^j has i + j = degree.
  auto const synthetic = static_cast<double>(p.synthetic);
  auto const total = static_cast<double>(p.real) + synthetic;
  PowerTable const syntheticShare(synthetic / total);
  PowerTable const between(static_cast<double>(p.real) / total * synthetic / divisorOf(p));
  PowerTable const within(p.lambda / divisorOf(p));
  PowerTable const noise(p.lambda / synthetic);
  auto const n = static_cast<Index>(degree);
  auto at = [](Index power) { return static_cast<std::size_t>(power); };
  auto binomial = [](Index from, Index choose) {
    double value = 1;
    for (Index i = 1; i <= choose; ++i)
      value *= static_cast<double>(from - choose + i) / static_cast<double>(i);
    return value;
  };
  Matrix growth = Matrix::zero(n + 1, n + 1);  // row, column: j of the next and of the last monomial
  for (Index j = 0; j <= n; ++j) {
    double chiSquareMoment = 1;  // E (chi^2)^l with n_s - 1 degrees of freedom
    for (Index l = 0; l <= j; ++l) {
      double const outer = binomial(j, l) * within[at(l)] * chiSquareMoment * between[at(j - l)] *
                           syntheticShare[at(2 * (n - j))];
      Index const r = n - l;  // E D^(2r) = sum binom(2r, 2u) mu^(2(r - u)) (2u - 1)!! (lambda s / n_s)^u
      double oddFactorial = 1;
      for (Index u = 0; u <= r; ++u) {
        growth(j, l + u) += outer * binomial(2 * r, 2 * u) * oddFactorial * noise[at(u)];
        oddFactorial *= static_cast<double>(2 * u + 1);
      }
      chiSquareMoment *= synthetic - 1 + 2 * static_cast<double>(l);
    }
  }
  return linalg::spectralRadius(growth);
}

}  // namespace madloop::limits
