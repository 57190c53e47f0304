// Which tests start threads: the ThreadSanitizer build runs these alone.
#pragma once

#include <doctest/doctest.h>

/// A test case that starts threads: TEST_CASE("..." * startsThreads). One that does without saying so fails,
/// and so does one that says so and starts none.
inline auto const startsThreads = doctest::test_suite("threads");

namespace madloop::test {

/// How many test cases that ran so far are labelled wrongly; each was named on standard error.
int mislabelledCases();

}  // namespace madloop::test
