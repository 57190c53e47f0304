#include "core/loop/gaussian_loop.hpp"
#include "test/support/threads_label.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

using namespace madloop;
using loop::GaussianLoopParameters;
using loop::GaussianLoopResult;
using loop::LoopEngine;
using loop::LoopMetric;
using loop::LoopVariant;
using loop::SyntheticPool;

namespace {

GaussianLoopParameters fresh(std::size_t dim, std::uint64_t real, std::uint64_t synthetic, double lambda) {
  GaussianLoopParameters p;
  p.dim = dim;
  p.initial = std::max<std::uint64_t>(2, real);
  p.real = real;
  p.synthetic = synthetic;
  p.lambda = lambda;
  p.generations = 12;
  p.replicates = 70;
  p.seed = 7;
  p.series = true;
  return p;
}

std::vector<GaussianLoopParameters> everyKind() {
  std::vector<GaussianLoopParameters> all;
  for (LoopVariant variant : {LoopVariant::fullySynthetic, LoopVariant::syntheticAugmentation,
                              LoopVariant::freshData, LoopVariant::combined}) {
    for (SyntheticPool pool : {SyntheticPool::latest, SyntheticPool::accumulate, SyntheticPool::subsample}) {
      for (std::uint64_t memory : {std::uint64_t{1}, std::uint64_t{3}}) {
        for (LoopEngine engine : {LoopEngine::moments, LoopEngine::samples}) {
          if (pool == SyntheticPool::subsample && engine == LoopEngine::moments) continue;
          for (std::size_t dim : {std::size_t{1}, std::size_t{3}, std::size_t{12}}) {
            GaussianLoopParameters p = fresh(dim, 5, 6, 0.9);
            p.variant = variant;
            p.realFixed = 3;
            p.realFresh = 2;
            p.subsample = 5;
            p.pool = pool;
            p.memory = memory;
            p.engine = engine;
            all.push_back(p);
          }
        }
      }
    }
  }
  return all;
}

GaussianLoopResult run(GaussianLoopParameters const& p, std::size_t threads = 1) {
  Task task(threads);
  return loop::simulateGaussianLoop(p, task);
}

bool sameBytes(std::vector<double> const& a, std::vector<double> const& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

std::string errorOf(GaussianLoopParameters const& p) {
  try {
    run(p);
  } catch (Error const& error) {
    return error.what();
  }
  return "no error";
}

double value(GaussianLoopResult const& r, std::uint64_t t, LoopMetric metric) {
  return r.mean[(t - 1) * loop::kLoopMetricCount + static_cast<std::size_t>(metric)];
}

}  // namespace

TEST_CASE("every variant, pool, memory and engine gives the same bytes for 1, 2 and 7 threads" *
          startsThreads) {
  for (GaussianLoopParameters const& p : everyKind()) {
    GaussianLoopResult const one = run(p);
    for (double const x : one.series) CHECK(!std::isinf(x));
    for (std::size_t const threads : {std::size_t{2}, std::size_t{7}}) {
      GaussianLoopResult const many = run(p, threads);
      CHECK(sameBytes(many.mean, one.mean));
      CHECK(sameBytes(many.standardError, one.standardError));
      CHECK(sameBytes(many.series, one.series));
    }
  }
}

TEST_CASE("a replicate does not depend on how many others run, and means are those of the series") {
  GaussianLoopParameters p = fresh(3, 6, 9, 0.8);
  GaussianLoopResult const many = run(p);
  p.replicates = 3;
  GaussianLoopResult const few = run(p);
  CHECK(std::memcmp(many.series.data(), few.series.data(), few.series.size() * sizeof(double)) == 0);

  std::size_t const values = p.generations * loop::kLoopMetricCount;
  for (std::size_t i = 0; i < values; ++i) {
    double mean = 0;
    for (std::size_t r = 0; r < 70; ++r) mean += many.series[r * values + i] / 70;
    double squares = 0;
    for (std::size_t r = 0; r < 70; ++r)
      squares += (many.series[r * values + i] - mean) * (many.series[r * values + i] - mean);
    CHECK(many.mean[i] == doctest::Approx(mean).epsilon(1e-12));
    CHECK(many.standardError[i] == doctest::Approx(std::sqrt(squares / 69 / 70)).epsilon(1e-12));
  }
  p.replicates = 1;
  CHECK(std::isnan(run(p).standardError[0]));
}

TEST_CASE("no synthetic samples is plain estimation; lambda 0 repeats the mean") {
  GaussianLoopParameters p = fresh(2, 10, 0, 1);
  GaussianLoopResult const plain = run(p);
  CHECK(value(plain, 12, LoopMetric::trace) == doctest::Approx(2).epsilon(0.2));
  p = fresh(3, 5, 6, 0);
  p.variant = LoopVariant::fullySynthetic;
  GaussianLoopResult const mode = run(p);
  CHECK(value(mode, 2, LoopMetric::trace) == 0);
  CHECK(std::isnan(value(mode, 2, LoopMetric::logDeterminant)));
  CHECK(value(mode, 12, LoopMetric::distance) == value(mode, 2, LoopMetric::distance));
}

TEST_CASE("the fully synthetic loop survives a long collapse: finite numbers, rank kept") {
  for (std::uint64_t const n : {std::uint64_t{8}, std::uint64_t{30}}) {
    for (double const lambda : {1.0, 0.7}) {
      GaussianLoopParameters p = fresh(12, n, n, lambda);
      p.variant = LoopVariant::fullySynthetic;
      p.generations = 4000;
      p.replicates = 2;
      GaussianLoopResult const r = run(p);
      for (std::uint64_t t = 1; t <= p.generations; ++t) {
        CHECK(std::isfinite(value(r, t, LoopMetric::distance)));
        CHECK(std::isfinite(value(r, t, LoopMetric::trace)));
        CHECK(std::isnan(value(r, t, LoopMetric::logDeterminant)) == (n <= 12));
      }
    }
  }
}

TEST_CASE("scaling the reference scales the loop: common random numbers make it exact up to rounding") {
  GaussianLoopParameters p = fresh(3, 6, 9, 0.8);
  GaussianLoopResult const unit = run(p);
  p.referenceMean = {5e12, -2, 1};  // where the origin is must not cost a digit
  p.referenceCovariance = {4, 0, 0, 0, 4, 0, 0, 0, 4};
  GaussianLoopResult const scaled = run(p);
  for (std::uint64_t t = 1; t <= p.generations; ++t) {
    for (LoopMetric const metric : {LoopMetric::distance, LoopMetric::meanNormSquared, LoopMetric::trace}) {
      CHECK(value(scaled, t, metric) == doctest::Approx(4 * value(unit, t, metric)).epsilon(1e-9));
    }
    CHECK(value(scaled, t, LoopMetric::logDeterminant) ==
          doctest::Approx(value(unit, t, LoopMetric::logDeterminant) + 3 * std::log(4.0)).epsilon(1e-9));
  }
}

TEST_CASE("a schedule that never changes gives the bytes of the constant") {
  for (GaussianLoopParameters const& p : everyKind()) {
    GaussianLoopResult const constant = run(p);
    GaussianLoopParameters q = p;
    auto repeated = [&](std::uint64_t count) {
      // One entry a generation, and one beyond the last, which is not used.
      std::vector<std::uint64_t> entries(p.generations, count);
      entries.push_back(count + 100);
      return loop::Schedule<std::uint64_t>(std::move(entries));
    };
    if (p.variant != LoopVariant::syntheticAugmentation) q.real = repeated(p.real.at(1));
    q.realFresh = repeated(p.realFresh.at(1));
    q.synthetic = repeated(p.synthetic.at(1));
    q.lambda = loop::Schedule<double>(std::vector<double>(5, p.lambda.at(1)));
    GaussianLoopResult const scheduled = run(q);
    CHECK(sameBytes(scheduled.series, constant.series));
  }
}

TEST_CASE("a schedule's entries belong to their generations, and generation 1 uses none") {
  for (GaussianLoopParameters const& p : everyKind()) {
    auto runUntil = [&](std::uint64_t generations, std::vector<std::uint64_t> synthetic,
                        std::vector<double> lambda) {
      GaussianLoopParameters q = p;
      q.generations = generations;
      q.replicates = 3;
      q.synthetic = loop::Schedule<std::uint64_t>(std::move(synthetic));
      q.lambda = loop::Schedule<double>(std::move(lambda));
      return run(q);
    };
    GaussianLoopResult const r = runUntil(6, {6, 6, 9, 7}, {0.9, 0.9, 0.9, 0.4});
    // Generation 1 has no synthetic samples, whatever the entry.
    CHECK(sameBytes(runUntil(6, {77, 6, 9, 7}, {0.1, 0.9, 0.9, 0.4}).series, r.series));
    // The last entry goes on.
    CHECK(sameBytes(runUntil(6, {6, 6, 9, 7, 7, 7}, {0.9, 0.9, 0.9, 0.4, 0.4}).series, r.series));
    // An entry is felt in its own generation, and not before.
    auto firstDifference = [&](GaussianLoopResult const& other) {
      std::size_t i = 0;
      while (i < r.mean.size() && std::memcmp(&r.mean[i], &other.mean[i], sizeof(double)) == 0) ++i;
      return 1 + i / loop::kLoopMetricCount;
    };
    CHECK(firstDifference(runUntil(6, {6, 8, 9, 7}, {0.9, 0.9, 0.9, 0.4})) == 2);
    CHECK(firstDifference(runUntil(6, {6, 6, 9, 8}, {0.9, 0.9, 0.9, 0.4})) == 4);
    CHECK(firstDifference(runUntil(6, {6, 6, 9, 7}, {0.9, 0.9, 0.8, 0.4})) >= 3);
    CHECK(firstDifference(runUntil(6, {6, 6, 9, 7}, {0.9, 0.9, 0.9, 0.5})) >= 4);
  }
}

TEST_CASE("synthetic samples may stop and begin again") {
  for (SyntheticPool pool : {SyntheticPool::latest, SyntheticPool::accumulate}) {
    GaussianLoopParameters p = fresh(3, 20, 0, 1);
    p.pool = pool;
    p.synthetic = loop::Schedule<std::uint64_t>({0, 0, 10, 0, 10});
    GaussianLoopResult const r = run(p);
    GaussianLoopParameters q = fresh(3, 20, 0, 1);
    GaussianLoopResult const estimation = run(q);
    CHECK(value(r, 2, LoopMetric::distance) == value(estimation, 2, LoopMetric::distance));
    CHECK(value(r, 3, LoopMetric::distance) != value(estimation, 3, LoopMetric::distance));
    // In generation 4 the pool still has those of generation 3.
    CHECK((value(r, 4, LoopMetric::distance) == value(estimation, 4, LoopMetric::distance)) ==
          (pool == SyntheticPool::latest));
  }
}

TEST_CASE("a singular reference confines the loop to its range") {
  GaussianLoopParameters p = fresh(3, 20, 10, 1);
  p.referenceCovariance = {1, 1, 0, 1, 1, 0, 0, 0, 2};
  GaussianLoopResult const r = run(p);
  CHECK(std::isnan(value(r, 5, LoopMetric::logDeterminant)));
  CHECK(value(r, 1, LoopMetric::trace) == doctest::Approx(4).epsilon(0.2));
  CHECK(value(r, 1, LoopMetric::distance) < 2);
}

TEST_CASE("parameters out of range are refused by name and value") {
  auto changed = [](auto change) {
    GaussianLoopParameters p = fresh(3, 6, 9, 0.8);
    change(p);
    return errorOf(p);
  };
  using P = GaussianLoopParameters;
  CHECK(changed([](P& p) { p.dim = 0; }) == "simulateGaussianLoop: dim must be at least 1, got 0");
  CHECK(changed([](P& p) { p.lambda = 1.5; }) ==
        "simulateGaussianLoop: lambda must be in [0, 1], got 1.500000");
  CHECK(changed([](P& p) { p.lambda = std::nan(""); }).find("lambda must be in [0, 1]") != std::string::npos);
  CHECK(changed([](P& p) { p.initial = 1; }).find("initial must be at least 2") != std::string::npos);
  CHECK(changed([](P& p) { p.real = 0; }).find("real must be at least 1") != std::string::npos);
  CHECK(changed([](P& p) { p.real = 1, p.synthetic = 0; }).find("real + synthetic must be at least 2") !=
        std::string::npos);
  CHECK(changed([](P& p) {
          p.variant = LoopVariant::fullySynthetic, p.synthetic = 1;
        }).find("synthetic must be at least 2") != std::string::npos);
  CHECK(changed([](P& p) {
          p.variant = LoopVariant::syntheticAugmentation, p.initial = 7;
        }).find("initial must equal real = 6") != std::string::npos);
  auto combined = [&](auto change) {
    return changed([&](P& p) {
      p.variant = LoopVariant::combined;
      change(p);
    });
  };
  CHECK(combined([](P& p) { p.realFixed = 7; }).find("initial must be at least realFixed = 7") !=
        std::string::npos);
  CHECK(combined([](P& p) {
          p.realFixed = 1, p.synthetic = 0;
        }).find("realFixed + realFresh + synthetic must be at least 2, got 1") != std::string::npos);
  CHECK(combined([](P& p) { p.realFresh = (std::uint64_t{1} << 53) + 1; }).find("realFresh must be at most") !=
        std::string::npos);
  auto subsampled = [&](auto change) {
    return changed([&](P& p) {
      p.pool = SyntheticPool::subsample;
      p.engine = LoopEngine::samples;
      p.subsample = 15;
      change(p);
    });
  };
  CHECK(subsampled([](P&) {}) == "no error");
  CHECK(subsampled([](P& p) { p.subsample = 1; }).find("subsample must be at least 2, got 1") !=
        std::string::npos);
  CHECK(subsampled([](P& p) { p.subsample = 16; }).find("subsample must be at most") != std::string::npos);
  CHECK(subsampled([](P& p) { p.engine = LoopEngine::moments; }) ==
        "simulateGaussianLoop: engine must be 'samples' with pool 'subsample', got 'moments'");
  CHECK(subsampled([](P& p) { p.synthetic = 100000000; }).find("16 GiB") != std::string::npos);
  using Counts = loop::Schedule<std::uint64_t>;
  CHECK(changed([](P& p) { p.real = Counts({6, 6, 0}); }).find("real must be at least 1") != std::string::npos);
  CHECK(changed([](P& p) {
          p.real = Counts({6, 1}), p.synthetic = Counts({0, 1, 0});
        }).find("real + synthetic must be at least 2, got 1") != std::string::npos);
  CHECK(changed([](P& p) {
          p.variant = LoopVariant::fullySynthetic, p.synthetic = Counts({0, 5, 1});
        }).find("synthetic must be at least 2") != std::string::npos);
  CHECK(changed([](P& p) {
          p.variant = LoopVariant::syntheticAugmentation, p.real = Counts({6, 7});
        }).find("initial must equal real = 7") != std::string::npos);
  CHECK(changed([](P& p) {
          p.lambda = loop::Schedule<double>({1, 1.5});
        }).find("lambda must be in [0, 1], got 1.5") != std::string::npos);
  CHECK_THROWS_WITH_AS(Counts(std::vector<std::uint64_t>{}), "schedule: entries must be at least 1, got 0",
                       Error);
  CHECK(subsampled([](P& p) {
          p.real = Counts({6, 6, 6, 1}), p.synthetic = Counts({0, 9, 0});
        }).find("subsample must be at most all that a generation has, 10, got 15") != std::string::npos);
  CHECK(changed([](P& p) { p.generations = 0; }).find("generations") != std::string::npos);
  CHECK(changed([](P& p) { p.generations = std::uint64_t{1} << 32; }).find("generations") != std::string::npos);
  CHECK(changed([](P& p) { p.memory = 0; }).find("memory must be at least 1") != std::string::npos);
  CHECK(changed([](P& p) { p.dim = 1000000; }).find("16 GiB") != std::string::npos);
  CHECK(changed([](P& p) { p.dim = std::size_t{1} << 40; }).find("does not fit") != std::string::npos);
  CHECK(changed([](P& p) { p.replicates = 4000000000; }).find("16 GiB") != std::string::npos);
  CHECK(changed([](P& p) { p.referenceMean = {1, 2}; }).find("reference mean") != std::string::npos);
  CHECK(changed([](P& p) {
          p.referenceCovariance = {1, 2};
        }).find("reference covariance") != std::string::npos);
  CHECK(changed([](P& p) {
          p.referenceCovariance = {1e308, 0, 0, 0, 1e308, 0, 0, 0, 1e308};
        }).find("finite trace") != std::string::npos);
  CHECK(changed([](P& p) {
          p.referenceCovariance = {1, 2, 0, 2, 1, 0, 0, 0, 1};
        }).find("positive semidefinite") != std::string::npos);
}

TEST_CASE("a running loop stops when its task is cancelled" * startsThreads) {
  GaussianLoopParameters p = fresh(20, 50, 50, 1);
  p.generations = 20000;
  p.replicates = 100;
  p.series = false;
  Task task(2);
  std::thread canceller([&task] {
    while (task.done() == 0) std::this_thread::yield();
    task.cancel();
  });
  ErrorCode code = ErrorCode::internal;
  try {
    loop::simulateGaussianLoop(p, task);
  } catch (Error const& error) {
    code = error.code();
  }
  canceller.join();
  CHECK(code == ErrorCode::aborted);
}

TEST_CASE("after a fit to very many samples the distance is as in theory, not what rounding leaves of traces" *
          startsThreads) {
  // S = C + E with a reference C = diag(c) is at distance sum_ij E_ij^2 / (2 (c_i + c_j)) to second order, and
  // n Var E_ij is c_i c_j, twice that on the diagonal. The mean adds tr C / n.
  for (std::uint64_t const n : {std::uint64_t{1000000000000}, std::uint64_t{1000000000000000}}) {
    for (bool const referenced : {false, true}) {
      GaussianLoopParameters p;
      p.variant = LoopVariant::fullySynthetic;
      p.dim = 3;
      p.initial = n;
      p.synthetic = n;
      p.generations = 1;
      p.replicates = 4000;
      std::vector<double> c{1, 1, 1};
      if (referenced) {
        c = {4, 1, 0.25};
        p.referenceCovariance = {4, 0, 0, 0, 1, 0, 0, 0, 0.25};
      }
      double expected = 0;
      for (std::size_t i = 0; i < 3; ++i) {
        expected += c[i];
        for (std::size_t j = 0; j < 3; ++j) expected += c[i] * c[j] * (i == j ? 2 : 1) / (c[i] + c[j]) / 2;
      }
      expected /= static_cast<double>(n);
      Task task(2);
      GaussianLoopResult const result = simulateGaussianLoop(p, task);
      CAPTURE(n);
      CAPTURE(referenced);
      CHECK(std::abs(result.mean[0] - expected) <= 5 * result.standardError[0]);
      CHECK(result.standardError[0] <= 0.02 * expected);
    }
  }
}
