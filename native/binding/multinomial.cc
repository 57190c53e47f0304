#include <cstdint>
#include <vector>

#include "binding/arguments.hpp"
#include "binding/errors.hpp"
#include "binding/functions.hpp"
#include "core/random/binomial.hpp"
#include "core/random/stream.hpp"

namespace madloop::binding {

namespace {

/// Domain of streamKey: "multinom".
constexpr std::uint64_t kDomain = 0x6d756c74'696e6f6dULL;

}  // namespace

Napi::Value multinomialUniform(Napi::CallbackInfo const& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    Arguments const arguments(info, "multinomialUniform");
    std::size_t const cells = arguments.size("cells");
    HeldArray<double> const out = arguments.float64Array("counts", cells);
    std::vector<std::uint64_t> counts(cells);
    random::Stream const stream{random::streamKey(arguments.bigUint64("seed"), kDomain), 0, 0, 0};
    random::multinomialUniform(stream, 0, arguments.size("trials"), cells, counts.data());
    for (std::size_t i = 0; i < cells; ++i) out.data()[i] = static_cast<double>(counts[i]);
    return info.Env().Undefined();
  });
}

}  // namespace madloop::binding
