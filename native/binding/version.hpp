// What the build systems say of themselves, to one source alone (version.cc): a new version of the package
// recompiles one file.
#pragma once

namespace madloop::binding {

/// The version in package.json when this was built.
extern char const* const builtVersion;
/// The instruction-set level, one of those in native/sources.json.
extern char const* const builtVariant;

}  // namespace madloop::binding
