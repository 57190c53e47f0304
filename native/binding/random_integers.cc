#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "binding/arguments.hpp"
#include "binding/errors.hpp"
#include "binding/functions.hpp"
#include "core/base/error.hpp"
#include "core/random/integers.hpp"
#include "core/random/permutation.hpp"
#include "core/random/stream.hpp"

namespace madloop::binding {

namespace {

/// Domain of streamKey: "integers".
constexpr std::uint64_t kDomain = 0x696e7465'67657273ULL;

random::RandomIntegers integersOf(Arguments const& arguments) {
  random::Stream const stream{random::streamKey(arguments.bigUint64("seed"), kDomain), 0, 0, 0};
  return random::RandomIntegers(stream, arguments.size("position"));
}

}  // namespace

Napi::Value randomIntegers(Napi::CallbackInfo const& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    Arguments const arguments(info, "randomIntegers");
    std::size_t const limit = arguments.size("limit");
    if (limit < 1 || limit > std::size_t{1} << 32)
      throwInvalidInput("randomIntegers: limit must be from 1 to 2^32, got " + std::to_string(limit));
    HeldArray<std::uint32_t> const out = arguments.uint32Array("integers");
    random::RandomIntegers integers = integersOf(arguments);
    std::generate_n(out.data(), out.size(), [&] { return static_cast<std::uint32_t>(integers.below(limit)); });
    return Napi::Number::New(info.Env(), static_cast<double>(integers.position()));
  });
}

Napi::Value shuffle(Napi::CallbackInfo const& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    Arguments const arguments(info, "shuffle");
    HeldArray<std::uint32_t> const order = arguments.uint32Array("order");
    IndexRange const steps{arguments.size("begin"), arguments.size("end")};
    if (steps.begin > steps.end || steps.end > order.size())
      throwInvalidInput("shuffle: begin and end must lie within the order");
    random::RandomIntegers integers = integersOf(arguments);
    random::shuffle(integers, std::span(order.data(), order.size()), steps);
    return Napi::Number::New(info.Env(), static_cast<double>(integers.position()));
  });
}

}  // namespace madloop::binding
