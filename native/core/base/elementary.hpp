// Our own elementary functions. Results must not depend on the C library or the CPU (glibc's log, exp, sin and
// cos give other bits with and without FMA), so these use only +, -, *, /, comparisons and integer operations,
// each correctly rounded, and give the same bits at any optimisation level and instruction set as long as
// contraction is off (-ffp-contract=off). No function has a data-dependent branch unless it says so: loops
// over arrays vectorise.
//
// Errors are the largest found against 64-bit-significand references on millions of arguments
// (native/test/base/elementary_test.cpp); an ulp is the spacing of doubles at the exact value.
// Coefficients: scripts/elementary_coefficients.py prints them, with the error of each polynomial.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace madloop {

namespace elementary {

/// coefficients[0] + x coefficients[1] + ... by Horner's rule; a recursion, so that it is always unrolled.
template <std::size_t k = 0, std::size_t count>
constexpr double horner(double const (&coefficients)[count], double x) {
  if constexpr (k + 1 == count) {
    return coefficients[k];
  } else {
    return coefficients[k] + x * horner<k + 1>(coefficients, x);
  }
}

// log 2 = high + low; high has 42 significant bits, so that its product with any exponent is exact.
inline constexpr double kLog2High = 0.6931471805598903;
inline constexpr double kLog2Low = 5.497923018708371e-14;
inline constexpr double kHalfLog2Pi = 0.9189385332046728;  // log(2 pi) / 2

// Adding and subtracting it rounds a double below 2^51 in magnitude to the nearest integer.
inline constexpr double kRoundingShift = 0x1.8p52;

// 2 (artanh(s)/s - 1) / s^2 over s^2, for |s| <= (sqrt 2 - 1)/(sqrt 2 + 1)
inline constexpr double kLogarithm[] = {
    0.666666666666667,   0.39999999999899505, 0.28571428625975487, 0.2222221113479508,
    0.18182889125261723, 0.15331721600556042, 0.14616449685043406,
};

// (e^r - 1 - r) / r^2 for |r| <= log(2)/2
inline constexpr double kExponential[] = {
    0.5,
    0.1666666666666667,
    0.04166666666666667,
    0.008333333333326141,
    0.0013888888888883752,
    0.00019841269874800493,
    2.4801587325533363e-05,
    2.7557255425746435e-06,
    2.7557273661348637e-07,
    2.510520637395701e-08,
    2.0914679376583935e-09,
};

// (sin(pi r / 2) / r - pi/2) / r^2 over r^2, for |r| <= 1/2
inline constexpr double kSine[] = {
    -0.6459640975062463,    0.07969262624616703,   -0.004681754135317561,  0.00016044118476030617,
    -3.598842925925207e-06, 5.691991364926124e-08, -6.635152387230837e-10,
};
// pi/2 - 1 = high + low; without the low part the error of the sine exceeds 1.5 ulp
inline constexpr double kHalfPiLess1High = 1.5707963267948966 - 1;
inline constexpr double kHalfPiLess1Low = 6.123233995736766e-17;

// (cos(pi r / 2) - 1 + pi^2 r^2 / 8) / r^4 over r^2, for |r| <= 1/2
inline constexpr double kCosine[] = {
    0.25366950790104803,    -0.02086348076335072,   0.0009192602747348447,
    -2.520204058766049e-05, 4.7107369689597817e-07, -6.337544035925102e-09,
};
inline constexpr double kPiSquaredOver8 = 1.2337005501361697;

// (artanh(s)/s - 1) / s^2 over s^2, for |s| <= 1/2
inline constexpr double kAreaTangentTail[] = {
    0.3333333333333333,   0.20000000000000864, 0.14285714285490106,  0.11111111133938968, 0.09090907881509189,
    0.07692345940270638,  0.06665886352701884, 0.05893099692590042,  0.05160769881147162, 0.05441915418234587,
    0.012292448728540531, 0.13557903913692299, -0.14450491183414468, 0.21098097885975797,
};

// log Gamma(x) / ((x - 1)(x - 2)) over x - 3/2, for 1 <= x <= 2
inline constexpr double kLogGammaFrom1[] = {
    0.4831289505409809,     -0.14595989591430608,    0.06291140107456439,    -0.031308487501010646,
    0.01679709863127416,    -0.009425622448525798,   0.005446457839126065,   -0.0032120740737152814,
    0.0019229163127905161,  -0.0011644145847310124,  0.000711519067515296,   -0.00043799307479613914,
    0.00027131373861446925, -0.0001689178215524898,  0.00010535512483785591, -6.614136022346414e-05,
    4.30276814976503e-05,   -2.7201673025504752e-05, 1.3186019073996835e-05, -8.355075869795273e-06,
    1.2140008083973407e-05, -7.760660152513446e-06,
};

// log Gamma(x) / ((x - 1)(x - 2)) over x - 5/2, for 2 <= x <= 3
inline constexpr double kLogGammaFrom2[] = {
    0.37957716063055885,    -0.07466357415449941,    0.019905154304743208,   -0.006018768527036914,
    0.0019490574889463365,  -0.0006586397065650056,  0.00022905363747507287, -8.130229408034726e-05,
    2.929928312004998e-05,  -1.0682259123883373e-05, 3.9305860909127655e-06, -1.4575541733757617e-06,
    5.436082854534496e-07,  -2.015090104183497e-07,  7.585695078040205e-08,  -3.385821013938236e-08,
    1.2848137769988069e-08,
};

// Stirling's series B_2k / (2k (2k - 1)), k = 1 ... 9: from x = 10 on the tenth term is below 2e-17 of the sum.
inline constexpr double kStirling[] = {
    1.0 / 12,        -1.0 / 360, 1.0 / 1260,       -1.0 / 1680,      5.0 / 5940,
    -691.0 / 360360, 7.0 / 1092, -3617.0 / 122400, 43867.0 / 244188,
};
inline constexpr double kStirlingFrom = 10;

/// artanh(s)/s - 1 at s^2 = z <= 1/4: the cancellation-free part of logarithms of ratios near 1.
inline double areaTangentTail(double z) { return z * horner(kAreaTangentTail, z); }

}  // namespace elementary

/// Natural logarithm of a positive finite x (subnormals included). Error below 1 ulp.
///
/// x = 2^k m with m in [sqrt(1/2), sqrt 2), f = m - 1, s = f/(2 + f): log m = 2 artanh s = f - f^2/2 + s (f^2/2
/// + R(s^2)).
inline double logarithm(double x) {
  bool const subnormal = x < 0x1p-1022;
  double const normal = subnormal ? x * 0x1p54 : x;
  double const exponentBias = subnormal ? 0x1p52 + (1023 + 54) : 0x1p52 + 1023;

  constexpr std::uint64_t kRootHalf = 0x3FE6A09E667F3BCD;  // sqrt(1/2)
  constexpr std::uint64_t kOne = 0x3FF0000000000000;
  std::uint64_t const bits = std::bit_cast<std::uint64_t>(normal) + (kOne - kRootHalf);
  // The biased exponent as a double, through the low bits of 2^52: AVX2 has no 64-bit integer conversion.
  double const k = std::bit_cast<double>((bits >> 52) | 0x4330000000000000U) - exponentBias;
  double const m = std::bit_cast<double>((bits & 0x000FFFFFFFFFFFFFU) + kRootHalf);

  double const f = m - 1;  // exact
  double const s = f / (2 + f);
  double const z = s * s;
  double const halfSquare = 0.5 * f * f;
  double const tail =
      s * (halfSquare + z * elementary::horner(elementary::kLogarithm, z)) + k * elementary::kLog2Low;
  return k * elementary::kLog2High - ((halfSquare - tail) - f);
}

/// log(1 + x) for x > -1, accurate for small x too. Error below 2 ulp.
inline double logOnePlus(double x) {
  double const y = 1 + x;
  // What rounding 1 + x lost, to first order. The difference y - 1 is exact where it matters (x < 2^53).
  double const lost = x - (y - 1);
  return logarithm(y) + lost / y;
}

/// log(1 + t) - t + t^2/2 - t^3/3 for t > -1, without cancellation near 0. Relative error below 1e-11.
/// Branches.
inline double logOnePlusTail(double t) {
  if (t <= -0.125 || t >= 0.125) return logOnePlus(t) - t * (1 - t * (0.5 - t * (1.0 / 3)));
  // -t^4/4 + t^5/5 - ...: the first term left out is below 1e-11 of the first one.
  constexpr double series[] = {-1.0 / 4,  1.0 / 5,  -1.0 / 6,  1.0 / 7,  -1.0 / 8,  1.0 / 9,
                               -1.0 / 10, 1.0 / 11, -1.0 / 12, 1.0 / 13, -1.0 / 14, 1.0 / 15};
  double const square = t * t;
  return square * square * elementary::horner(series, t);
}

/// e^x; 0 below about -745.13 and infinity above about 709.78. Error below 1 ulp.
inline double exponential(double x) {
  // Beyond +-800 the result no longer changes, and inside the scale factors below stay normal.
  double const above = x < -800 ? -800 : x;
  double const clamped = above > 800 ? 800 : above;
  constexpr double kLog2E = 1.4426950408889634;
  double const shifted = clamped * kLog2E + elementary::kRoundingShift;
  double const k = shifted - elementary::kRoundingShift;
  double const high = clamped - k * elementary::kLog2High;  // exact
  double const low = k * elementary::kLog2Low;
  double const r = high - low;
  double const mantissa = 1 + (high + (r * r * elementary::horner(elementary::kExponential, r) - low));

  // 2^k as two normal factors, so that only the last product can round, once, in the subnormal range.
  // biased = k + 2048; each half of it, less 1, is the exponent field of a factor 2^(half - 1024).
  std::uint64_t const biased =
      std::bit_cast<std::uint64_t>(shifted) - std::bit_cast<std::uint64_t>(elementary::kRoundingShift) + 2048;
  std::uint64_t const half = biased >> 1;
  double const scale1 = std::bit_cast<double>((half - 1) << 52);
  double const scale2 = std::bit_cast<double>((biased - half - 1) << 52);
  return mantissa * scale1 * scale2;
}

/// sine = sin(2 pi u), cosine = cos(2 pi u) for u in [0, 1). Errors below 1.4 ulp. Exact at multiples of 1/4.
inline void sinCosTurn(double u, double& sine, double& cosine) {
  double const quarters = 4 * u;
  double const shifted = quarters + elementary::kRoundingShift;
  double const r = quarters - (shifted - elementary::kRoundingShift);    // exact, in [-1/2, 1/2]
  std::uint64_t const quadrant = std::bit_cast<std::uint64_t>(shifted);  // modulo 4

  double const w = r * r;
  // r is exact, so r + r (pi/2 - 1 + ...) rounds less than (pi/2) r + ...
  double const s = r + r * (elementary::kHalfPiLess1High +
                            (w * elementary::horner(elementary::kSine, w) + elementary::kHalfPiLess1Low));
  double const c = 1 - (w * elementary::kPiSquaredOver8 - w * w * elementary::horner(elementary::kCosine, w));

  bool const swapped = (quadrant & 1) != 0;
  double const sineMagnitude = swapped ? c : s;
  double const cosineMagnitude = swapped ? s : c;
  // Signs: sin is negated in quadrants 2 and 3, cos in 1 and 2.
  std::uint64_t const sineSign = (quadrant & 2) << 62;
  std::uint64_t const cosineSign = ((quadrant + 1) & 2) << 62;
  sine = std::bit_cast<double>(std::bit_cast<std::uint64_t>(sineMagnitude) ^ sineSign);
  cosine = std::bit_cast<double>(std::bit_cast<std::uint64_t>(cosineMagnitude) ^ cosineSign);
}

/// log Gamma(x + 1) - [(x + 1/2) log x - x + log(2 pi)/2] for x > 0, with small relative error for any x: it
/// goes like 1/(12 x), while the terms it is the difference of grow. Error below 6 ulp; 3 from 10 on, 16 below
/// 1/2. Branches on x.
///
/// Stirling's series from x = 10 on; below, delta(x) - delta(x + 1) = (x + 1/2) log(1 + 1/x) - 1
/// = artanh(s)/s - 1 with s = 1/(2x + 1), a sum of positive terms.
inline double stirlingError(double x) {
  double steps = 0;
  if (x < 0.5) {  // s > 1/2, where the difference is no longer small against its terms
    steps = (x + 0.5) * (logOnePlus(x) - logarithm(x)) - 1;
    x += 1;
  }
  while (x < elementary::kStirlingFrom) {
    double const s = 1 / (2 * x + 1);
    steps += elementary::areaTangentTail(s * s);
    x += 1;
  }
  double const inverse = 1 / x;
  return steps + inverse * elementary::horner(elementary::kStirling, inverse * inverse);
}

/// log Gamma(x) for finite x > 0, with small relative error also next to its zeros 1 and 2. Error below 4 ulp.
/// Branches on x.
inline double logGamma(double x) {
  // x + 1 would round: log Gamma(x + 1) straight from its polynomial.
  if (x < 1) return x * (x - 1) * elementary::horner(elementary::kLogGammaFrom1, x - 0.5) - logarithm(x);
  if (x < 2) return (x - 1) * (x - 2) * elementary::horner(elementary::kLogGammaFrom1, x - 1.5);
  if (x < elementary::kStirlingFrom) {
    double product = 1;
    for (; x >= 3; x -= 1) product *= x - 1;
    return (x - 1) * (x - 2) * elementary::horner(elementary::kLogGammaFrom2, x - 2.5) + logarithm(product);
  }
  return ((x - 0.5) * logarithm(x) - x) + (elementary::kHalfLog2Pi + stirlingError(x));
}

}  // namespace madloop
