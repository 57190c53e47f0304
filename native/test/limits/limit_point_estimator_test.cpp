#include "core/limits/limit_point_estimator.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/base/error.hpp"
#include "core/base/task.hpp"
#include "core/limits/limit_point_chain.hpp"
#include "core/limits/limit_point_controls.hpp"
#include "test/support/threads_label.hpp"

using namespace madloop;
using limits::LimitPointEstimator;
using limits::LimitPointTheory;
using limits::StationaryLoop;
using limits::WantedChains;

namespace {

/// A loop's estimator with made-up chains: the sums of chain c are those of recordings that are all centre +
/// noise(c) in the first half and centre + noise(c) + drift in the second, with the controls zero.
std::vector<double> madeUp(LimitPointEstimator const& estimator, std::uint64_t first, std::uint64_t count,
                           double noise, double drift = 0) {
  std::size_t const size = estimator.controls() + 1;
  double const half = static_cast<double>(estimator.schedule().recordings) / 2;
  std::vector<double> sums(count * estimator.width(), 0.0);
  for (std::uint64_t i = 0; i < count; ++i) {
    double* const chain = sums.data() + i * estimator.width();
    auto const c = static_cast<double>(first + i);
    double const early = noise * (std::fmod(0.754877666 * c, 1.0) - 0.5);
    double const late = noise * (std::fmod(0.569840291 * c, 1.0) - 0.5) + drift;
    chain[0] = half * early;
    chain[size] = half * late;
    chain[2 * size] = half * (early * early + late * late);
  }
  return sums;
}

void addMadeUp(LimitPointEstimator& estimator, std::uint64_t count, double noise, double drift = 0) {
  std::uint64_t const first = estimator.next()->first;
  estimator.add(first, madeUp(estimator, first, count, noise, drift));
}

LimitPointTheory theoryOf(std::size_t dim) { return LimitPointTheory({dim, 20, 30, 0.9}); }

/// Runs an estimator on real chains, at most `portion` at once; `between` may replace it.
template <class Between>
LimitPointEstimator run(LimitPointTheory const& theory, double relativeError, std::uint64_t portion,
                        Between between) {
  limits::LimitPointChains chains(theory, {}, 3);
  LimitPointEstimator estimator(theory, relativeError);
  while (std::optional<WantedChains> const wanted = estimator.next()) {
    std::uint64_t const count = std::min(wanted->count, portion);
    std::vector<double> sums(count * estimator.width());
    Task task(2);
    limits::simulateLimitPointChains({{&chains, estimator.schedule(), wanted->first, count, sums.data()}},
                                     task);
    estimator.add(wanted->first, sums);
    between(estimator);
  }
  return estimator;
}

}  // namespace

TEST_CASE("the first stage has fewer chains the more dimensions, 12 to 1,200, an even number") {
  auto first = [](std::size_t dim) { return LimitPointEstimator(theoryOf(dim), 0.1).next()->count; };
  CHECK(first(1) == 1200);
  CHECK(first(4) == 1200);
  CHECK(first(5) == 960);
  CHECK(first(10) == 480);
  CHECK(first(20) == 240);
  CHECK(first(23) == 210);
  CHECK(first(50) == 48);
  CHECK(first(60) == 34);
  CHECK(first(100) == 12);
}

TEST_CASE("a stage asks for the chains that the standard error needs, at most 50 times as many") {
  LimitPointEstimator estimator(theoryOf(100), 1e-3);
  CHECK_FALSE(estimator.relativeError());
  double const centre = estimator.schedule().centre;
  addMadeUp(estimator, 12, 0.025 * centre);
  double const reached = estimator.relativeError().value();
  CHECK(reached > 1e-3 * std::sqrt(16.0 / 12 / 1.1));  // or it would be 4 more
  CHECK(reached < 2e-3);
  auto const chains = static_cast<std::uint64_t>(std::ceil(1.1 * reached * reached / 1e-6 * 12 / 2)) * 2;
  CHECK(estimator.next()->first == 12);
  CHECK(estimator.next()->count == chains - 12);
  // In two portions: the stage ends with the second.
  addMadeUp(estimator, 5, 0.025 * centre);
  CHECK(estimator.relativeError() == reached);
  CHECK(estimator.next()->count == chains - 17);

  LimitPointEstimator noisy(theoryOf(100), 1e-3);
  addMadeUp(noisy, 12, centre);
  CHECK(noisy.next()->count == 49 * 12);

  LimitPointEstimator nearly(theoryOf(100), reached * (1 - 1e-3));
  addMadeUp(nearly, 12, 0.025 * centre);
  CHECK(nearly.next()->count == 4);

  LimitPointEstimator enough(theoryOf(100), reached * 1.001);
  addMadeUp(enough, 12, 0.025 * centre);
  CHECK_FALSE(enough.next());
  limits::LimitPoint const& limit = enough.result();
  CHECK(limit.chains == 12);
  CHECK(limit.generations == 12 * enough.schedule().generations());
  CHECK(limit.burnIn == enough.schedule().burnIn);
  CHECK(limit.standardError / limit.distance == doctest::Approx(reached));
  CHECK(limit.controls == enough.controls());
  CHECK(limit.relaxationTime == limits::relaxationTime({100, 20, 30, 0.9}));
}

TEST_CASE("where the halves differ everything begins again with four times the burn-in, three times at most") {
  LimitPointTheory const theory = theoryOf(100);
  LimitPointEstimator estimator(theory, 0.1);
  limits::LimitPointSchedule const planned = estimator.schedule();
  double const seconds = estimator.next()->seconds;
  std::uint64_t discarded = 0;
  std::uint64_t burnIn = planned.burnIn;
  for (int restart = 0; restart < 3; ++restart) {
    addMadeUp(estimator, 12, 1e-3, 0.1);
    discarded += 12 * (burnIn + planned.stride * planned.recordings);
    burnIn *= 4;
    CHECK(estimator.schedule().burnIn == burnIn);
    CHECK(estimator.next()->first == 0);
    CHECK(estimator.next()->count == 12);
    CHECK_FALSE(estimator.relativeError());
    CHECK_THROWS_WITH_AS((void)estimator.result(), "the limit point is not finished", Error);
  }
  CHECK(estimator.next()->seconds / seconds ==
        doctest::Approx(static_cast<double>(burnIn + planned.stride * planned.recordings) /
                        static_cast<double>(planned.generations())));
  addMadeUp(estimator, 12, 1e-3, 0.1);
  REQUIRE_FALSE(estimator.next());
  CHECK(estimator.result().burnIn == burnIn);
  CHECK(estimator.result().generations == discarded + 12 * estimator.schedule().generations());
}

TEST_CASE("any split of the chains into calls gives the same bytes" * startsThreads) {
  for (auto const& [loop, relativeError] :
       {std::pair{StationaryLoop{3, 6, 9, 0.9}, 1e-3}, std::pair{StationaryLoop{40, 30, 30, 1}, 2e-4}}) {
    LimitPointTheory const theory(loop);
    auto nothing = [](LimitPointEstimator&) {};
    LimitPointEstimator const whole = run(theory, relativeError, 1'000'000, nothing);
    LimitPointEstimator const split = run(theory, relativeError, 37, nothing);
    CHECK(whole.result().chains > (loop.dim == 3 ? 400 : 30));  // more than one stage
    CHECK(split.state() == whole.state());
    CHECK(split.result().distance == whole.result().distance);
    CHECK(split.result().standardError == whole.result().standardError);
  }
}

TEST_CASE("an estimator that is restored in mid-stage goes on to the same bytes" * startsThreads) {
  LimitPointTheory const theory({3, 6, 9, 0.9});
  LimitPointEstimator const straight = run(theory, 0.002, 500, [](LimitPointEstimator&) {});
  std::vector<double> last;
  for (int stop = 1; last != straight.state(); ++stop) {
    REQUIRE(stop < 100);
    int step = 0;
    std::vector<double> kept;
    (void)run(theory, 0.002, 500, [&](LimitPointEstimator const& estimator) {
      if (++step == stop) kept = estimator.state();
    });
    LimitPointEstimator restored(theory, 0.002);
    restored.restore(kept);
    CHECK(restored.state() == kept);
    limits::LimitPointChains chains(theory, {}, 3);
    while (std::optional<WantedChains> const wanted = restored.next()) {
      std::vector<double> sums(wanted->count * restored.width());
      Task task(2);
      limits::simulateLimitPointChains(
          {{&chains, restored.schedule(), wanted->first, wanted->count, sums.data()}}, task);
      restored.add(wanted->first, sums);
    }
    CHECK(restored.state() == straight.state());
    CHECK(restored.result().distance == straight.result().distance);
    last = kept;
  }
}

TEST_CASE("a restart is part of the state") {
  LimitPointTheory const theory = theoryOf(100);
  LimitPointEstimator estimator(theory, 1e-3);
  addMadeUp(estimator, 12, 1e-3, 0.1);
  addMadeUp(estimator, 7, 1e-3);
  LimitPointEstimator restored(theory, 1e-3);
  restored.restore(estimator.state());
  CHECK(restored.schedule().burnIn == estimator.schedule().burnIn);
  CHECK(restored.next()->first == 7);
  CHECK(restored.next()->seconds == estimator.next()->seconds);
  addMadeUp(estimator, 5, 1e-3);
  addMadeUp(restored, 5, 1e-3);
  CHECK(restored.state() == estimator.state());
  CHECK(restored.result().generations == estimator.result().generations);
}

TEST_CASE("a state of another version or limit point is refused") {
  LimitPointEstimator estimator(theoryOf(100), 1e-3);
  std::vector<double> const good = estimator.state();
  auto refused = [&](auto change) {
    std::vector<double> state = good;
    change(state);
    try {
      estimator.restore(state);
    } catch (Error const& error) {
      CHECK(error.code() == ErrorCode::invalidInput);
      return std::string(error.what());
    }
    return std::string("taken");
  };
  using State = std::vector<double>;
  CHECK(refused([](State&) {}) == "taken");
  CHECK(refused([](State& s) { s[0] = 1; }) == "limit point estimator: state must be of version 2, got 1");
  CHECK(refused([](State& s) { s.clear(); }) == "limit point estimator: state must be of version 2, got 0");
  CHECK(refused([](State& s) { s.pop_back(); }).find("must have the length") != std::string::npos);
  for (std::size_t field = 1; field < 6; ++field)
    CHECK(refused([&](State& s) { s[field] += 1; }).find("must be of this limit point") != std::string::npos);
  for (std::size_t field = 6; field < 10; ++field) {
    for (double const value : {-1.0, 0.5, 0x1p60, std::nan("")})
      CHECK(refused([&](State& s) { s[field] = value; }).find("whole counts") != std::string::npos);
  }
  CHECK(refused([](State& s) { s[6] = 4; }).find("3 restarts") != std::string::npos);
  CHECK(refused([](State& s) { s[8] = s[9] + 1; }).find("no more chains") != std::string::npos);
  CHECK(estimator.state() == good);
}

TEST_CASE("chains come in order, and no others") {
  LimitPointEstimator estimator(theoryOf(100), 1e-3);
  std::vector<double> const sums(13 * estimator.width());
  auto add = [&](std::uint64_t first, std::size_t length) {
    estimator.add(first, std::span(sums).first(length));
  };
  CHECK_THROWS_WITH_AS(add(1, estimator.width()), "chains from 0 below 12 were wanted, got 1 from 1", Error);
  CHECK_THROWS_WITH_AS(add(0, 13 * estimator.width()), "chains from 0 below 12 were wanted, got 13 from 0",
                       Error);
  CHECK_THROWS_WITH_AS(add(0, estimator.width() + 1), doctest::Contains("were wanted, got 1.00"), Error);
}

TEST_CASE("what would run for days is refused, in the words of its caller") {
  try {
    LimitPointEstimator const estimator(LimitPointTheory({2, 2, 1e9, 1}), 1e-3);
    FAIL("taken");
  } catch (Error const& error) {
    CHECK(error.code() == ErrorCode::noConvergence);
    CHECK(std::string(error.what()) ==
          "relativeError must be reachable in 2^31 chains and 1e+6 seconds of one core, got 0.001 and 1200 "
          "chains "
          "of about 1.3e+4 s (the loop's relaxation time is 7.89e+8 generations)");
  }
  // And after a stage that asks for too many.
  LimitPointEstimator estimator(theoryOf(1000), 1e-6);
  CHECK_THROWS_WITH_AS(
      [&] {
        for (;;) addMadeUp(estimator, estimator.next()->count, 10 * estimator.schedule().centre);
      }(),
      doctest::Contains("got 0.000001 and "), Error);
}
