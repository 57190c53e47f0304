// What the sum of squared deviations of N samples is divided by.
#pragma once

namespace madloop::gaussian {

enum class CovarianceDivisor { unbiased, mle };  // N - 1 or N

}  // namespace madloop::gaussian
