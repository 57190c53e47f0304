#include "core/gaussian/matrix_square_root.hpp"

#include <algorithm>
#include <memory>

#include "binding/errors.hpp"
#include "binding/functions.hpp"
#include "binding/job.hpp"
#include "binding/matrices.hpp"
#include "core/base/checked.hpp"

namespace madloop::binding {

namespace {

class MatrixSquareRootWork final : public Work {
 public:
  explicit MatrixSquareRootWork(Arguments const& arguments)
      : covariance_(arguments.object("covariance")),
        root_(arguments.float64Array("root",
                                     checkedMultiply(covariance_.cols(), covariance_.cols(), "cols x cols"))) {}

  void run(Task& task) override {
    // Symmetric, so that the order of rows and columns does not matter.
    linalg::Matrix const root =
        covariance_.visit([&](auto view) { return gaussian::matrixSquareRoot(view, task, "covariance"); });
    std::copy(root.data(), root.data() + root.size(), root_.data());
  }

  Napi::Value result(Napi::Env env) override { return env.Undefined(); }

 private:
  HeldMatrix covariance_;
  HeldArray<double> root_;
};

}  // namespace

Napi::Value startMatrixSquareRoot(Napi::CallbackInfo const& info) {
  return guarded(info.Env(), [&] {
    Arguments const arguments(info, "startMatrixSquareRoot");
    return startJob(info.Env(), arguments.size("threads"), std::make_unique<MatrixSquareRootWork>(arguments));
  });
}

}  // namespace madloop::binding
