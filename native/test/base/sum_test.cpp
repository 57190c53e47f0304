#include "core/base/sum.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <vector>

#include "core/base/checked.hpp"

using madloop::fixedOrderSum;

TEST_CASE("integers are summed exactly, for every remainder of the eight lanes") {
  for (std::size_t count = 0; count <= 40; ++count) {
    CAPTURE(count);
    double const expected = static_cast<double>(count * (count + 1)) / 2;
    CHECK(fixedOrderSum(count, [](std::size_t i) { return static_cast<double>(i + 1); }) == expected);
  }
}

TEST_CASE("the order of additions does not depend on the address of the data") {
  std::size_t const count = 1003;
  std::vector<double> buffer(count + 8);
  double reference = 0;
  for (std::size_t offset = 0; offset < 8; ++offset) {
    double* const data = buffer.data() + offset;
    for (std::size_t i = 0; i < count; ++i) data[i] = std::sqrt(static_cast<double>(i) + 0.1);
    double const sum = fixedOrderSum(count, [&](std::size_t i) { return data[i]; });
    if (offset == 0) reference = sum;
    CHECK(sum == reference);
  }
}

TEST_CASE("the error stays below count / 8 + 3 rounding errors of the sum of magnitudes") {
  std::size_t const count = 100000;
  auto const term = [](std::size_t i) { return 1.0 / static_cast<double>(i + 1); };
  long double exact = 0;
  for (std::size_t i = count; i-- > 0;) exact += static_cast<long double>(term(i));
  double const unit = std::ldexp(1.0, -53);
  double const bound = (static_cast<double>(count) / 8 + 3) * unit * static_cast<double>(exact);
  CHECK(std::abs(fixedOrderSum(count, term) - static_cast<double>(exact)) <= bound);
}

TEST_CASE("sizes that do not fit are refused by name") {
  std::size_t const huge = ~std::size_t{0};
  CHECK(madloop::checkedMultiply(huge / 2, 2, "rows x cols") == huge - 1);
  CHECK(madloop::checkedMultiply(huge, 0, "rows x cols") == 0);
  CHECK_THROWS_WITH_AS(madloop::checkedMultiply(huge, 2, "rows x cols"),
                       "rows x cols: 18446744073709551615 x 2 does not fit in 64 bits", madloop::Error);
  CHECK(madloop::checkedAdd(huge - 1, 1, "real + synthetic") == huge);
  CHECK_THROWS_AS(madloop::checkedAdd(huge, 1, "real + synthetic"), madloop::Error);
}
