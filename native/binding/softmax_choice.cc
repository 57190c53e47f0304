#include <cstdint>
#include <span>
#include <string>

#include "binding/arguments.hpp"
#include "binding/errors.hpp"
#include "binding/functions.hpp"
#include "core/base/error.hpp"
#include "core/random/softmax_choice.hpp"
#include "core/random/stream.hpp"

namespace madloop::binding {

namespace {

/// Domain of streamKey: "softmax".
constexpr std::uint64_t kDomain = 0x736f66746d6178ULL;

}  // namespace

Napi::Value softmaxChoices(Napi::CallbackInfo const& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    Arguments const arguments(info, "softmaxChoices");
    HeldArray<double> const scores = arguments.float64Array("scores");
    HeldArray<std::uint32_t> const choices = arguments.uint32Array("choices");
    std::size_t const group = arguments.size("group");
    double const temperature = arguments.number("temperature");
    if (group < 1 || scores.size() % group != 0 || scores.size() / group != choices.size())
      throwInvalidInput(
          "softmaxChoices: group must be at least 1 and divide the scores into as many as choices");
    if (scores.size() > std::uint64_t{1} << 32)
      throwInvalidInput("softmaxChoices: scores must be at most 2^32, got " + std::to_string(scores.size()));
    if (!(temperature > 0))
      throwInvalidInput("softmaxChoices: temperature must be above 0, got " + std::to_string(temperature));
    random::Stream const stream{random::streamKey(arguments.bigUint64("seed"), kDomain), 0, 0, 0};
    random::softmaxChoices(stream, std::span<double const>(scores.data(), scores.size()), group, temperature,
                           std::span(choices.data(), choices.size()));
    return info.Env().Undefined();
  });
}

}  // namespace madloop::binding
