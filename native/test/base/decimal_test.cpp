#include "core/base/decimal.hpp"

#include <doctest/doctest.h>

#include <limits>

using madloop::fixedDecimal;
using madloop::significantDigits;

TEST_CASE("significant digits are those of JavaScript's toPrecision") {
  CHECK(significantDigits(788730142.6, 3) == "7.89e+8");
  CHECK(significantDigits(1234.5, 2) == "1.2e+3");
  CHECK(significantDigits(0.000012345, 2) == "0.000012");
  CHECK(significantDigits(0.0000012345, 2) == "0.0000012");
  CHECK(significantDigits(0.00000012345, 2) == "1.2e-7");
  CHECK(significantDigits(1, 2) == "1.0");
  CHECK(significantDigits(2.5, 1) == "3");
  CHECK(significantDigits(1.125, 3) == "1.13");
  CHECK(significantDigits(1.115, 3) == "1.11");  // the double is below
  CHECK(significantDigits(99.96, 3) == "100");
  CHECK(significantDigits(9.996, 3) == "10.0");
  CHECK(significantDigits(0.9996, 3) == "1.00");
  CHECK(significantDigits(999.6, 3) == "1.00e+3");
  CHECK(significantDigits(123, 3) == "123");
  CHECK(significantDigits(7e22, 1) == "7e+22");
  CHECK(significantDigits(5e-324, 3) == "4.94e-324");
  CHECK(significantDigits(std::numeric_limits<double>::max(), 4) == "1.798e+308");
  CHECK(significantDigits(std::numeric_limits<double>::infinity(), 2) == "Infinity");
}

TEST_CASE("a decimal without an exponent") {
  CHECK(fixedDecimal(1e-6) == "0.000001");
  CHECK(fixedDecimal(0.001) == "0.001");
  CHECK(fixedDecimal(0.5) == "0.5");
  CHECK(fixedDecimal(2.5e-5) == "0.000025");
}
