// The one exception type of the core. A message reads "<where>: <what> must <requirement>, got <value>".
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace madloop {

enum class ErrorCode {
  invalidInput,             // the caller's values: lengths, NaN, ranges
  notPositiveSemidefinite,  // a covariance that is asymmetric or has a negative eigenvalue beyond rounding
  aborted,                  // the caller asked the task to stop
  noVariance,               // a quantity whose standard error is asked for has no finite variance
  noConvergence,            // an iteration used up its budget
  internal,                 // a broken invariant of ours
};

class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, std::string const& message) : std::runtime_error(message), code_(code) {}
  [[nodiscard]] ErrorCode code() const noexcept { return code_; }

 private:
  ErrorCode code_;
};

[[noreturn]] inline void throwInvalidInput(std::string const& message) {
  throw Error(ErrorCode::invalidInput, message);
}

}  // namespace madloop
