#include "binding/matrices.hpp"

#include <limits>

#include "core/base/checked.hpp"
#include "core/base/large_pages.hpp"

namespace madloop::binding {

namespace {

constexpr double kSingle = std::numeric_limits<float>::epsilon();
constexpr double kDouble = std::numeric_limits<double>::epsilon();

}  // namespace

HeldMatrix::HeldMatrix(Arguments const& arguments)
    : rows_(arguments.size("rows")),
      cols_(arguments.size("cols")),
      array_(arguments.realArray("data", checkedMultiply(rows_, cols_, "rows x cols"))) {}

HeldGaussian::HeldGaussian(Arguments const& arguments)
    : dim_(arguments.size("dim")),
      mean_(arguments.float64Array("mean", dim_)),
      covariance_(arguments.float64Array("covariance", checkedMultiply(dim_, dim_, "dim x dim"))),
      eps_(arguments.has("precision")
               ? arguments.choice<double>("precision", {{"float32", kSingle}, {"float64", kDouble}})
               : kDouble) {}

gaussian::GaussianView HeldGaussian::view() const {
  return {dim_, {mean_.data(), mean_.size()}, {covariance_.data(), covariance_.size()}, eps_};
}

gaussian::Moments HeldGaussian::copy(std::size_t count) const {
  gaussian::Moments moments;
  moments.count = count;
  moments.dim = dim_;
  moments.mean.assign(mean_.data(), mean_.data() + mean_.size());
  moments.covariance.reserve(covariance_.size());
  preferLargePages(moments.covariance.data(), covariance_.size() * sizeof(double));
  moments.covariance.assign(covariance_.data(), covariance_.data() + covariance_.size());
  return moments;
}

}  // namespace madloop::binding
