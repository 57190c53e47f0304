#include "binding/version.hpp"

#if !defined(MADLOOP_VERSION) || !defined(MADLOOP_VARIANT)
#error "the build must define MADLOOP_VERSION and MADLOOP_VARIANT as string literals"
#endif

namespace madloop::binding {

char const* const builtVersion = MADLOOP_VERSION;
char const* const builtVariant = MADLOOP_VARIANT;

}  // namespace madloop::binding
