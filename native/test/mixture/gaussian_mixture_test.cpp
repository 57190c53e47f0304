// Mixtures in the core: byte equality over threads and addresses, float32 input, and the corners that the tests
// of the models (test/models) do not reach. The numbers themselves are compared with a plain implementation
// there.
#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "core/base/aligned_array.hpp"
#include "core/mixture/exponentials.hpp"
#include "core/mixture/fit_gaussian_mixture.hpp"
#include "core/mixture/mixture_density.hpp"
#include "core/mixture/mixture_sampling.hpp"
#include "core/mixture/row_tiles.hpp"
#include "core/mixture/whitened_components.hpp"
#include "test/support/matrices.hpp"
#include "test/support/threads_label.hpp"

using namespace madloop;
using namespace madloop::test;
using mixture::CovarianceForm;
using mixture::fitGaussianMixture;
using mixture::kTileRows;
using mixture::MixtureFit;
using mixture::MixtureFitOptions;

namespace {

constexpr CovarianceForm kForms[] = {CovarianceForm::full, CovarianceForm::tied, CovarianceForm::diagonal,
                                     CovarianceForm::spherical};

/// Normals in three clouds.
template <class T>
std::vector<T> clouds(std::size_t rows, std::size_t cols) {
  std::vector<T> x = rowMajorNormals<T>(rows, cols, 1, 0);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] += static_cast<T>(6 * (i / cols % 3));
  return x;
}

bool sameBytes(std::vector<double> const& a, std::vector<double> const& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

bool sameFit(MixtureFit const& a, MixtureFit const& b) {
  return a.iterations == b.iterations && a.logLikelihood == b.logLikelihood &&
         sameBytes(a.mixture.weights, b.mixture.weights) && sameBytes(a.mixture.means, b.mixture.means) &&
         sameBytes(a.mixture.covariances, b.mixture.covariances);
}

}  // namespace

TEST_CASE("all implementations of the exponentials give the bits of their definition") {
  AlignedArray<double> const terms(kTileRows);
  AlignedArray<double> const largest(kTileRows);
  AlignedArray<double> const sum(kTileRows);
  for (auto const& [needs, implementation] : mixture::addExponentials.supported()) {
    CAPTURE(instructionSetName(needs));
    std::vector<double> expected(kTileRows);
    for (std::size_t i = 0; i < kTileRows; ++i) {
      auto const x = static_cast<double>(i);
      largest.get()[i] = x - 64;
      double const difference = i == 0 ? -1e300 : i == 1 ? -700.5 : i == 2 ? 0.0 : -x * x / 30;
      terms.get()[i] = largest.get()[i] + difference;
      expected[i] = mixture::exponentialOrZero(terms.get()[i] - largest.get()[i]);
      sum.get()[i] = 0.25;
    }
    implementation(terms.get(), largest.get(), sum.get());
    for (std::size_t i = 0; i < kTileRows; ++i) {
      CHECK(terms.get()[i] == expected[i]);
      CHECK(sum.get()[i] == 0.25 + expected[i]);
    }
    CHECK(terms.get()[0] == 0);
    CHECK(terms.get()[1] == 0);
    CHECK(terms.get()[2] == 1);
  }
}

TEST_CASE("fit, density and samples of a mixture are the same for any threads and address" * startsThreads) {
  for (CovarianceForm const form : kForms) {
    for (std::size_t const cols : {2U, 20U}) {
      CAPTURE(cols);
      std::size_t const rows = 1500;
      std::vector<double> const x = clouds<double>(rows, cols);
      std::vector<double> shifted(x.size() + 1);
      std::copy(x.begin(), x.end(), shifted.begin() + 1);
      MixtureFitOptions options;
      options.components = 3;
      options.form = form;
      options.restarts = 2;
      options.maximumIterations = 10;
      std::vector<MixtureFit> fits;
      for (std::size_t const threads : {1U, 2U, 7U}) {
        Task task(threads);
        fits.push_back(fitGaussianMixture(MatrixView<double>{x.data(), rows, cols}, options, {}, task));
        CHECK(task.done() == task.total());
        fits.push_back(
            fitGaussianMixture(MatrixView<double>{shifted.data() + 1, rows, cols}, options, {}, task));
      }
      for (MixtureFit const& fit : fits) CHECK(sameFit(fit, fits[0]));

      std::vector<std::vector<double>> densities;
      std::vector<std::vector<double>> samples;
      for (std::size_t const threads : {1U, 2U, 7U}) {
        Task task(threads);
        densities.emplace_back(rows);
        mixture::mixtureLogDensity(fits[0].mixture, MatrixView<double>{x.data(), rows, cols},
                                   densities.back().data(), task);
        samples.emplace_back(rows * cols);
        mixture::sampleMixture(fits[0].mixture, 0.7, mixture::WeightBias::weights, {}, rows, 5,
                               samples.back().data(), task);
      }
      for (auto const& values : densities) CHECK(sameBytes(values, densities[0]));
      for (auto const& values : samples) CHECK(sameBytes(values, samples[0]));
    }
  }
}

TEST_CASE("float32 data fit as their float64 copies do" * startsThreads) {
  std::vector<float> const narrow = clouds<float>(700, 3);
  std::vector<double> const wide(narrow.begin(), narrow.end());
  MixtureFitOptions options;
  options.components = 3;
  Task task(2);
  MixtureFit const a = fitGaussianMixture(MatrixView<float>{narrow.data(), 700, 3}, options, {}, task);
  MixtureFit const b = fitGaussianMixture(MatrixView<double>{wide.data(), 700, 3}, options, {}, task);
  CHECK(sameFit(a, b));
}

TEST_CASE("a mixture of clouds is found, from k-means alone" * startsThreads) {
  std::vector<double> const x = clouds<double>(3000, 2);
  MixtureFitOptions options;
  options.components = 3;
  Task task(2);
  MixtureFit const fit = fitGaussianMixture(MatrixView<double>{x.data(), 3000, 2}, options, {}, task);
  CHECK(fit.converged);
  double product = 1;
  for (std::size_t k = 0; k < 3; ++k) {
    CHECK(std::abs(fit.mixture.weights[k] - 1.0 / 3) < 0.01);
    double const mean = fit.mixture.mean(k)[0];
    double const nearest = 6 * std::round(mean / 6);
    CHECK(std::abs(mean - nearest) < 4.5 / std::sqrt(1000.0));
    product *= nearest + 1;
  }
  CHECK(product == 1.0 * 7 * 13);  // each centre once
}

TEST_CASE("huge, tiny and offset data give the scaled fit") {
  std::vector<double> const x = clouds<double>(400, 2);
  MixtureFitOptions options;
  options.components = 3;
  options.tolerance = 0;
  options.maximumIterations = 5;
  Task task(1);
  MixtureFit const plain = fitGaussianMixture(MatrixView<double>{x.data(), 400, 2}, options, {}, task);
  for (double const scale : {0x1p-400, 0x1p400}) {
    std::vector<double> scaled = x;
    for (double& value : scaled) value *= scale;
    MixtureFit const fit = fitGaussianMixture(MatrixView<double>{scaled.data(), 400, 2}, options, {}, task);
    for (std::size_t i = 0; i < 6; ++i)
      CHECK(fit.mixture.means[i] / scale == doctest::Approx(plain.mixture.means[i]).epsilon(1e-12));
    for (std::size_t i = 0; i < 12; ++i)
      CHECK(fit.mixture.covariances[i] / scale / scale ==
            doctest::Approx(plain.mixture.covariances[i]).epsilon(1e-10));
  }
  std::vector<double> offset = x;
  for (double& value : offset) value += 1e8;
  MixtureFit const fit = fitGaussianMixture(MatrixView<double>{offset.data(), 400, 2}, options, {}, task);
  for (std::size_t i = 0; i < 12; ++i)
    CHECK(fit.mixture.covariances[i] == doctest::Approx(plain.mixture.covariances[i]).epsilon(1e-6));
  std::vector<double> beyond = x;
  for (double& value : beyond) value *= 1e200;
  CHECK_THROWS_WITH_AS(fitGaussianMixture(MatrixView<double>{beyond.data(), 400, 2}, options, {}, task),
                       doctest::Contains("must be finite"), Error);
}

TEST_CASE("one row, one component") {
  double const x[] = {1, 2};
  MixtureFitOptions options;
  Task task(1);
  MixtureFit const fit = fitGaussianMixture(MatrixView<double>{x, 1, 2}, options, {}, task);
  CHECK(fit.mixture.means == std::vector<double>{1, 2});
  CHECK(fit.logLikelihood == std::numeric_limits<double>::infinity());
  options.components = 2;
  CHECK_THROWS_WITH_AS(fitGaussianMixture(MatrixView<double>{x, 1, 2}, options, {}, task),
                       doctest::Contains("at least as many rows as components"), Error);
}

TEST_CASE("a cancelled fit stops" * startsThreads) {
  std::vector<double> const x = clouds<double>(400, 2);
  MixtureFitOptions options;
  options.components = 3;
  Task task(2);
  task.cancel();
  CHECK_THROWS_AS(fitGaussianMixture(MatrixView<double>{x.data(), 400, 2}, options, {}, task), Error);
}

TEST_CASE("a start too far from the data for a density is an error in every form, not a mixture of NaN") {
  std::vector<double> const x = rowMajorNormals<double>(60, 2, 9);
  for (CovarianceForm const form : kForms) {
    for (double const far : {1e153, 1e200, 1e300}) {
      mixture::GaussianMixture start;
      start.components = 2;
      start.dim = 2;
      start.form = form;
      start.weights = {0.5, 0.5};
      start.means = {far, far, -far, -far};
      bool const matrices = form == CovarianceForm::full || form == CovarianceForm::tied;
      for (std::size_t i = 0; i < mixture::covarianceValues(form, 2, 2); ++i)
        start.covariances.push_back(matrices && (i % 4 == 1 || i % 4 == 2) ? 0 : 1);
      Task task;
      MixtureFitOptions options;
      options.components = 2;
      options.form = form;
      CHECK(errorOf([&] {
              fitGaussianMixture(view(x, 2), options, std::optional(start), task);
            }).find("whose squared distances overflow") != std::string::npos);
    }
  }
}
