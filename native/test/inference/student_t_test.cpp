#include "core/inference/student_t.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <initializer_list>
#include <limits>

using namespace madloop;

TEST_CASE("95 % half-widths of Student's t") {
  // R: qt(0.975, degrees), to 12 digits.
  struct Known {
    double degrees;
    double value;
  };
  for (Known const known :
       {Known{1, 12.7062047361747}, Known{1.5, 6.01666310442793}, Known{2, 4.30265272974946},
        Known{2.5, 3.57465484200368}, Known{4, 2.77644510519779}, Known{5, 2.57058183563631},
        Known{19, 2.09302405440831}, Known{30, 2.04227245630124}, Known{38.7, 2.02319236431489},
        Known{1000, 1.96233908082641}, Known{1e6, 1.95996635681411}}) {
    CHECK(std::abs(inference::studentHalfWidth(known.degrees) / known.value - 1) < 1e-9);
  }
  CHECK(inference::studentHalfWidth(1e12) == inference::studentHalfWidth(1e6));
}

TEST_CASE("Student's t at other levels and degrees, both ways") {
  // SciPy 1.17.1: scipy.stats.t.isf(tails / 2, degrees).
  struct Known {
    double degrees;
    double tails;
    double t;
  };
  for (Known const known : {Known{1, 0.9999, 0.00015707963397151373}, Known{1, 0.001, 636.6192487687196},
                            Known{1, 1e-9, 636619772.3675814}, Known{2, 0.5, 0.8164965809277261},
                            Known{7.5, 0.5, 0.7085995804442596}, Known{7.5, 1e-9, 36.568510941486316},
                            Known{1000, 0.9999, 0.00012536275082537015}, Known{1000, 1e-9, 6.168430247805824},
                            Known{1e6, 0.5, 0.6744899955310875}, Known{1e6, 0.001, 3.2905364612486916}}) {
    CAPTURE(known.degrees);
    CAPTURE(known.tails);
    CHECK(std::abs(inference::studentHalfWidth(known.degrees, known.tails) / known.t - 1) < 1e-9);
    CHECK(std::abs(inference::studentTails(known.degrees, known.t) - known.tails) < 1e-9);
  }
  for (double const degrees : {1.0, 2.5, 1e6}) {
    CHECK(inference::studentTails(degrees, 0) == 1);
    CHECK(inference::studentTails(degrees, std::numeric_limits<double>::infinity()) == 0);
  }
}
