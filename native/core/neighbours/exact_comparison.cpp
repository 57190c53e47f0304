#include "core/neighbours/exact_comparison.hpp"

#include <array>
#include <bit>
#include <cstdint>

namespace madloop::neighbours {

namespace {

/// A finite double is mantissa * 2^exponent, |mantissa| < 2^53.
struct Decomposed {
  bool negative;
  std::uint64_t mantissa;
  int exponent;
};

constexpr int kSmallestExponent = -1074;

Decomposed decompose(double value) {
  auto const bits = std::bit_cast<std::uint64_t>(value);
  auto const biased = static_cast<int>(bits >> 52 & 0x7ff);
  std::uint64_t const fraction = bits & ((std::uint64_t{1} << 52) - 1);
  bool const negative = (bits >> 63) != 0;
  if (biased == 0) return {negative, fraction, kSmallestExponent};
  return {negative, fraction | std::uint64_t{1} << 52, biased - 1075};
}

/// A sum of products of doubles in units of 2^(2 * kSmallestExponent), in digits of 32 bits. Digits are kept in
/// 64 bits with their carries not yet passed on: room for 2^31 additions.
class ProductSum {
 public:
  /// Adds sign * 2^shift * x * y.
  void add(Decomposed const& x, Decomposed const& y, int shift, bool subtract) {
    if (x.mantissa == 0 || y.mantissa == 0) return;
    bool const negative = (x.negative != y.negative) != subtract;
    auto const position = static_cast<std::size_t>(x.exponent + y.exponent + shift - 2 * kSmallestExponent);
    // Mantissas in two parts of 27 bits: every partial product fits in 54.
    constexpr std::uint64_t mask = (std::uint64_t{1} << kHalf) - 1;
    std::uint64_t const xLow = x.mantissa & mask;
    std::uint64_t const xHigh = x.mantissa >> kHalf;
    std::uint64_t const yLow = y.mantissa & mask;
    std::uint64_t const yHigh = y.mantissa >> kHalf;
    addPart(xLow * yLow, position, negative);
    addPart(xLow * yHigh, position + kHalf, negative);
    addPart(xHigh * yLow, position + kHalf, negative);
    addPart(xHigh * yHigh, position + 2 * kHalf, negative);
  }

  /// -1, 0 or 1.
  int sign() {
    std::int64_t carry = 0;
    bool zero = true;
    for (std::int64_t& digit : digits_) {
      std::int64_t const value = digit + carry;
      carry = value >> 32;  // towards minus infinity: what remains is a digit from 0 to 2^32 - 1
      digit = value & 0xffffffff;
      zero = zero && digit == 0;
    }
    if (carry < 0) return -1;
    return zero && carry == 0 ? 0 : 1;
  }

 private:
  static constexpr std::size_t kHalf = 27;
  // Exponents of products span 2 * (2^11) bits; 53 + 53 bits of a product, 1 of a shift and 64 of carries come
  // on top.
  static constexpr std::size_t kDigits = (4096 + 192) / 32;

  void addPart(std::uint64_t part, std::size_t position, bool negative) {
    std::size_t const first = position / 32;
    auto const offset = static_cast<unsigned>(position % 32);
    std::uint64_t const low = (part & 0xffffffff) << offset;
    std::uint64_t const high = (part >> 32) << offset;
    addDigit(first, low & 0xffffffff, negative);
    addDigit(first + 1, (low >> 32) + (high & 0xffffffff), negative);
    addDigit(first + 2, high >> 32, negative);
  }

  void addDigit(std::size_t index, std::uint64_t value, bool negative) {
    auto const amount = static_cast<std::int64_t>(value);
    digits_[index] += negative ? -amount : amount;
  }

  std::array<std::int64_t, kDigits> digits_{};
};

}  // namespace

int compareSquaredDistances(double const* centre, double const* a, double const* b, std::size_t dim) {
  // |c - a|^2 - |c - b|^2 = sum of a a - b b - 2 c a + 2 c b.
  ProductSum sum;
  for (std::size_t k = 0; k < dim; ++k) {
    if (a[k] == b[k]) continue;
    Decomposed const c = decompose(centre[k]);
    Decomposed const left = decompose(a[k]);
    Decomposed const right = decompose(b[k]);
    sum.add(left, left, 0, false);
    sum.add(right, right, 0, true);
    sum.add(c, left, 1, true);
    sum.add(c, right, 1, false);
  }
  return sum.sign();
}

}  // namespace madloop::neighbours
